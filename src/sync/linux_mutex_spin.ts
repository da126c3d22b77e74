/**
 * The owner word of Linux's mutex, which whoever is at the head of its queue polls (osq_queue.ts).
 * Linux leaves when it has to reschedule or when the owner does not run; a thread here cannot know
 * that and leaves after a number of polls.
 */

import { cmpxchg, cpu_relax, type Proc, type Ptr, READ_ONCE, read } from '#ops';
import { lock_self } from './self.ts';

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
