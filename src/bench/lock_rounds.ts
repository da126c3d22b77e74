/**
 * What locks are timed on: lock, increment a plain counter, unlock. `self`: words of the thread's
 * own, for locks that keep a node of each waiter; others do not take it.
 */
import { type Proc, type Procedure, type Ptr, read, write } from '#ops';

interface Exclusive {
  readonly lock: Procedure<[Ptr, Ptr], void>;
  readonly unlock: Procedure<[Ptr, Ptr], void>;
}

export function* lock_rounds(
  lock: Ptr,
  self: Ptr,
  counter: Ptr,
  d: Exclusive,
  count: number,
): Proc<number> {
  for (let i = 0; i < count; i++) {
    yield* d.lock(lock, self);
    const value = yield read(counter);
    yield write(counter, value + 1);
    yield* d.unlock(lock, self);
  }
  return count;
}
