/**
 * Adaptive mutex: the three-state futex (futex_mutex.ts) whose waiters poll for a while before they
 * sleep, as glibc's adaptive and musl's mutexes do. A section is mostly over sooner than a thread
 * could sleep and be woken; a holder that does not run costs the polls and nothing more.
 * What differs from glibc: the number of polls is constant, not a running average.
 */

import {
  cmpxchg,
  cpu_relax,
  futex_wait,
  futex_wake,
  type Proc,
  type Ptr,
  READ_ONCE,
  read,
  xchg,
} from '#ops';
import { struct, word, words } from '../memory/layout.ts';
import { type ExclusiveLock, type LockSetup, UNFAIR } from './algorithm.ts';
import { queued } from './node.ts';
import { LINE } from './self.ts';

const adaptive_t = struct('adaptive_mutex', {
  val: word('0 free, 1 held, 2 held and slept on'),
  line: words(LINE - 1, 'unused'),
  polls: word('looks in vain before one sleeps', 'const'),
});

/** About 3 microseconds, a quarter of a sleep and a wake-up (locks.md 1, 2.2). */
const POLLS = 100;

function setUp({ lock, poke }: LockSetup): void {
  poke(lock + adaptive_t.polls, POLLS);
}

function* adaptive_lock(lock: Ptr, self: Ptr): Proc<void> {
  const val = lock + adaptive_t.val;
  // 0 -> 1: taken, and whoever was woken says itself that others may sleep
  if ((yield cmpxchg(val, 0, 1)) === 0) return;
  yield* queued(self);
  const polls = yield read(lock + adaptive_t.polls);
  for (let i = 0; i < polls; i++) {
    if ((yield READ_ONCE(val)) === 0 && (yield cmpxchg(val, 0, 1)) === 0) return;
    yield cpu_relax();
  }
  // 0 -> 2: taken, and whoever slept beside us may still sleep; 1 -> 2, 2 -> 2: sleep
  while ((yield xchg(val, 2)) !== 0) yield futex_wait(val, 2);
}

function* adaptive_unlock(lock: Ptr, _self: Ptr): Proc<void> {
  // 1 -> 0; 2 -> 0 and one sleeper tries again
  if ((yield xchg(lock + adaptive_t.val, 0)) === 2) yield futex_wake(lock + adaptive_t.val, 1);
}

function* adaptive_trylock(lock: Ptr, _self: Ptr): Proc<number> {
  return (yield cmpxchg(lock + adaptive_t.val, 0, 1)) === 0 ? 1 : 0;
}

export const adaptive: ExclusiveLock = Object.freeze({
  id: 'adaptive',
  title: 'three-state futex that polls before it sleeps',
  kind: 'exclusive',
  source: 'after glibc PTHREAD_MUTEX_ADAPTIVE_NP; Drepper, Futexes Are Tricky, mutex2',
  waiting: 'spins, then sleeps',
  fairness: UNFAIR,
  memory: adaptive_t,
  setup: setUp,
  budget: Object.freeze({ at: adaptive_t.polls, explored: 1, threads: POLLS }),
  atomics: 2,
  procedures: Object.freeze({
    lock: adaptive_lock,
    unlock: adaptive_unlock,
    trylock: adaptive_trylock,
  }),
});
