/** What the native lowering is timed on: lock, increment a plain counter, unlock. */
import { type Proc, type Ptr, read, write } from '#ops';
import { ttas_lock, ttas_unlock } from '../sync/ttas.ts';

export function* ttas_rounds(lock: Ptr, self: Ptr, counter: Ptr, count: number): Proc<number> {
  for (let i = 0; i < count; i++) {
    yield* ttas_lock(lock, self);
    const value = yield read(counter);
    yield write(counter, value + 1);
    yield* ttas_unlock(lock, self);
  }
  return count;
}
