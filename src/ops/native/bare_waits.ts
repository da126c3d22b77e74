/** Native form of everything that waits or wakes: queues, time, interrupts, work items. */
import { OPS } from '../vocabulary.ts';
import {
  bhOff,
  bhOn,
  disableIrq,
  enableIrq,
  enterIrq,
  exitIrq,
  irqsOff,
  irqsOn,
  lowerIrq,
  raiseIrq,
  synchronizeIrq,
} from './irq.ts';
import { attend, unpark } from './park.ts';
import { relax } from './relax.ts';
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

type Ptr = number;

export const local_irq_disable = irqsOff;
export const local_irq_enable = irqsOn;
export const local_bh_disable = bhOff;
export const local_bh_enable = bhOn;
export const prepare_to_wait = prepareToWait;
export const finish_wait = finishWait;

export function schedule(): void {
  enterWait(OPS.schedule.kind, self.queue, 0);
  sleepUntilWoken();
  leaveWait();
}

export function schedule_timeout(ms: number): number {
  enterWait(OPS.schedule_timeout.kind, self.queue, 0);
  const left = sleepAtMost(ms);
  leaveWait();
  return left;
}

export function wake_up(wq: Ptr): number {
  return wakeQueue(wq);
}

export function wake_up_all(wq: Ptr): number {
  return wakeQueue(wq);
}

export function complete(completion: Ptr): void {
  completeOne(completion);
}

export function wait_for_completion(completion: Ptr): void {
  enterWait(OPS.wait_for_completion.kind, completion, 0);
  waitForCompletion(completion);
  leaveWait();
}

export function futex_wait(addr: Ptr, expected: number): number {
  if (self.kind !== 0) return futexWait(addr, expected);
  enterWait(OPS.futex_wait.kind, addr, 0);
  const differed = futexWait(addr, expected);
  leaveWait();
  return differed;
}

export function futex_wake(addr: Ptr, count: number): number {
  return unpark(addr, count);
}

export function cpu_relax(): void {
  attend();
  relax();
}

export function msleep(ms: number): void {
  enterWait(OPS.msleep.kind, 0, 0);
  sleepFor(ms);
  leaveWait();
}

export const ktime_ms = nowMs;
export const raise_irq = raiseIrq;

export function irq_enter(desc: Ptr): void {
  enterWait(OPS.irq_enter.kind, desc, 0);
  enterIrq(desc);
  leaveWait();
}

export const irq_exit = exitIrq;
export const disable_irq_nosync = disableIrq;
export const enable_irq = enableIrq;

export function synchronize_hardirq(desc: Ptr): void {
  enterWait(OPS.synchronize_hardirq.kind, desc, 0);
  synchronizeIrq(desc);
  leaveWait();
}

export const lower_irq = lowerIrq;

export function queue_work(work: Ptr): number {
  return queueWork(work, nowMs());
}

export const queue_delayed_work = queueWorkAfter;

export function work_wait(work: Ptr): void {
  enterWait(OPS.work_wait.kind, work, 0);
  takeWork(work);
  leaveWait();
}

export const work_done = workDone;

export function cancel_work_sync(work: Ptr): number {
  enterWait(OPS.cancel_work_sync.kind, work, 0);
  const was = cancelWorkSync(work);
  leaveWait();
  return was;
}

export const cancel_work = cancelWork;
