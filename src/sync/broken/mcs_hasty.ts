/**
 * Broken twin of MCS: a release that sees nobody behind it goes home, though somebody has taken the
 * place and is about to link itself. That one is never told.
 */

import { cmpxchg, type Proc, type Ptr, READ_ONCE, smp_store_release } from '#ops';
import { type ExclusiveLock, UNFAIR } from '../algorithm.ts';
import { mcs_lock, mcs_lock_t } from '../mcs.ts';
import { drop_node, node_of } from '../node.ts';
import { lock_node } from '../self.ts';

function* mcs_hasty_unlock(lock: Ptr, self: Ptr): Proc<void> {
  const node = yield* node_of(self, lock);
  const next = yield READ_ONCE(node + lock_node.next);
  if (next !== 0) yield smp_store_release(next + lock_node.wait, 0);
  else yield cmpxchg(lock + mcs_lock_t.tail, node, 0);
  yield* drop_node(node);
}

export const mcsHasty: ExclusiveLock = Object.freeze({
  id: 'mcs-hasty',
  title: 'MCS that does not wait for its successor',
  kind: 'exclusive',
  source: 'locks.md 5',
  waiting: 'spins',
  fairness: UNFAIR,
  memory: mcs_lock_t,
  atomics: 3,
  broken: Object.freeze(['livelock'] as const),
  procedures: Object.freeze({ lock: mcs_lock, unlock: mcs_hasty_unlock }),
});
