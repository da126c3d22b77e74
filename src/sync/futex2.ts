/**
 * Two-state futex mutex (what Drepper's "Futexes Are Tricky" begins with, mutex1 without its
 * counter). One word: 0 free, 1 held. The holder does not know whether anybody sleeps, so that each
 * release makes a call; each of them wakes one, who tries again.
 */

import { cmpxchg, futex_wait, futex_wake, type Proc, type Ptr, smp_store_release } from '#ops';
import { struct, word } from '../memory/layout.ts';
import { type ExclusiveLock, UNFAIR } from './algorithm.ts';
import { queued } from './node.ts';

const futex2_t = struct('futex2', { val: word('0 free, 1 held') });

function* futex2_lock(lock: Ptr, self: Ptr): Proc<void> {
  // 0 -> 1: taken
  while ((yield cmpxchg(lock + futex2_t.val, 0, 1)) !== 0) {
    yield* queued(self);
    yield futex_wait(lock + futex2_t.val, 1);
  }
}

function* futex2_unlock(lock: Ptr, _self: Ptr): Proc<void> {
  // 1 -> 0, and one sleeper tries, if there is any
  yield smp_store_release(lock + futex2_t.val, 0);
  yield futex_wake(lock + futex2_t.val, 1);
}

function* futex2_trylock(lock: Ptr, _self: Ptr): Proc<number> {
  return (yield cmpxchg(lock + futex2_t.val, 0, 1)) === 0 ? 1 : 0;
}

export const futex2: ExclusiveLock = Object.freeze({
  id: 'futex2',
  title: 'two-state futex',
  kind: 'exclusive',
  source: 'locks.md 2.2, after Drepper, Futexes Are Tricky',
  waiting: 'sleeps',
  fairness: UNFAIR,
  memory: futex2_t,
  atomics: 2,
  procedures: Object.freeze({ lock: futex2_lock, unlock: futex2_unlock, trylock: futex2_trylock }),
});
