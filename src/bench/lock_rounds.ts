/** What locks are timed on: lock, increment a plain counter, unlock. */
import { type Proc, type Procedure, type Ptr, read, write } from '#ops';

interface Exclusive {
  readonly lock: Procedure<[Ptr], void>;
  readonly unlock: Procedure<[Ptr], void>;
}

export function* lock_rounds(lock: Ptr, counter: Ptr, d: Exclusive, count: number): Proc<number> {
  for (let i = 0; i < count; i++) {
    yield* d.lock(lock);
    const value = yield read(counter);
    yield write(counter, value + 1);
    yield* d.unlock(lock);
  }
  return count;
}
