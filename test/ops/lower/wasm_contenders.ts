/** What threads do with a lock: a plain counter, a pair that must agree. */

import { cpu_relax, type Proc, type Procedure, type Ptr, read, write } from '#ops';

/** Words from `a` on. */
export const arena = Object.freeze({ counter: 0, copy: 1, missed: 2, torn: 3 });

interface Exclusive {
  readonly lock: Procedure<[Ptr, Ptr], void>;
  readonly unlock: Procedure<[Ptr, Ptr], void>;
  readonly trylock: Procedure<[Ptr, Ptr], number>;
}

interface ReadersWriter {
  readonly down_read: Procedure<[Ptr, Ptr], void>;
  readonly up_read: Procedure<[Ptr, Ptr], void>;
  readonly down_write: Procedure<[Ptr, Ptr], void>;
  readonly up_write: Procedure<[Ptr, Ptr], void>;
}

export function* count_locked(
  a: Ptr,
  lock: Ptr,
  self: Ptr,
  d: Exclusive,
  turns: number,
): Proc<number> {
  for (let i = 0; i < turns; i++) {
    yield* d.lock(lock, self);
    yield write(a + arena.counter, (yield read(a + arena.counter)) + 1);
    yield* d.unlock(lock, self);
  }
  return 0;
}

/** Takes it if it is free, counts what it did not get. */
export function* count_tried(
  a: Ptr,
  lock: Ptr,
  self: Ptr,
  d: Exclusive,
  turns: number,
): Proc<number> {
  let missed = 0;
  for (let i = 0; i < turns; i++) {
    if (yield* d.trylock(lock, self)) {
      yield write(a + arena.counter, (yield read(a + arena.counter)) + 1);
      yield* d.unlock(lock, self);
    } else {
      missed++;
    }
  }
  yield* d.lock(lock, self);
  yield write(a + arena.missed, (yield read(a + arena.missed)) + missed);
  yield* d.unlock(lock, self);
  return 0;
}

export function* write_pair(
  a: Ptr,
  lock: Ptr,
  self: Ptr,
  d: ReadersWriter,
  turns: number,
): Proc<number> {
  for (let i = 0; i < turns; i++) {
    yield* d.down_write(lock, self);
    const next = (yield read(a + arena.counter)) + 1;
    yield write(a + arena.counter, next);
    yield write(a + arena.copy, next);
    yield* d.up_write(lock, self);
  }
  return 0;
}

export function* read_pair(
  a: Ptr,
  lock: Ptr,
  self: Ptr,
  d: ReadersWriter,
  turns: number,
): Proc<number> {
  for (let i = 0; i < turns; i++) {
    yield* d.down_read(lock, self);
    const one = yield read(a + arena.counter);
    const two = yield read(a + arena.copy);
    yield* d.up_read(lock, self);
    if (one !== two) yield write(a + arena.torn, 1);
  }
  return 0;
}

/** A lock that is none: looks first, takes it later. */
export function* busted_lock(lock: Ptr): Proc<void> {
  while ((yield read(lock)) !== 0) yield cpu_relax();
  yield write(lock, 1);
}

export function* busted_unlock(lock: Ptr): Proc<void> {
  yield write(lock, 0);
}
