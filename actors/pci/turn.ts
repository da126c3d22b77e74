/**
 * The order in which a table tells its story: a thread starts when `start` completes and completes
 * `done` when it is through (0: at once; nobody waits).
 */
import { complete, type Proc, type Ptr, wait_for_completion } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';

const ev = eventCodes('STARTED', 'TOLD');

export function* turn_wait(_k: object, start: Ptr): Proc<number> {
  if (start !== 0) yield wait_for_completion(start);
  return ev.STARTED;
}

export function* turn_tell(_k: object, _start: Ptr, done: Ptr): Proc<number> {
  if (done !== 0) yield complete(done);
  return ev.TOLD;
}
