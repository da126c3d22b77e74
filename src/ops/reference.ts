/**
 * The vocabulary as procedures write it: `const next = yield read(pe + eeh_pe.child_list.next)`.
 * This is what `#ops` means where nothing has been lowered: an operation is a kind with its
 * operands in a scratch record, to be performed by whoever drives the generator (see drive.ts).
 */
import { OPERANDS_MAX, OPS, type OpName } from './vocabulary.ts';

declare const brand: unique symbol;
/** One operation, to be yielded at once. It is not a value: `read(p) + 1` is a type error. */
export interface Op {
  readonly [brand]: 'operation';
}

/** An address: an index of an int32 word; 0 is NULL. */
export type Ptr = number;

/** Kernel code: yields its operations, is resumed with their results (int32). */
export type Proc<T> = Generator<Op, T, number>;

/** Any procedure, as designs hand them around in frozen records. */
export type Procedure<A extends readonly unknown[] = never, T = number | void> = (
  ...args: A
) => Proc<T>;

/** A text operand: the lowerings intern literals, so only literals are allowed. */
export type Text = string;

export const GFP_KERNEL = 0;
export const GFP_ATOMIC = 1;

/**
 * The operation most recently built: kind, then its operands. Read before the next one is built.
 */
export const pendingOp = { kind: 0, operands: [] as (number | string)[] };

function build(name: OpName, operands: readonly (number | string)[]): Op {
  if (operands.length > OPERANDS_MAX) {
    throw new Error(`[hotrace bug] ${name}: ${operands.length} operands, at most ${OPERANDS_MAX}`);
  }
  pendingOp.kind = OPS[name].kind;
  pendingOp.operands = [...operands];
  // The scratch record is the operation; the token only tells the type checker that one was built.
  return pendingOp as unknown as Op;
}

/** Plain read of a shared word: may race, may be torn apart by another actor at this very point. */
export function read(addr: Ptr): Op {
  return build('read', [addr]);
}

/** Plain write of a shared word. */
export function write(addr: Ptr, value: number): Op {
  return build('write', [addr, value]);
}

/** Marked read. */
export function READ_ONCE(addr: Ptr): Op {
  return build('READ_ONCE', [addr]);
}

/** Marked write. */
export function WRITE_ONCE(addr: Ptr, value: number): Op {
  return build('WRITE_ONCE', [addr, value]);
}

/** Load-acquire. */
export function smp_load_acquire(addr: Ptr): Op {
  return build('smp_load_acquire', [addr]);
}

/** Store-release. */
export function smp_store_release(addr: Ptr, value: number): Op {
  return build('smp_store_release', [addr, value]);
}

/** Atomic exchange; answers the old value. */
export function xchg(addr: Ptr, value: number): Op {
  return build('xchg', [addr, value]);
}

/** Atomic compare-and-exchange; answers the old value (success: it equals `old`). */
export function cmpxchg(addr: Ptr, old: number, new_value: number): Op {
  return build('cmpxchg', [addr, old, new_value]);
}

/** Atomic add; answers the old value. */
export function atomic_fetch_add(addr: Ptr, delta: number): Op {
  return build('atomic_fetch_add', [addr, delta]);
}

/** Atomic or; answers the old value. */
export function atomic_fetch_or(addr: Ptr, bits: number): Op {
  return build('atomic_fetch_or', [addr, bits]);
}

/** Atomic and; answers the old value. */
export function atomic_fetch_and(addr: Ptr, bits: number): Op {
  return build('atomic_fetch_and', [addr, bits]);
}

/** Full memory barrier. */
export function smp_mb(): Op {
  return build('smp_mb', []);
}

/** Read barrier. */
export function smp_rmb(): Op {
  return build('smp_rmb', []);
}

/** Write barrier. */
export function smp_wmb(): Op {
  return build('smp_wmb', []);
}

/**
 * Allocates a zeroed object of a struct (`eeh_pe.typeid`); answers its address, or 0 when the slab
 * is exhausted. gfp: GFP_KERNEL may sleep, GFP_ATOMIC may not.
 */
export function kzalloc(typeid: number, gfp: number): Op {
  return build('kzalloc', [typeid, gfp]);
}

/** Frees an object: poison is written, its memory goes to the quarantine. kfree(0) does nothing. */
export function kfree(ptr: Ptr): Op {
  return build('kfree', [ptr]);
}

/** refcount_set(): initialises a count. */
export function refcount_set(addr: Ptr, value: number): Op {
  return build('refcount_set', [addr, value]);
}

/** refcount_read(). */
export function refcount_read(addr: Ptr): Op {
  return build('refcount_read', [addr]);
}

/** refcount_inc(): from zero is a violation (addition on 0; use-after-free). */
export function refcount_inc(addr: Ptr): Op {
  return build('refcount_inc', [addr]);
}

/** refcount_inc_not_zero(): 1 if a reference was taken, 0 if the count was 0. */
export function refcount_inc_not_zero(addr: Ptr): Op {
  return build('refcount_inc_not_zero', [addr]);
}

/** refcount_dec_and_test(): 1 if this dropped the last reference; below 0 is a violation. */
export function refcount_dec_and_test(addr: Ptr): Op {
  return build('refcount_dec_and_test', [addr]);
}

/** Takes a spinlock; preemption is off until the unlock. */
export function spin_lock(lock: Ptr): Op {
  return build('spin_lock', [lock]);
}

/** Releases a spinlock. */
export function spin_unlock(lock: Ptr): Op {
  return build('spin_unlock', [lock]);
}

/** 1 if taken, 0 if not. */
export function spin_trylock(lock: Ptr): Op {
  return build('spin_trylock', [lock]);
}

/** Takes a spinlock with the interrupts of this CPU off. */
export function spin_lock_irqsave(lock: Ptr): Op {
  return build('spin_lock_irqsave', [lock]);
}

/** Restores the interrupt state saved by the matching irqsave. */
export function spin_unlock_irqrestore(lock: Ptr): Op {
  return build('spin_unlock_irqrestore', [lock]);
}

/** As spin_lock_irqsave(): raw spinlocks differ only under PREEMPT_RT. */
export function raw_spin_lock_irqsave(lock: Ptr): Op {
  return build('raw_spin_lock_irqsave', [lock]);
}

/** As spin_unlock_irqrestore(): raw spinlocks differ only under PREEMPT_RT. */
export function raw_spin_unlock_irqrestore(lock: Ptr): Op {
  return build('raw_spin_unlock_irqrestore', [lock]);
}

/** As spin_lock(): raw spinlocks differ only under PREEMPT_RT. */
export function raw_spin_lock(lock: Ptr): Op {
  return build('raw_spin_lock', [lock]);
}

/** As spin_unlock(): raw spinlocks differ only under PREEMPT_RT. */
export function raw_spin_unlock(lock: Ptr): Op {
  return build('raw_spin_unlock', [lock]);
}

/** Takes a mutex; sleeps while it is held. */
export function mutex_lock(lock: Ptr): Op {
  return build('mutex_lock', [lock]);
}

/** Releases a mutex: only its owner may. */
export function mutex_unlock(lock: Ptr): Op {
  return build('mutex_unlock', [lock]);
}

/** 1 if taken, 0 if not. */
export function mutex_trylock(lock: Ptr): Op {
  return build('mutex_trylock', [lock]);
}

/** Takes a rw_semaphore for reading; waits behind queued writers. */
export function down_read(lock: Ptr): Op {
  return build('down_read', [lock]);
}

/** Releases a read hold. */
export function up_read(lock: Ptr): Op {
  return build('up_read', [lock]);
}

/** Takes a rw_semaphore for writing. */
export function down_write(lock: Ptr): Op {
  return build('down_write', [lock]);
}

/** Releases a write hold. */
export function up_write(lock: Ptr): Op {
  return build('up_write', [lock]);
}

/** A violation unless this actor holds the lock (spinlock, mutex or rwsem). */
export function lockdep_assert_held(lock: Ptr): Op {
  return build('lockdep_assert_held', [lock]);
}

/** A violation in atomic context. */
export function might_sleep(): Op {
  return build('might_sleep', []);
}

/** Masks the interrupts of this CPU (nests). */
export function local_irq_disable(): Op {
  return build('local_irq_disable', []);
}

/** Undoes one local_irq_disable. */
export function local_irq_enable(): Op {
  return build('local_irq_enable', []);
}

/** Masks softirqs on this CPU (nests). */
export function local_bh_disable(): Op {
  return build('local_bh_disable', []);
}

/** Undoes one local_bh_disable. */
export function local_bh_enable(): Op {
  return build('local_bh_enable', []);
}

/**
 * Queues this actor on a wait queue and marks it sleeping; a wake-up from now on makes the next
 * schedule() return at once.
 */
export function prepare_to_wait(wq: Ptr): Op {
  return build('prepare_to_wait', [wq]);
}

/** Leaves the wait queue, running again. */
export function finish_wait(wq: Ptr): Op {
  return build('finish_wait', [wq]);
}

/** Gives up the CPU; returns when woken (at once if a wake-up came since prepare_to_wait). */
export function schedule(): Op {
  return build('schedule', []);
}

/**
 * As schedule(), at most `ms` virtual milliseconds; answers the ms that were left, 0 when the time
 * ran out.
 */
export function schedule_timeout(ms: number): Op {
  return build('schedule_timeout', [ms]);
}

/** Wakes the waiters: all of them, as wait_event() queues them non-exclusively. */
export function wake_up(wq: Ptr): Op {
  return build('wake_up', [wq]);
}

/** As wake_up(), which differs only for exclusive waiters. */
export function wake_up_all(wq: Ptr): Op {
  return build('wake_up_all', [wq]);
}

/** complete(): lets one waiter through, now or later. */
export function complete(completion: Ptr): Op {
  return build('complete', [completion]);
}

/** Waits until done > 0 and takes one. */
export function wait_for_completion(completion: Ptr): Op {
  return build('wait_for_completion', [completion]);
}

/** Parks while *addr == expected; 0 when woken, 1 when the value differed. */
export function futex_wait(addr: Ptr, expected: number): Op {
  return build('futex_wait', [addr, expected]);
}

/** Wakes up to `count` actors parked on addr; answers how many. */
export function futex_wake(addr: Ptr, count: number): Op {
  return build('futex_wake', [addr, count]);
}

/**
 * Backs off: pauses `count` times (about 25 ns each) without looking. Not part of what is explored:
 * a delay changes nothing that another schedule could not change.
 */
export function delay(count: number): Op {
  return build('delay', [count]);
}

/** In a spin loop: nothing can change until another actor moves. */
export function cpu_relax(): Op {
  return build('cpu_relax', []);
}

/** Sleeps `ms` virtual milliseconds. */
export function msleep(ms: number): Op {
  return build('msleep', [ms]);
}

/** The virtual clock, in ms. */
export function ktime_ms(): Op {
  return build('ktime_ms', []);
}

/** Hardware: an edge on an interrupt line (or its level goes high, see irq_desc.level). */
export function raise_irq(desc: Ptr): Op {
  return build('raise_irq', [desc]);
}

/**
 * Interrupt actors only: waits until the line is pending, unmasked, and its CPU takes interrupts;
 * from here to irq_exit the CPU's other actors stand still.
 */
export function irq_enter(desc: Ptr): Op {
  return build('irq_enter', [desc]);
}

/** Interrupt actors only: return from interrupt. */
export function irq_exit(desc: Ptr): Op {
  return build('irq_exit', [desc]);
}

/** Masks one line (nests). */
export function disable_irq_nosync(desc: Ptr): Op {
  return build('disable_irq_nosync', [desc]);
}

/** Unmasks one line; a pending edge is delivered. */
export function enable_irq(desc: Ptr): Op {
  return build('enable_irq', [desc]);
}

/** Waits until no handler of the line runs. */
export function synchronize_hardirq(desc: Ptr): Op {
  return build('synchronize_hardirq', [desc]);
}

/** Hardware: a level-triggered line is deasserted. */
export function lower_irq(desc: Ptr): Op {
  return build('lower_irq', [desc]);
}

/** Queues a work item; 1 if it was not pending already. */
export function queue_work(work: Ptr): Op {
  return build('queue_work', [work]);
}

/** Queues a work item to run `ms` virtual ms later; 1 if it was not pending already. */
export function queue_delayed_work(work: Ptr, ms: number): Op {
  return build('queue_delayed_work', [work, ms]);
}

/** Worker actors only: waits until the item is pending (and due), takes it, marks it running. */
export function work_wait(work: Ptr): Op {
  return build('work_wait', [work]);
}

/** Worker actors only: the function returned. */
export function work_done(work: Ptr): Op {
  return build('work_done', [work]);
}

/** Unqueues the item and waits while it runs; 1 if it was pending. */
export function cancel_work_sync(work: Ptr): Op {
  return build('cancel_work_sync', [work]);
}

/** Unqueues the item without waiting; 1 if it was pending. */
export function cancel_work(work: Ptr): Op {
  return build('cancel_work', [work]);
}

/** Reads a device register word. */
export function readl(reg: Ptr): Op {
  return build('readl', [reg]);
}

/** Writes a device register word. */
export function writel(reg: Ptr, value: number): Op {
  return build('writel', [reg, value]);
}

/** Nondeterministic choice of 0 .. count-1: every answer is explored. */
export function choose(count: number): Op {
  return build('choose', [count]);
}

/** A violation (assertion) when the condition is not 0. */
export function BUG_ON(condition: number): Op {
  return build('BUG_ON', [condition]);
}

/**
 * A kernel warning when the condition is not 0: logged, and a violation where the run says so.
 * Answers the condition.
 */
export function WARN_ON(condition: number, text: Text): Op {
  return build('WARN_ON', [condition, text]);
}

/**
 * One line of the emulated kernel log; format as printk knows it (%d %u %x %04x %s with a string
 * literal).
 */
export function printk(format: Text, ...args: (number | Text)[]): Op {
  return build('printk', [format, ...args]);
}

/** Reads one of this actor's 16 registers: locals that outlive a state's procedure. */
export function ctx_get(index: number): Op {
  return build('ctx_get', [index]);
}

/** Writes one of this actor's registers. */
export function ctx_set(index: number, value: number): Op {
  return build('ctx_set', [index, value]);
}

/** Reads a word of bookkeeping that the kernel does not have. */
export function ghost_read(addr: Ptr): Op {
  return build('ghost_read', [addr]);
}

/** Writes a word of bookkeeping. */
export function ghost_write(addr: Ptr, value: number): Op {
  return build('ghost_write', [addr, value]);
}

/** Adds to a word of bookkeeping; answers the new value. */
export function ghost_add(addr: Ptr, delta: number): Op {
  return build('ghost_add', [addr, delta]);
}

/** This actor: its id + 1, as lock owner words hold it. */
export function current(): Op {
  return build('current', []);
}
