/** Sanitized form of everything that waits or wakes: queues, time, interrupts, work items. */
import { OPS } from '../vocabulary.ts';
import {
  accessible,
  before,
  beforeMove,
  draw,
  put,
  record,
  recordMove,
  recordTurn,
  refuse,
  refuseLock,
  run,
} from './checks.ts';
import {
  disableIrq,
  enableIrq,
  enterIrq,
  exitIrq,
  lowerIrq,
  raiseIrq,
  synchronizeIrq,
} from './irq.ts';
import { checkMaySleep } from './lockdep.ts';
import { unpark } from './park.ts';
import { giveWay, relax } from './relax.ts';
import { enterWait, leaveWait, nowMs, self } from './runtime.ts';
import {
  completeOne,
  finishWait,
  futexWait,
  prepareToWait,
  sleepAtMost,
  sleepFor,
  sleepUntilWoken,
  waitForCompletion,
  wakeQueue,
} from './wait.ts';
import {
  cancelWork,
  cancelWorkSync,
  queueWork,
  queueWorkAfter,
  takeWork,
  workDone,
} from './work.ts';

export function prepare_to_wait(site: number, wq: number): void {
  move(site, OPS.prepare_to_wait.kind, wq);
  prepareToWait(wq);
}

export function finish_wait(site: number, wq: number): void {
  move(site, OPS.finish_wait.kind, wq);
  finishWait(wq);
}

export function schedule(site: number): void {
  enterSleep(site, OPS.schedule.kind, self.queue);
  sleepUntilWoken();
  record(site, OPS.schedule.kind, 0, 0, 0, 0, 0);
  leaveWait();
}

export function schedule_timeout(site: number, ms: number): number {
  enterSleep(site, OPS.schedule_timeout.kind, self.queue);
  const left = sleepAtMost(ms);
  record(site, OPS.schedule_timeout.kind, left, 1, ms, 0, 0);
  leaveWait();
  return left;
}

export function wake_up(site: number, wq: number): number {
  return wakeAll(site, OPS.wake_up.kind, wq);
}

export function wake_up_all(site: number, wq: number): number {
  return wakeAll(site, OPS.wake_up_all.kind, wq);
}

function wakeAll(site: number, kind: number, wq: number): number {
  move(site, kind, wq);
  return wakeQueue(wq);
}

export function complete(site: number, completion: number): void {
  move(site, OPS.complete.kind, completion);
  completeOne(completion);
}

export function wait_for_completion(site: number, completion: number): void {
  wait(site, OPS.wait_for_completion.kind, completion, waitForCompletion, true);
}

export function futex_wait(site: number, addr: number, expected: number): number {
  before();
  if (run.depth > 0) return futexWait(addr, expected);
  const kind = OPS.futex_wait.kind;
  if (!accessible(addr)) refuse(site, kind, addr, expected);
  enterWait(kind, addr, site);
  const differed = futexWait(addr, expected);
  record(site, kind, differed, 2, addr, expected, 0);
  leaveWait();
  return differed;
}

export function futex_wake(site: number, addr: number, count: number): number {
  beforeMove();
  if (run.depth > 0) return unpark(addr, count);
  const kind = OPS.futex_wake.kind;
  if (!accessible(addr)) refuse(site, kind, addr, count);
  const order = draw();
  const woken = unpark(addr, count);
  recordMove(order, site, kind, woken, addr, count);
  return woken;
}

export function cpu_relax(site: number): void {
  before();
  if (run.depth > 0) {
    // A lock's own loop: the lock operation has to wait, and the lock must not go away meanwhile.
    if (self.sinceMs < 0) self.sinceMs = nowMs();
    if (!accessible(self.addr)) refuseLock(self.site, self.kind, self.addr);
  } else {
    self.site = site;
    recordTurn(site, OPS.cpu_relax.kind);
    giveWay();
  }
  relax();
}

export function msleep(site: number, ms: number): void {
  enterSleep(site, OPS.msleep.kind, 0);
  sleepFor(ms);
  record(site, OPS.msleep.kind, 0, 1, ms, 0, 0);
  leaveWait();
}

export function raise_irq(site: number, desc: number): void {
  move(site, OPS.raise_irq.kind, desc);
  raiseIrq(desc);
}

export function lower_irq(site: number, desc: number): void {
  move(site, OPS.lower_irq.kind, desc);
  lowerIrq(desc);
}

export function irq_enter(site: number, desc: number): void {
  wait(site, OPS.irq_enter.kind, desc, enterIrq, false);
}

export function irq_exit(site: number, desc: number): void {
  move(site, OPS.irq_exit.kind, desc);
  exitIrq(desc);
}

export function disable_irq_nosync(site: number, desc: number): void {
  move(site, OPS.disable_irq_nosync.kind, desc);
  disableIrq(desc);
}

export function enable_irq(site: number, desc: number): void {
  move(site, OPS.enable_irq.kind, desc);
  enableIrq(desc);
}

export function synchronize_hardirq(site: number, desc: number): void {
  wait(site, OPS.synchronize_hardirq.kind, desc, synchronizeIrq, true);
}

export function queue_work(site: number, work: number): number {
  checkAddress(site, OPS.queue_work.kind, work, 0);
  const order = draw();
  const queued = queueWork(work, nowMs());
  put(order, site, OPS.queue_work.kind, queued, 1, work, 0);
  return queued;
}

export function queue_delayed_work(site: number, work: number, ms: number): number {
  checkAddress(site, OPS.queue_delayed_work.kind, work, ms);
  const order = draw();
  const queued = queueWorkAfter(work, ms);
  put(order, site, OPS.queue_delayed_work.kind, queued, 2, work, ms);
  return queued;
}

export function work_wait(site: number, work: number): void {
  wait(site, OPS.work_wait.kind, work, takeWork, false);
}

export function work_done(site: number, work: number): void {
  move(site, OPS.work_done.kind, work);
  workDone(work);
}

export function cancel_work_sync(site: number, work: number): number {
  const kind = OPS.cancel_work_sync.kind;
  checkAddress(site, kind, work, 0);
  checkMaySleep(site, kind, work);
  enterWait(kind, work, site);
  const was = cancelWorkSync(work);
  record(site, kind, was, 1, work, 0, 0);
  leaveWait();
  return was;
}

export function cancel_work(site: number, work: number): number {
  checkAddress(site, OPS.cancel_work.kind, work, 0);
  const was = cancelWork(work);
  record(site, OPS.cancel_work.kind, was, 1, work, 0, 0);
  return was;
}

function checkAddress(site: number, kind: number, addr: number, operand: number): void {
  beforeMove();
  if (!accessible(addr)) refuse(site, kind, addr, operand);
}

/** What lets others go on stands in the order of operations before it happens. */
function move(site: number, kind: number, addr: number): void {
  checkAddress(site, kind, addr, 0);
  put(draw(), site, kind, 0, 1, addr, 0);
}

function enterSleep(site: number, kind: number, addr: number): void {
  before();
  checkMaySleep(site, kind, addr);
  enterWait(kind, addr, site);
}

function wait(
  site: number,
  kind: number,
  addr: number,
  perform: (addr: number) => void,
  sleeps: boolean,
): void {
  checkAddress(site, kind, addr, 0);
  if (sleeps) checkMaySleep(site, kind, addr);
  enterWait(kind, addr, site);
  perform(addr);
  record(site, kind, 0, 1, addr, 0, 0);
  leaveWait();
}
