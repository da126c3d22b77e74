/**
 * The queue in which Linux's mutex_optimistic_spin() stands (kernel/locking/osq_lock.c), and the
 * owner word it polls. Linux leaves when it has to reschedule or when the owner does not run; a
 * thread here cannot know that and leaves after a number of polls.
 */

import {
  cmpxchg,
  cpu_relax,
  type Proc,
  type Ptr,
  READ_ONCE,
  read,
  smp_store_release,
  WRITE_ONCE,
  write,
  xchg,
} from '#ops';
import { lock_node, lock_self } from './self.ts';

/** Flags of the owner word: somebody waits; the release must hand over; it has, to this owner. */
export const WAITERS = 1;
export const HANDOFF = 2;
const PICKUP = 4;
const FLAGS = 7;

/** The owner word of a thread that has it and nobody waits. */
export function* owner_of(self: Ptr): Proc<number> {
  return (yield read(self + lock_self.id)) << 3;
}

/** A word of an owner, without its flags. */
export function without_flags(owner: number): number {
  return owner & ~FLAGS;
}

/** The word with which the lock is handed to a thread. */
export function handed_to(owner: number, next: number): number {
  return (owner & WAITERS) | next | PICKUP;
}

/** 1 if taken; otherwise, where `first`, the release is asked to hand over. */
export function* mutex_try(owner: Ptr, me: number, first: number): Proc<number> {
  for (;;) {
    const old = yield READ_ONCE(owner);
    const flags = old & FLAGS;
    const task = old & ~FLAGS;
    let taken = me | flags;
    if (task !== 0) {
      if ((flags & PICKUP) !== 0) {
        if (task !== me) return 0;
        // me|PICKUP -> me: handed to us
        taken = me | (flags & ~PICKUP);
      } else {
        if (first === 0 || (flags & HANDOFF) !== 0) return 0;
        // other -> other|HANDOFF
        taken = old | HANDOFF;
      }
    }
    // 0|flags -> me|flags: free
    if ((yield cmpxchg(owner, old, taken)) === old) return (taken & ~FLAGS) === me ? 1 : 0;
  }
}

/** Polls the owner word: 1 taken, 0 in vain. */
export function* spin_on_owner(owner: Ptr, me: number, polls: number): Proc<number> {
  for (let i = 0; i < polls; i++) {
    if ((yield* mutex_try(owner, me, 0)) !== 0) return 1;
    yield cpu_relax();
  }
  return 0;
}

/** 1: at the head of the queue; 0: polled in vain and left. */
export function* spin_queue_enter(tail: Ptr, node: Ptr, polls: number): Proc<number> {
  yield write(node + lock_node.next, 0);
  yield write(node + lock_node.wait, 1);
  // 0 -> node: at the head; p -> node: behind p
  const before = yield xchg(tail, node);
  if (before === 0) return 1;
  yield WRITE_ONCE(node + lock_node.prev, before);
  yield WRITE_ONCE(before + lock_node.next, node);
  for (let i = 0; i < polls; i++) {
    if ((yield READ_ONCE(node + lock_node.wait)) === 0) return 1;
    yield cpu_relax();
  }
  return yield* spin_queue_quit(tail, node);
}

/** From the middle of the queue; 1: it came to the head before it could leave. */
function* spin_queue_quit(tail: Ptr, node: Ptr): Proc<number> {
  let before = yield READ_ONCE(node + lock_node.prev);
  // node -> 0: the one before can no longer grant to us
  while ((yield cmpxchg(before + lock_node.next, node, 0)) !== node) {
    if ((yield READ_ONCE(node + lock_node.wait)) === 0) return 1;
    yield cpu_relax();
    // It is leaving, too: then another is before us.
    before = yield READ_ONCE(node + lock_node.prev);
  }
  const next = yield* take_next(tail, node, before);
  if (next !== 0) {
    yield WRITE_ONCE(next + lock_node.prev, before);
    yield WRITE_ONCE(before + lock_node.next, next);
  }
  return 0;
}

/** Cuts off the node behind; 0: there is none, and the tail is `before` now. */
function* take_next(tail: Ptr, node: Ptr, before: Ptr): Proc<Ptr> {
  for (;;) {
    // node -> before: was the last
    if ((yield cmpxchg(tail, node, before)) === node) return 0;
    const next = yield xchg(node + lock_node.next, 0);
    if (next !== 0) return next;
    // It is about to link itself, or to leave.
    yield cpu_relax();
  }
}

export function* spin_queue_leave(tail: Ptr, node: Ptr): Proc<void> {
  const next = yield* take_next(tail, node, 0);
  // 1 -> 0: the next is at the head
  if (next !== 0) yield smp_store_release(next + lock_node.wait, 0);
}
