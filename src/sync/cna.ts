/**
 * Compact NUMA-aware lock, CNA (Dice & Kogan, arXiv 1810.05600): MCS whose release looks along the
 * queue for a waiter of the holder's own socket and hands the lock to it; those it steps over go to
 * a second queue, which travels with the lock in the polled word of the holder's node. When nobody
 * of the socket is left, or too often in a row was, the second queue goes first.
 *
 * Sockets are emulated: even CPUs are one, odd CPUs the other (lock_self.cpu). What crosses them
 * costs nothing here, so the lock shows its order and its price, not its gain. The paper leaves the
 * socket with a small probability; here it is after so many in a row, to be replayed.
 */

import {
  cmpxchg,
  cpu_relax,
  ghost_read,
  type Proc,
  type Ptr,
  READ_ONCE,
  read,
  smp_store_release,
  WRITE_ONCE,
  write,
  xchg,
} from '#ops';
import { struct, word, words } from '../memory/layout.ts';
import { type ExclusiveLock, type LockSetup, UNFAIR } from './algorithm.ts';
import { successor } from './mcs.ts';
import { drop_node, node_of, queued, take_node } from './node.ts';
import { LINE, lock_node, lock_self } from './self.ts';

const cna_lock_t = struct('cna_lock', {
  tail: word('node of the last in line, 0 free'),
  line: words(LINE - 1, 'unused'),
  kept: word('how often in a row it stayed in a socket', 'the lock'),
  keep: word('how often it may', 'const'),
});

/** Polled word of a node: 0 it waits; 1 go; else go, and the address of the second queue's head. */
const WAITS = 0;
const GO = 1;
const KEEP = 256;

function setUp({ lock, poke }: LockSetup): void {
  poke(lock + cna_lock_t.keep, KEEP);
}

function* socket_of(node: Ptr): Proc<number> {
  const self = yield ghost_read(node + lock_node.self);
  return (yield ghost_read(self + lock_self.cpu)) & 1;
}

function* cna_lock(lock: Ptr, self: Ptr): Proc<void> {
  const node = yield* take_node(self, lock);
  yield write(node + lock_node.next, 0);
  yield write(node + lock_node.wait, GO);
  // 0 -> node: taken; p -> node: behind p
  const before = yield xchg(lock + cna_lock_t.tail, node);
  yield* queued(self);
  if (before === 0) return;
  // The one before does not know us yet.
  yield WRITE_ONCE(node + lock_node.wait, WAITS);
  yield WRITE_ONCE(before + lock_node.next, node);
  while ((yield READ_ONCE(node + lock_node.wait)) === WAITS) yield cpu_relax();
}

function* cna_unlock(lock: Ptr, self: Ptr): Proc<void> {
  const node = yield* node_of(self, lock);
  const second = yield read(node + lock_node.wait);
  const last = second === GO ? 0 : yield read(second + lock_node.prev);
  let next = yield READ_ONCE(node + lock_node.next);
  if (next === 0) {
    // node -> 0: nobody waits; node -> last: the second queue is the queue now
    if ((yield cmpxchg(lock + cna_lock_t.tail, node, last)) === node) {
      if (last !== 0) yield smp_store_release(second + lock_node.wait, GO);
      yield* drop_node(node);
      return;
    }
    next = yield* successor(node);
  }
  const kept = yield read(lock + cna_lock_t.kept);
  if (kept < (yield read(lock + cna_lock_t.keep))) {
    const near = yield* find_near(node, next);
    if (near !== 0) {
      yield write(lock + cna_lock_t.kept, kept + 1);
      yield smp_store_release(near + lock_node.wait, yield read(node + lock_node.wait));
      yield* drop_node(node);
      return;
    }
  }
  yield write(lock + cna_lock_t.kept, 0);
  if (last !== 0) {
    // The main queue goes behind the second.
    yield WRITE_ONCE(last + lock_node.next, next);
    yield smp_store_release(second + lock_node.wait, GO);
  } else {
    yield smp_store_release(next + lock_node.wait, GO);
  }
  yield* drop_node(node);
}

/**
 * The first waiter of the holder's socket; those before it go to the end of the second queue. 0:
 * none is linked, and nothing has moved.
 */
function* find_near(node: Ptr, next: Ptr): Proc<Ptr> {
  const socket = yield* socket_of(node);
  let before = 0;
  let near = next;
  while (near !== 0 && (yield* socket_of(near)) !== socket) {
    before = near;
    near = yield READ_ONCE(near + lock_node.next);
  }
  if (near === 0 || before === 0) return near;
  // next .. before are stepped over.
  yield WRITE_ONCE(before + lock_node.next, 0);
  let second = yield read(node + lock_node.wait);
  if (second === GO) {
    second = next;
    yield write(node + lock_node.wait, second);
  } else {
    yield WRITE_ONCE((yield read(second + lock_node.prev)) + lock_node.next, next);
  }
  yield write(second + lock_node.prev, before);
  return near;
}

function* cna_trylock(lock: Ptr, self: Ptr): Proc<number> {
  const node = yield* take_node(self, lock);
  yield write(node + lock_node.next, 0);
  yield write(node + lock_node.wait, GO);
  // 0 -> node
  if ((yield cmpxchg(lock + cna_lock_t.tail, 0, node)) === 0) return 1;
  yield* drop_node(node);
  return 0;
}

export const cna: ExclusiveLock = Object.freeze({
  id: 'cna',
  title: 'compact NUMA-aware lock',
  kind: 'exclusive',
  source: 'Dice & Kogan, arXiv 1810.05600',
  waiting: 'spins',
  fairness: UNFAIR,
  memory: cna_lock_t,
  setup: setUp,
  budget: Object.freeze({ at: cna_lock_t.keep, explored: 2, threads: KEEP }),
  atomics: 3,
  procedures: Object.freeze({ lock: cna_lock, unlock: cna_unlock, trylock: cna_trylock }),
});
