/**
 * K42's variant of MCS (Scott, Shared-Memory Synchronization, 2013, chapter 4): the lock has the
 * two words of a node itself and stands for the holder in the queue, so a thread needs a node only
 * while it waits, and a release needs none. Whoever enters takes its node out of the queue: its
 * successor is linked behind the lock instead.
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
} from '#ops';
import { struct, word, words } from '../memory/layout.ts';
import { type ExclusiveLock, FIFO } from './algorithm.ts';
import { drop_node, queued, take_node } from './node.ts';
import { LINE, lock_node } from './self.ts';

const k42_lock_t = struct('k42_lock', {
  tail: word('0 free; the lock: held, nobody waits; else node of the last in line'),
  line: words(LINE - 1, 'unused'),
  next: word('node of the first in line', 'written by it, or by the holder'),
});

function* k42_lock(lock: Ptr, self: Ptr): Proc<void> {
  // 0 -> lock: taken
  let last = yield cmpxchg(lock + k42_lock_t.tail, 0, lock);
  if (last === 0) return;
  const node = yield* take_node(self, lock);
  for (;;) {
    if (last === 0) {
      // 0 -> lock: free after all
      last = yield cmpxchg(lock + k42_lock_t.tail, 0, lock);
      if (last === 0) break;
    }
    yield write(node + lock_node.next, 0);
    yield write(node + lock_node.wait, 1);
    // p -> node: behind p
    const seen = yield cmpxchg(lock + k42_lock_t.tail, last, node);
    if (seen === last) {
      yield* queued(self);
      yield WRITE_ONCE(last === lock ? lock + k42_lock_t.next : last + lock_node.next, node);
      while ((yield READ_ONCE(node + lock_node.wait)) !== 0) yield cpu_relax();
      yield* leave_queue(lock, node);
      break;
    }
    last = seen;
  }
  yield* drop_node(node);
}

/** The holder's node comes out: from here on the lock stands in its place. */
function* leave_queue(lock: Ptr, node: Ptr): Proc<void> {
  let next = yield READ_ONCE(node + lock_node.next);
  if (next === 0) {
    // Before the tail is the lock again: from then on a newcomer may link itself there.
    yield WRITE_ONCE(lock + k42_lock_t.next, 0);
    // node -> lock: nobody behind
    if ((yield cmpxchg(lock + k42_lock_t.tail, node, lock)) === node) return;
    next = yield READ_ONCE(node + lock_node.next);
    while (next === 0) {
      yield cpu_relax();
      next = yield READ_ONCE(node + lock_node.next);
    }
  }
  yield WRITE_ONCE(lock + k42_lock_t.next, next);
}

function* k42_unlock(lock: Ptr, _self: Ptr): Proc<void> {
  let next = yield READ_ONCE(lock + k42_lock_t.next);
  if (next === 0) {
    // lock -> 0: nobody waits
    if ((yield cmpxchg(lock + k42_lock_t.tail, lock, 0)) === lock) return;
    next = yield READ_ONCE(lock + k42_lock_t.next);
    while (next === 0) {
      yield cpu_relax();
      next = yield READ_ONCE(lock + k42_lock_t.next);
    }
  }
  // 1 -> 0
  yield smp_store_release(next + lock_node.wait, 0);
}

function* k42_trylock(lock: Ptr, _self: Ptr): Proc<number> {
  return (yield cmpxchg(lock + k42_lock_t.tail, 0, lock)) === 0 ? 1 : 0;
}

export const k42: ExclusiveLock = Object.freeze({
  id: 'k42',
  title: 'MCS without a context, as in K42',
  kind: 'exclusive',
  source: 'Scott, Shared-Memory Synchronization, chapter 4',
  waiting: 'spins',
  fairness: FIFO,
  memory: k42_lock_t,
  atomics: 3,
  procedures: Object.freeze({ lock: k42_lock, unlock: k42_unlock, trylock: k42_trylock }),
});
