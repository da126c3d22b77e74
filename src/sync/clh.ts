/**
 * CLH queue lock (Craig 1993; Magnusson, Landin & Hagersten 1994). A waiter polls the node of the
 * one before it, and when it enters, that node is its own from then on: nodes wander between
 * threads, a release is one store, and nobody waits for a successor to link itself. Each lock comes
 * with one spare node, which belongs to nobody before the first acquisition.
 *
 * A thread waits for one lock at a time and has a node back as soon as it has entered, so one word
 * of its own says which node is next. It starts with the last of its four queue nodes, which other
 * algorithms then leave alone. Nobody can leave the queue, so there is no trylock.
 */

import {
  cpu_relax,
  ghost_read,
  ghost_write,
  type Proc,
  type Ptr,
  READ_ONCE,
  read,
  smp_store_release,
  write,
  xchg,
} from '#ops';
import { struct, word, words } from '../memory/layout.ts';
import { type ExclusiveLock, FIFO, type LockSetup } from './algorithm.ts';
import { queued } from './node.ts';
import { LINE, lock_node, lock_self } from './self.ts';

const clh_lock_t = struct('clh_lock', {
  tail: word('node of the last in line, or one that nobody waits with'),
  line: words(LINE - 1, 'unused'),
  held: word('node of the holder', 'the lock'),
});

/** In lock_self: the node that the next acquisition uses. The last of the thread's own words. */
const spare = lock_self.own.at + lock_self.own.length - 1;
/** What stands in lock_node.lock of a node that never again serves its thread alone. */
const WANDERS = -1;

function setUp({ lock, selves, poke, object }: LockSetup): void {
  poke(lock + clh_lock_t.tail, object('spare node', lock_node));
  for (const self of selves) {
    const node = self + lock_self.node3.at;
    poke(node + lock_node.lock, WANDERS);
    poke(self + spare, node);
  }
}

function* clh_lock(lock: Ptr, self: Ptr): Proc<void> {
  const node = yield ghost_read(self + spare);
  yield write(node + lock_node.wait, 1);
  // p -> node: behind p
  const before = yield xchg(lock + clh_lock_t.tail, node);
  yield* queued(self);
  while ((yield READ_ONCE(before + lock_node.wait)) !== 0) yield cpu_relax();
  yield ghost_write(self + spare, before);
  yield write(lock + clh_lock_t.held, node);
}

function* clh_unlock(lock: Ptr, _self: Ptr): Proc<void> {
  const node = yield read(lock + clh_lock_t.held);
  // 1 -> 0: the next goes, and the node is its own
  yield smp_store_release(node + lock_node.wait, 0);
}

export const clh: ExclusiveLock = Object.freeze({
  id: 'clh',
  title: 'CLH queue lock',
  kind: 'exclusive',
  source: 'Craig 1993; Magnusson, Landin & Hagersten 1994',
  waiting: 'spins',
  fairness: FIFO,
  memory: clh_lock_t,
  setup: setUp,
  atomics: 3,
  procedures: Object.freeze({ lock: clh_lock, unlock: clh_unlock }),
});
