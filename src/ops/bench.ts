/**
 * The native lowering as locks are timed in it: each operation is the bare instruction. Nothing is
 * kept for virtual time: a spinner only pauses, a sleeper only sleeps. Sleeps and wake-ups are
 * counted. What no lock uses is the native form's own.
 */
import { counts, words } from './bench/thread.ts';

export {
  cancel_work,
  cancel_work_sync,
  choose,
  complete,
  ctx_get,
  ctx_set,
  disable_irq_nosync,
  down_read,
  down_write,
  enable_irq,
  finish_wait,
  GFP_ATOMIC,
  GFP_KERNEL,
  irq_enter,
  irq_exit,
  kfree,
  ktime_ms,
  kzalloc,
  local_bh_disable,
  local_bh_enable,
  local_irq_disable,
  local_irq_enable,
  lockdep_assert_held,
  lower_irq,
  might_sleep,
  msleep,
  mutex_lock,
  mutex_trylock,
  mutex_unlock,
  pendingOp,
  prepare_to_wait,
  printk,
  queue_delayed_work,
  queue_work,
  raise_irq,
  raw_spin_lock,
  raw_spin_lock_irqsave,
  raw_spin_unlock,
  raw_spin_unlock_irqrestore,
  schedule,
  schedule_timeout,
  spin_lock,
  spin_lock_irqsave,
  spin_trylock,
  spin_unlock,
  spin_unlock_irqrestore,
  synchronize_hardirq,
  up_read,
  up_write,
  wait_for_completion,
  wake_up,
  wake_up_all,
  work_done,
  work_wait,
} from './native.ts';

type Ptr = number;

export function read(addr: Ptr): number {
  // Within the words: the sanitized form has seen to it before anybody times this one.
  return words[addr] as number;
}

export function write(addr: Ptr, value: number): void {
  words[addr] = value;
}

export function READ_ONCE(addr: Ptr): number {
  return Atomics.load(words, addr);
}

export function WRITE_ONCE(addr: Ptr, value: number): void {
  Atomics.store(words, addr, value);
}

export function smp_load_acquire(addr: Ptr): number {
  return Atomics.load(words, addr);
}

export function smp_store_release(addr: Ptr, value: number): void {
  Atomics.store(words, addr, value);
}

export function xchg(addr: Ptr, value: number): number {
  return Atomics.exchange(words, addr, value);
}

export function cmpxchg(addr: Ptr, old: number, new_value: number): number {
  return Atomics.compareExchange(words, addr, old, new_value);
}

export function atomic_fetch_add(addr: Ptr, delta: number): number {
  return Atomics.add(words, addr, delta);
}

export function atomic_fetch_or(addr: Ptr, bits: number): number {
  return Atomics.or(words, addr, bits);
}

export function atomic_fetch_and(addr: Ptr, bits: number): number {
  return Atomics.and(words, addr, bits);
}

/** The first words are never mapped: nobody else touches this one. */
const FENCE = 16;

export function smp_mb(): void {
  Atomics.add(words, FENCE, 0);
}

export function smp_rmb(): void {
  Atomics.load(words, FENCE);
}

export function smp_wmb(): void {
  smp_mb();
}

export function refcount_set(addr: Ptr, value: number): void {
  Atomics.store(words, addr, value);
}

export function refcount_read(addr: Ptr): number {
  return Atomics.load(words, addr);
}

export function refcount_inc(addr: Ptr): void {
  Atomics.add(words, addr, 1);
}

export function refcount_inc_not_zero(addr: Ptr): number {
  for (;;) {
    const old = Atomics.load(words, addr);
    if (old === 0) return 0;
    if (Atomics.compareExchange(words, addr, old, old + 1) === old) return 1;
  }
}

export function refcount_dec_and_test(addr: Ptr): number {
  return Atomics.sub(words, addr, 1) === 1 ? 1 : 0;
}

export function readl(reg: Ptr): number {
  return Atomics.load(words, reg);
}

export function writel(reg: Ptr, value: number): void {
  Atomics.store(words, reg, value);
}

export function cpu_relax(): void {
  Atomics.pause();
}

export function delay(count: number): void {
  for (let left = count; left > 0; left--) Atomics.pause();
}

/** 0 when woken, 1 when the value differed: then it has not slept. */
export function futex_wait(addr: Ptr, expected: number): number {
  if (Atomics.wait(words, addr, expected) === 'not-equal') return 1;
  counts.parks++;
  return 0;
}

export function futex_wake(addr: Ptr, count: number): number {
  counts.notifies++;
  return Atomics.notify(words, addr, count);
}

/** @throws Error that ends the round: the lock has failed. */
export function BUG_ON(condition: number): number {
  if (condition !== 0) throw new Error('kernel BUG: BUG_ON() hit');
  return condition;
}

/** @throws Error, as BUG_ON. */
export function WARN_ON(condition: number, text: string): number {
  if (condition !== 0) throw new Error(`WARNING: ${text}`);
  return condition;
}

export function ghost_read(addr: Ptr): number {
  return read(addr);
}

export function ghost_write(addr: Ptr, value: number): void {
  words[addr] = value;
}

export function ghost_add(addr: Ptr, delta: number): number {
  const sum = (read(addr) + delta) | 0;
  words[addr] = sum;
  return sum;
}

export function current(): number {
  return counts.current;
}
