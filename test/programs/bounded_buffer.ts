/**
 * inspect's bounded buffer: waiters are counted, and signalled only when one is counted. Conditions
 * are futex words, so that a signal wakes one. Mutations of it lose wake-ups or take from an empty
 * ring.
 */
import {
  atomic_fetch_add,
  BUG_ON,
  futex_wait,
  futex_wake,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  read,
  write,
} from '#ops';
import { DONE } from './done.ts';
import { ring } from './structs.ts';

/** What differs between the good one and its mutations: a design record. */
export interface BufferDesign {
  readonly wait: (at: Ptr, condition: Ptr, waiting: Ptr) => Proc<void>;
  readonly signal: (condition: Ptr, waiting: Ptr) => Proc<void>;
  /** Re-checks the condition after a wait (while), or not (if). */
  readonly again: number;
  /** Offsets of the two condition words, and of the counts of their waiters. */
  readonly not_full: number;
  readonly not_empty: number;
  readonly puts_waiting: number;
  readonly takes_waiting: number;
  /** Slots of the ring. */
  readonly size: number;
}

/** Counted under the lock, and the futex word is read before the lock goes. */
export function* counted_wait(at: Ptr, condition: Ptr, waiting: Ptr): Proc<void> {
  yield write(waiting, (yield read(waiting)) + 1);
  const seen = yield read(condition);
  yield mutex_unlock(at + ring.m.at);
  yield futex_wait(condition, seen);
  yield mutex_lock(at + ring.m.at);
  yield write(waiting, (yield read(waiting)) - 1);
}

/** Mutation: counts itself only after the lock is gone, so the other side sees nobody waiting. */
export function* late_wait(at: Ptr, condition: Ptr, waiting: Ptr): Proc<void> {
  const seen = yield read(condition);
  yield mutex_unlock(at + ring.m.at);
  yield atomic_fetch_add(waiting, 1);
  yield futex_wait(condition, seen);
  yield atomic_fetch_add(waiting, -1);
  yield mutex_lock(at + ring.m.at);
}

/** Wakes one waiter if one is counted. */
export function* counted_signal(condition: Ptr, waiting: Ptr): Proc<void> {
  if ((yield read(waiting)) === 0) return;
  yield atomic_fetch_add(condition, 1);
  yield futex_wake(condition, 1);
}

export function* buffer_put(at: Ptr, d: BufferDesign, items: number): Proc<number> {
  for (let i = 0; i < items; i++) {
    yield mutex_lock(at + ring.m.at);
    if ((yield read(at + ring.count)) === d.size) {
      yield* d.wait(at, at + d.not_full, at + d.puts_waiting);
      while (d.again !== 0 && (yield read(at + ring.count)) === d.size) {
        yield* d.wait(at, at + d.not_full, at + d.puts_waiting);
      }
    }
    const count = yield read(at + ring.count);
    yield BUG_ON(count >= d.size ? 1 : 0);
    yield write(at + ring.count, count + 1);
    yield* d.signal(at + d.not_empty, at + d.takes_waiting);
    yield mutex_unlock(at + ring.m.at);
  }
  return DONE;
}

export function* buffer_take(at: Ptr, d: BufferDesign, items: number): Proc<number> {
  for (let i = 0; i < items; i++) {
    yield mutex_lock(at + ring.m.at);
    if ((yield read(at + ring.count)) === 0) {
      yield* d.wait(at, at + d.not_empty, at + d.takes_waiting);
      while (d.again !== 0 && (yield read(at + ring.count)) === 0) {
        yield* d.wait(at, at + d.not_empty, at + d.takes_waiting);
      }
    }
    const count = yield read(at + ring.count);
    yield BUG_ON(count <= 0 ? 1 : 0);
    yield write(at + ring.count, count - 1);
    yield* d.signal(at + d.not_full, at + d.puts_waiting);
    yield mutex_unlock(at + ring.m.at);
  }
  return DONE;
}
