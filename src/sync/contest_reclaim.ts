/**
 * What threads do with a reclamation: some walk a list without its lock, some take its first object
 * off and retire it. When nobody walks any more all that was retired must be freed.
 */

import {
  atomic_fetch_add,
  cpu_relax,
  type Proc,
  type Ptr,
  READ_ONCE,
  read,
  WRITE_ONCE,
} from '#ops';
import { embed, struct, word } from '../memory/layout.ts';
import { eventCodes } from '../ops/events.ts';
import type { ReclamationProcedures } from './algorithm.ts';
import { ttas_lock, ttas_lock_t, ttas_unlock } from './ttas.ts';

export const reclaim_contest = struct('reclaim_contest', {
  head: word('first object of the list', 'lock to write'),
  lock: embed(ttas_lock_t, 'removers'),
  walkers: word('threads that still walk', 'atomic'),
});

export const reclaim_object = struct('reclaim_object', {
  rcu_head: word('of the reclamation, once it is retired'),
  next: word('the object behind; negative: this one is off the list', 'lock to write'),
  value: word('what readers read', 'const'),
});

const ev = eventCodes('DONE');
/** After so many calls that no reader hinders everything is freed, with any algorithm. */
const FLUSHES = 3;

export function* contend_walking(
  c: Ptr,
  domain: Ptr,
  self: Ptr,
  d: ReclamationProcedures,
  turns: number,
): Proc<number> {
  for (let turn = 0; turn < turns; turn++) {
    yield* d.enter(domain, self);
    const first = yield* d.protect(domain, self, c + reclaim_contest.head, 0);
    yield read(first + reclaim_object.value);
    const second = yield* d.protect(domain, self, first + reclaim_object.next, 1);
    if (second > 0) yield read(second + reclaim_object.value);
    // Both are protected until it leaves.
    yield read(first + reclaim_object.value);
    yield* d.leave(domain, self);
    yield* d.quiescent(domain, self);
  }
  yield* d.offline(domain, self);
  yield atomic_fetch_add(c + reclaim_contest.walkers, -1);
  return ev.DONE;
}

/** The last object stays, so that there is always one behind. */
function* unlink_first(c: Ptr, self: Ptr): Proc<Ptr> {
  yield* ttas_lock(c + reclaim_contest.lock.at, self);
  const object = yield READ_ONCE(c + reclaim_contest.head);
  const next = yield READ_ONCE(object + reclaim_object.next);
  yield WRITE_ONCE(c + reclaim_contest.head, next);
  yield WRITE_ONCE(object + reclaim_object.next, -next);
  yield* ttas_unlock(c + reclaim_contest.lock.at, self);
  return object;
}

export function* contend_removing(
  c: Ptr,
  domain: Ptr,
  self: Ptr,
  d: ReclamationProcedures,
  turns: number,
): Proc<number> {
  for (let turn = 0; turn < turns; turn++) {
    yield* d.retire(domain, self, yield* unlink_first(c, self));
    yield* d.quiescent(domain, self);
  }
  while ((yield READ_ONCE(c + reclaim_contest.walkers)) !== 0) yield cpu_relax();
  for (let i = 0; i < FLUSHES; i++) yield* d.quiescent(domain, self);
  return ev.DONE;
}
