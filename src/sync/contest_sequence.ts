/** What threads do with a sequence lock: a pair is written inside, and read beside the writers. */
import { ghost_add, ghost_write, type Proc, type Ptr, READ_ONCE, WRITE_ONCE } from '#ops';
import { eventCodes } from '../ops/events.ts';
import type { SequenceProcedures } from './algorithm.ts';
import { contest } from './contest.ts';

const ev = eventCodes('DONE');

export function* contend_versioning(
  c: Ptr,
  lock: Ptr,
  self: Ptr,
  d: SequenceProcedures,
  turns: number,
): Proc<number> {
  for (let turn = 0; turn < turns; turn++) {
    yield* d.write_begin(lock, self);
    yield ghost_add(c + contest.inside, 1);
    const counted = yield READ_ONCE(c + contest.counter);
    yield WRITE_ONCE(c + contest.counter, counted + 1);
    yield WRITE_ONCE(c + contest.copy, counted + 1);
    yield ghost_add(c + contest.inside, -1);
    yield* d.write_end(lock, self);
  }
  return ev.DONE;
}

export function* contend_looking(
  c: Ptr,
  lock: Ptr,
  self: Ptr,
  d: SequenceProcedures,
  turns: number,
): Proc<number> {
  for (let turn = 0; turn < turns; turn++) {
    let counter = 0;
    let copy = 0;
    let begun = 0;
    do {
      begun = yield* d.read_begin(lock, self);
      counter = yield READ_ONCE(c + contest.counter);
      copy = yield READ_ONCE(c + contest.copy);
    } while ((yield* d.read_retry(lock, self, begun)) !== 0);
    if (counter !== copy) yield ghost_write(c + contest.torn, 1);
  }
  return ev.DONE;
}
