/**
 * Linux's optimistic spin queue (kernel/locking/osq_lock.c): an MCS queue linked both ways, so that
 * a waiter can leave from the middle. It is not the lock itself: whoever is at its head may poll
 * the lock. Linux leaves when it has to reschedule or when the one before does not run; here it is
 * after a number of polls.
 */

import {
  cmpxchg,
  cpu_relax,
  type Proc,
  type Ptr,
  READ_ONCE,
  smp_load_acquire,
  smp_store_release,
  WRITE_ONCE,
  write,
  xchg,
} from '#ops';
import { lock_node } from './self.ts';

/** 1: at the head of the queue; 0: polled in vain and left. */
export function* osq_lock(tail: Ptr, node: Ptr, polls: number): Proc<number> {
  yield write(node + lock_node.next, 0);
  yield write(node + lock_node.wait, 1);
  // 0 -> node: at the head; p -> node: behind p
  const before = yield xchg(tail, node);
  if (before === 0) return 1;
  yield WRITE_ONCE(node + lock_node.prev, before);
  yield WRITE_ONCE(before + lock_node.next, node);
  for (let i = 0; i < polls; i++) {
    if ((yield smp_load_acquire(node + lock_node.wait)) === 0) return 1;
    yield cpu_relax();
  }
  return yield* osq_leave(tail, node);
}

/** 1: it was granted before it could leave. */
function* osq_leave(tail: Ptr, node: Ptr): Proc<number> {
  let before = yield READ_ONCE(node + lock_node.prev);
  // node -> 0: the one before does not know us any more, so it can neither grant nor leave past us
  while ((yield cmpxchg(before + lock_node.next, node, 0)) !== node) {
    if ((yield smp_load_acquire(node + lock_node.wait)) === 0) return 1;
    yield cpu_relax();
    // It leaves itself, or has: another is before us then.
    before = yield READ_ONCE(node + lock_node.prev);
  }
  const next = yield* osq_next(tail, node, before);
  if (next !== 0) {
    yield WRITE_ONCE(next + lock_node.prev, before);
    yield WRITE_ONCE(before + lock_node.next, next);
  }
  return 0;
}

/**
 * Takes the one behind off this node, for it to be linked or granted: nobody leaves from there
 * meanwhile. 0: there is none, and the tail is `before` again.
 */
function* osq_next(tail: Ptr, node: Ptr, before: Ptr): Proc<Ptr> {
  for (;;) {
    // node -> before: the last in line
    if ((yield READ_ONCE(tail)) === node && (yield cmpxchg(tail, node, before)) === node) return 0;
    if ((yield READ_ONCE(node + lock_node.next)) !== 0) {
      const next = yield xchg(node + lock_node.next, 0);
      if (next !== 0) return next;
    }
    // It is about to link itself, or is leaving.
    yield cpu_relax();
  }
}

export function* osq_unlock(tail: Ptr, node: Ptr): Proc<void> {
  // node -> 0: nobody behind
  if ((yield cmpxchg(tail, node, 0)) === node) return;
  let next = yield xchg(node + lock_node.next, 0);
  if (next === 0) next = yield* osq_next(tail, node, 0);
  // 1 -> 0: the next is at the head
  if (next !== 0) yield smp_store_release(next + lock_node.wait, 0);
}
