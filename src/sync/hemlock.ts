/**
 * Hemlock (Dice & Kogan, arXiv 2102.03863): a queue with one word per lock and one per
 * thread. The lock points at the thread that is last; a waiter polls the grant word of the thread
 * before it until that names the lock, and clears it, for which the releasing thread waits before
 * it goes on. A thread that holds several contended locks has several pollers on its word; each
 * looks for its own lock.
 */

import {
  cmpxchg,
  cpu_relax,
  type Proc,
  type Ptr,
  READ_ONCE,
  smp_store_release,
  WRITE_ONCE,
  xchg,
} from '#ops';
import { struct, word } from '../memory/layout.ts';
import { type ExclusiveLock, FIFO } from './algorithm.ts';
import { queued } from './node.ts';
import { lock_self } from './self.ts';

const hemlock_t = struct('hemlock', { tail: word('lock_self of the last in line, 0 free') });

function* hemlock_lock(lock: Ptr, self: Ptr): Proc<void> {
  // 0 -> self: taken; p -> self: behind p
  const before = yield xchg(lock + hemlock_t.tail, self);
  yield* queued(self);
  if (before === 0) return;
  while ((yield READ_ONCE(before + lock_self.grant)) !== lock) yield cpu_relax();
  // lock -> 0: seen
  yield WRITE_ONCE(before + lock_self.grant, 0);
}

function* hemlock_unlock(lock: Ptr, self: Ptr): Proc<void> {
  // self -> 0: nobody came
  if ((yield cmpxchg(lock + hemlock_t.tail, self, 0)) === self) return;
  // 0 -> lock
  yield smp_store_release(self + lock_self.grant, lock);
  while ((yield READ_ONCE(self + lock_self.grant)) !== 0) yield cpu_relax();
}

function* hemlock_trylock(lock: Ptr, self: Ptr): Proc<number> {
  return (yield cmpxchg(lock + hemlock_t.tail, 0, self)) === 0 ? 1 : 0;
}

export const hemlock: ExclusiveLock = Object.freeze({
  id: 'hemlock',
  title: 'Hemlock',
  kind: 'exclusive',
  source: 'Dice & Kogan, arXiv 2102.03863',
  waiting: 'spins',
  fairness: FIFO,
  memory: hemlock_t,
  atomics: 2,
  procedures: Object.freeze({
    lock: hemlock_lock,
    unlock: hemlock_unlock,
    trylock: hemlock_trylock,
  }),
});
