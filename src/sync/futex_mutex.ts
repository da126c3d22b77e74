/**
 * Three-state futex mutex (Drepper, "Futexes Are Tricky", mutex2). One word: 0 free, 1 held,
 * 2 held and somebody may sleep. A release without sleepers makes no call; after contention one
 * wake-up per chain may find nobody.
 */

import { cmpxchg, futex_wait, futex_wake, type Proc, type Ptr, xchg } from '#ops';
import { mutex } from '../memory/kernel_structs.ts';

export function* futex_mutex_lock(lock: Ptr): Proc<void> {
  const val = lock + mutex.val;
  // 0 -> 1: taken, nobody sleeps
  if ((yield cmpxchg(val, 0, 1)) === 0) return;
  // 0 -> 2: taken, and whoever slept beside us may still sleep; 1 -> 2, 2 -> 2: sleep
  while ((yield xchg(val, 2)) !== 0) yield futex_wait(val, 2);
}

export function* futex_mutex_unlock(lock: Ptr): Proc<void> {
  // 1 -> 0; 2 -> 0 and one sleeper tries again
  if ((yield xchg(lock + mutex.val, 0)) === 2) yield futex_wake(lock + mutex.val, 1);
}

export function* futex_mutex_trylock(lock: Ptr): Proc<number> {
  return (yield cmpxchg(lock + mutex.val, 0, 1)) === 0 ? 1 : 0;
}
