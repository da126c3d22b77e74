/**
 * The native lowering of the vocabulary: each operation performed at once, as fast as it goes, with
 * no check. Plain accesses are plain, marked ones are Atomics; what waits, parks (ops/native/park).
 * This is the form that is timed. See sanitized.ts for the one that is stressed.
 */
import { ACTOR } from './native/control.ts';
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
} from './native/irq.ts';
import { attend, unpark } from './native/park.ts';
import { relax } from './native/relax.ts';
import {
  attentionIndex,
  block,
  ctl,
  enterWait,
  fail,
  judge,
  leaveWait,
  locks,
  me,
  mem,
  moved,
  nextRandom,
  nowMs,
  self,
} from './native/runtime.ts';
import { allocate, release } from './native/slab.ts';
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
} from './native/wait.ts';
import {
  cancelWork,
  cancelWorkSync,
  queueWork,
  queueWorkAfter,
  takeWork,
  workDone,
} from './native/work.ts';
import { OPS } from './vocabulary.ts';

export { GFP_ATOMIC, GFP_KERNEL, pendingOp } from './reference.ts';

type Ptr = number;

export function read(addr: Ptr): number {
  // Within the words: procedures that leave them are stopped by the sanitized form, not by this.
  return mem[addr] as number;
}

export function write(addr: Ptr, value: number): void {
  mem[addr] = value;
}

export function READ_ONCE(addr: Ptr): number {
  return Atomics.load(mem, addr);
}

export function WRITE_ONCE(addr: Ptr, value: number): void {
  Atomics.store(mem, addr, value);
}

export const smp_load_acquire = READ_ONCE;
export const smp_store_release = WRITE_ONCE;

export function xchg(addr: Ptr, value: number): number {
  return Atomics.exchange(mem, addr, value);
}

export function cmpxchg(addr: Ptr, old: number, new_value: number): number {
  return Atomics.compareExchange(mem, addr, old, new_value);
}

export function atomic_fetch_add(addr: Ptr, delta: number): number {
  return Atomics.add(mem, addr, delta);
}

export function atomic_fetch_or(addr: Ptr, bits: number): number {
  return Atomics.or(mem, addr, bits);
}

export function atomic_fetch_and(addr: Ptr, bits: number): number {
  return Atomics.and(mem, addr, bits);
}

export function smp_mb(): void {
  // A read-modify-write is a full fence on every CPU; this word is this actor's own.
  Atomics.add(ctl, block + ACTOR.kind, 0);
}

export function smp_rmb(): void {
  Atomics.load(ctl, attentionIndex);
}

export const smp_wmb = smp_mb;

export function kzalloc(typeid: number, _gfp: number): Ptr {
  return allocate(typeid);
}

export function kfree(ptr: Ptr): void {
  if (ptr !== 0) release(ptr);
}

export const refcount_set = WRITE_ONCE;
export const refcount_read = READ_ONCE;

export function refcount_inc(addr: Ptr): void {
  Atomics.add(mem, addr, 1);
}

export function refcount_inc_not_zero(addr: Ptr): number {
  for (;;) {
    const old = Atomics.load(mem, addr);
    if (old === 0) return 0;
    if (Atomics.compareExchange(mem, addr, old, old + 1) === old) return 1;
  }
}

export function refcount_dec_and_test(addr: Ptr): number {
  return Atomics.sub(mem, addr, 1) === 1 ? 1 : 0;
}

/** The second word of every lock is its owner, for reports. */
export function spin_lock(lock: Ptr): void {
  enterWait(OPS.spin_lock.kind, lock, 0);
  locks.spin_lock(lock);
  self.kind = 0;
  mem[lock + 1] = me + 1;
}

export function spin_unlock(lock: Ptr): void {
  mem[lock + 1] = 0;
  locks.spin_unlock(lock);
}

export function spin_trylock(lock: Ptr): number {
  const taken = locks.spin_trylock(lock);
  if (taken !== 0) mem[lock + 1] = me + 1;
  return taken;
}

export function spin_lock_irqsave(lock: Ptr): void {
  irqsOff();
  spin_lock(lock);
}

export function spin_unlock_irqrestore(lock: Ptr): void {
  spin_unlock(lock);
  irqsOn();
}

export const raw_spin_lock = spin_lock;
export const raw_spin_unlock = spin_unlock;
export const raw_spin_lock_irqsave = spin_lock_irqsave;
export const raw_spin_unlock_irqrestore = spin_unlock_irqrestore;

export function mutex_lock(lock: Ptr): void {
  enterWait(OPS.mutex_lock.kind, lock, 0);
  locks.mutex_lock(lock);
  self.kind = 0;
  mem[lock + 1] = me + 1;
}

export function mutex_unlock(lock: Ptr): void {
  mem[lock + 1] = 0;
  locks.mutex_unlock(lock);
}

export function mutex_trylock(lock: Ptr): number {
  const taken = locks.mutex_trylock(lock);
  if (taken !== 0) mem[lock + 1] = me + 1;
  return taken;
}

export function down_read(lock: Ptr): void {
  enterWait(OPS.down_read.kind, lock, 0);
  locks.down_read(lock);
  leaveWait();
}

export function up_read(lock: Ptr): void {
  locks.up_read(lock);
}

export function down_write(lock: Ptr): void {
  enterWait(OPS.down_write.kind, lock, 0);
  locks.down_write(lock);
  leaveWait();
  mem[lock + 1] = me + 1;
}

export function up_write(lock: Ptr): void {
  mem[lock + 1] = 0;
  locks.up_write(lock);
}

/** Checks that only the sanitized form makes. */
export function lockdep_assert_held(_lock: Ptr): void {
  return;
}

export function might_sleep(): void {
  return;
}

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

export const wake_up_all = wake_up;

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
export const readl = READ_ONCE;
export const writel = WRITE_ONCE;

export function choose(count: number): number {
  moved();
  return count > 0 ? nextRandom() % count : 0;
}

export function BUG_ON(condition: number): number {
  if (condition) fail('assertion', 'bug-on', 'kernel BUG: BUG_ON() hit', 0);
  return condition;
}

export function WARN_ON(condition: number, text: string): number {
  if (condition && judge.panicOnWarn) fail('assertion', 'warn-on', `WARNING: ${text}`, 0);
  return condition;
}

export function printk(_format: string, ..._args: readonly (number | string)[]): void {
  return;
}

export function ctx_get(index: number): number {
  return ctl[block + ACTOR.registers + index] ?? 0;
}

export function ctx_set(index: number, value: number): void {
  ctl[block + ACTOR.registers + index] = value;
}

export const ghost_read = READ_ONCE;
export const ghost_write = WRITE_ONCE;

export function ghost_add(addr: Ptr, delta: number): number {
  return (Atomics.add(mem, addr, delta) + delta) | 0;
}

export function current(): number {
  return me + 1;
}
