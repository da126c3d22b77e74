/**
 * The native lowering of the vocabulary: each operation performed at once, as fast as it goes, with
 * no check. Plain accesses are plain, marked ones are Atomics; what waits, parks (ops/native/park).
 * This is the form that is timed. See sanitized.ts for the one that is stressed.
 */
import { ACTOR } from './native/control.ts';
import { irqsOff, irqsOn } from './native/irq.ts';
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
  self,
} from './native/runtime.ts';
import { allocate, release } from './native/slab.ts';
import { OPS } from './vocabulary.ts';

export {
  cancel_work,
  cancel_work_sync,
  complete,
  cpu_relax,
  disable_irq_nosync,
  enable_irq,
  finish_wait,
  futex_wait,
  futex_wake,
  irq_enter,
  irq_exit,
  ktime_ms,
  local_bh_disable,
  local_bh_enable,
  local_irq_disable,
  local_irq_enable,
  lower_irq,
  msleep,
  prepare_to_wait,
  queue_delayed_work,
  queue_work,
  raise_irq,
  schedule,
  schedule_timeout,
  synchronize_hardirq,
  wait_for_completion,
  wake_up,
  wake_up_all,
  work_done,
  work_wait,
} from './native/bare_waits.ts';
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

export function smp_load_acquire(addr: Ptr): number {
  return Atomics.load(mem, addr);
}

export function smp_store_release(addr: Ptr, value: number): void {
  Atomics.store(mem, addr, value);
}

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

export function delay(count: number): void {
  for (let left = count; left > 0; left--) Atomics.pause();
}

export function smp_wmb(): void {
  smp_mb();
}

export function kzalloc(typeid: number, _gfp: number): Ptr {
  return allocate(typeid);
}

export function kfree(ptr: Ptr): void {
  if (ptr !== 0) release(ptr);
}

export function refcount_set(addr: Ptr, value: number): void {
  Atomics.store(mem, addr, value);
}

export function refcount_read(addr: Ptr): number {
  return Atomics.load(mem, addr);
}

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
  self.kind = OPS.spin_lock.kind;
  self.addr = lock;
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

export function raw_spin_lock(lock: Ptr): void {
  spin_lock(lock);
}

export function raw_spin_unlock(lock: Ptr): void {
  spin_unlock(lock);
}

export function raw_spin_lock_irqsave(lock: Ptr): void {
  spin_lock_irqsave(lock);
}

export function raw_spin_unlock_irqrestore(lock: Ptr): void {
  spin_unlock_irqrestore(lock);
}

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

export function readl(reg: Ptr): number {
  return Atomics.load(mem, reg);
}

export function writel(reg: Ptr, value: number): void {
  Atomics.store(mem, reg, value);
}

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

export function ghost_read(addr: Ptr): number {
  return Atomics.load(mem, addr);
}

export function ghost_write(addr: Ptr, value: number): void {
  Atomics.store(mem, addr, value);
}

export function ghost_add(addr: Ptr, delta: number): number {
  return (Atomics.add(mem, addr, delta) + delta) | 0;
}

export function current(): number {
  return me + 1;
}
