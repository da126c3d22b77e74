/**
 * Linux's queued spinlock (kernel/locking/qspinlock.c): one word. The first who waits sets the
 * pending bit and polls the word; those who come later queue with a node each, as in MCS, and the
 * head of the queue polls the word. Triples below: (tail, pending, locked).
 *
 * As on architectures without a bound of their own, one look is granted to a pending waiter that is
 * about to take over. Linux falls back to polling when a CPU is five deep in nodes; here that is a
 * bug of the caller. A release is a read-modify-write: a byte cannot be stored in an Int32Array.
 */

import {
  atomic_fetch_add,
  atomic_fetch_and,
  atomic_fetch_or,
  cmpxchg,
  cpu_relax,
  type Proc,
  type Ptr,
  READ_ONCE,
  smp_store_release,
  WRITE_ONCE,
  write,
} from '#ops';
import { type ExclusiveLock, FIFO } from './algorithm.ts';
import { successor } from './mcs.ts';
import { drop_node, queued, take_node } from './node.ts';
import {
  LOCKED,
  LOCKED_MASK,
  node_at,
  PENDING,
  qspinlock_t,
  TAIL_MASK,
  tail_of,
  xchg_tail,
} from './qspinlock_word.ts';
import { lock_node } from './self.ts';

function* queued_spin_lock(lock: Ptr, self: Ptr): Proc<void> {
  const at = lock + qspinlock_t.val;
  // (0, 0, 0) -> (0, 0, 1)
  let val = yield cmpxchg(at, 0, LOCKED);
  if (val === 0) return;
  if (val === PENDING) val = yield READ_ONCE(at);
  if ((val & ~LOCKED_MASK) === 0) {
    // (0, 0, x) -> (0, 1, x)
    val = yield atomic_fetch_or(at, PENDING);
    if ((val & ~LOCKED_MASK) === 0) {
      yield* queued(self);
      while (((yield READ_ONCE(at)) & LOCKED_MASK) !== 0) yield cpu_relax();
      // (x, 1, 0) -> (x, 0, 1)
      yield atomic_fetch_add(at, LOCKED - PENDING);
      return;
    }
    // (x, 1, x) -> (x, 0, x): somebody was first, and the bit was not theirs
    if ((val & PENDING) === 0) yield atomic_fetch_and(at, ~PENDING);
  }
  yield* lock_queued(lock, self);
}

function* lock_queued(lock: Ptr, self: Ptr): Proc<void> {
  const at = lock + qspinlock_t.val;
  const node = yield* take_node(self, lock);
  yield write(node + lock_node.next, 0);
  yield write(node + lock_node.wait, 1);
  if ((yield* queued_spin_trylock(lock, self)) === 0) {
    const tail = yield* tail_of(self, node);
    let val = yield* xchg_tail(lock, tail);
    yield* queued(self);
    if ((val & TAIL_MASK) !== 0) {
      const before = yield* node_at(self, val);
      yield WRITE_ONCE(before + lock_node.next, node);
      while ((yield READ_ONCE(node + lock_node.wait)) !== 0) yield cpu_relax();
    }
    // Head of the queue: the holder and the pending one go first.
    val = yield READ_ONCE(at);
    while ((val & (LOCKED_MASK | PENDING)) !== 0) {
      yield cpu_relax();
      val = yield READ_ONCE(at);
    }
    // (tail, 0, 0) -> (0, 0, 1): nobody behind
    if ((val & TAIL_MASK) !== tail || (yield cmpxchg(at, val, LOCKED)) !== val) {
      // (x, x, 0) -> (x, x, 1)
      yield atomic_fetch_or(at, LOCKED);
      yield smp_store_release((yield* successor(node)) + lock_node.wait, 0);
    }
  }
  yield* drop_node(node);
}

function* queued_spin_unlock(lock: Ptr, _self: Ptr): Proc<void> {
  // (x, x, 1) -> (x, x, 0)
  yield atomic_fetch_and(lock + qspinlock_t.val, ~LOCKED_MASK);
}

function* queued_spin_trylock(lock: Ptr, _self: Ptr): Proc<number> {
  // Whoever sees it held does not take the line.
  if ((yield READ_ONCE(lock + qspinlock_t.val)) !== 0) return 0;
  // (0, 0, 0) -> (0, 0, 1)
  return (yield cmpxchg(lock + qspinlock_t.val, 0, LOCKED)) === 0 ? 1 : 0;
}

export const qspinlock: ExclusiveLock = Object.freeze({
  id: 'qspinlock',
  title: 'queued spinlock of Linux',
  kind: 'exclusive',
  source: 'Linux 6.12 kernel/locking/qspinlock.c',
  waiting: 'spins',
  fairness: FIFO,
  memory: qspinlock_t,
  atomics: 2,
  procedures: Object.freeze({
    lock: queued_spin_lock,
    unlock: queued_spin_unlock,
    trylock: queued_spin_trylock,
  }),
});
