/**
 * MCS queue lock (Mellor-Crummey & Scott 1991, §2.4). The lock points at the last of a queue of
 * nodes; whoever comes puts its node there, links it behind the one before and polls its own line;
 * the release goes to the next node. A successor that has taken its place and not yet linked itself
 * has to be waited for.
 */

import {
  cmpxchg,
  cpu_relax,
  type Proc,
  type Ptr,
  READ_ONCE,
  smp_store_release,
  WRITE_ONCE,
  write,
  xchg,
} from '#ops';
import { struct, word } from '../memory/layout.ts';
import { type ExclusiveLock, FIFO } from './algorithm.ts';
import { drop_node, node_of, queued, take_node } from './node.ts';
import { lock_node } from './self.ts';

export const mcs_lock_t = struct('mcs_lock', { tail: word('node of the last in line, 0 free') });

export function* mcs_lock(lock: Ptr, self: Ptr): Proc<void> {
  const node = yield* take_node(self, lock);
  yield write(node + lock_node.next, 0);
  yield write(node + lock_node.wait, 1);
  // 0 -> node: taken; p -> node: behind p
  const before = yield xchg(lock + mcs_lock_t.tail, node);
  yield* queued(self);
  if (before === 0) return;
  yield WRITE_ONCE(before + lock_node.next, node);
  while ((yield READ_ONCE(node + lock_node.wait)) !== 0) yield cpu_relax();
}

function* mcs_unlock(lock: Ptr, self: Ptr): Proc<void> {
  const node = yield* node_of(self, lock);
  let next = yield READ_ONCE(node + lock_node.next);
  // node -> 0: nobody came
  if (next === 0 && (yield cmpxchg(lock + mcs_lock_t.tail, node, 0)) !== node) {
    next = yield* successor(node);
  }
  // 1 -> 0: the next goes
  if (next !== 0) yield smp_store_release(next + lock_node.wait, 0);
  yield* drop_node(node);
}

/** Waits until whoever took the place behind has linked itself. */
export function* successor(node: Ptr): Proc<Ptr> {
  let next = yield READ_ONCE(node + lock_node.next);
  while (next === 0) {
    yield cpu_relax();
    next = yield READ_ONCE(node + lock_node.next);
  }
  return next;
}

export function* mcs_trylock(lock: Ptr, self: Ptr): Proc<number> {
  const node = yield* take_node(self, lock);
  yield write(node + lock_node.next, 0);
  // 0 -> node
  if ((yield cmpxchg(lock + mcs_lock_t.tail, 0, node)) === 0) return 1;
  yield* drop_node(node);
  return 0;
}

export const mcs: ExclusiveLock = Object.freeze({
  id: 'mcs',
  title: 'MCS queue lock',
  kind: 'exclusive',
  source: 'Mellor-Crummey & Scott 1991, 2.4',
  waiting: 'spins',
  fairness: FIFO,
  memory: mcs_lock_t,
  atomics: 3,
  procedures: Object.freeze({ lock: mcs_lock, unlock: mcs_unlock, trylock: mcs_trylock }),
});
