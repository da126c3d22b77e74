/** What the conformance suite does with a lock: a plain counter, a pair that must agree. */

import { type Proc, type Procedure, type Ptr, read, write } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { arena } from './structs.ts';

const ev = eventCodes('DONE');

interface Exclusive {
  readonly lock: Procedure<[Ptr], void>;
  readonly unlock: Procedure<[Ptr], void>;
  readonly trylock: Procedure<[Ptr], number>;
}

interface ReadersWriter {
  readonly down_read: Procedure<[Ptr], void>;
  readonly up_read: Procedure<[Ptr], void>;
  readonly down_write: Procedure<[Ptr], void>;
  readonly up_write: Procedure<[Ptr], void>;
}

export function* count_locked(a: Ptr, lock: Ptr, d: Exclusive, turns: number): Proc<number> {
  for (let i = 0; i < turns; i++) {
    yield* d.lock(lock);
    yield write(a + arena.counter, (yield read(a + arena.counter)) + 1);
    yield* d.unlock(lock);
  }
  return ev.DONE;
}

/** Takes it if it is free, counts what it did not get. */
export function* count_tried(a: Ptr, lock: Ptr, d: Exclusive, turns: number): Proc<number> {
  let missed = 0;
  for (let i = 0; i < turns; i++) {
    if (yield* d.trylock(lock)) {
      yield write(a + arena.counter, (yield read(a + arena.counter)) + 1);
      yield* d.unlock(lock);
    } else {
      missed++;
    }
  }
  yield* d.lock(lock);
  yield write(a + arena.missed, (yield read(a + arena.missed)) + missed);
  yield* d.unlock(lock);
  return ev.DONE;
}

export function* write_pair(a: Ptr, lock: Ptr, d: ReadersWriter, turns: number): Proc<number> {
  for (let i = 0; i < turns; i++) {
    yield* d.down_write(lock);
    const next = (yield read(a + arena.counter)) + 1;
    yield write(a + arena.counter, next);
    yield write(a + arena.copy, next);
    yield* d.up_write(lock);
  }
  return ev.DONE;
}

export function* read_pair(a: Ptr, lock: Ptr, d: ReadersWriter, turns: number): Proc<number> {
  for (let i = 0; i < turns; i++) {
    yield* d.down_read(lock);
    const one = yield read(a + arena.counter);
    const two = yield read(a + arena.copy);
    yield* d.up_read(lock);
    if (one !== two) yield write(a + arena.torn, 1);
  }
  return ev.DONE;
}
