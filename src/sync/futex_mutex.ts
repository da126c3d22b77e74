/**
 * Three-state futex mutex (Drepper, "Futexes Are Tricky", mutex2). One word: 0 free, 1 held,
 * 2 held and somebody may sleep. A release without sleepers makes no call; after contention one
 * wake-up per chain may find nobody.
 */

import { cmpxchg, futex_wait, futex_wake, type Proc, type Ptr, xchg } from '#ops';
import { struct, word } from '../memory/layout.ts';
import { type ExclusiveLock, UNFAIR } from './algorithm.ts';
import { queued } from './node.ts';

const futex_mutex_t = struct('futex_mutex', { val: word('0 free, 1 held, 2 held and slept on') });

function* futex_mutex_lock(lock: Ptr, self: Ptr): Proc<void> {
  const val = lock + futex_mutex_t.val;
  // 0 -> 1: taken, nobody sleeps
  if ((yield cmpxchg(val, 0, 1)) === 0) return;
  yield* queued(self);
  // 0 -> 2: taken, and whoever slept beside us may still sleep; 1 -> 2, 2 -> 2: sleep
  while ((yield xchg(val, 2)) !== 0) yield futex_wait(val, 2);
}

function* futex_mutex_unlock(lock: Ptr, _self: Ptr): Proc<void> {
  // 1 -> 0; 2 -> 0 and one sleeper tries again
  if ((yield xchg(lock + futex_mutex_t.val, 0)) === 2)
    yield futex_wake(lock + futex_mutex_t.val, 1);
}

function* futex_mutex_trylock(lock: Ptr, _self: Ptr): Proc<number> {
  return (yield cmpxchg(lock + futex_mutex_t.val, 0, 1)) === 0 ? 1 : 0;
}

export const futex: ExclusiveLock = Object.freeze({
  id: 'futex',
  title: 'three-state futex',
  kind: 'exclusive',
  source: 'Drepper, Futexes Are Tricky, mutex2',
  waiting: 'sleeps',
  fairness: UNFAIR,
  memory: futex_mutex_t,
  atomics: 2,
  procedures: Object.freeze({
    lock: futex_mutex_lock,
    unlock: futex_mutex_unlock,
    trylock: futex_mutex_trylock,
  }),
});
