/**
 * Broken twin of a mutex that counts its sleepers beside the held bit: the count has two bits and
 * stops at "several", but a release counts one off again. Of three sleepers two are woken. (folly's
 * SharedMutex lost a wake-up so with three or four writers: commit b927c05, locks.md 2.2.)
 */

import {
  atomic_fetch_add,
  cmpxchg,
  futex_wait,
  futex_wake,
  type Proc,
  type Ptr,
  READ_ONCE,
} from '#ops';
import { struct, word } from '../../memory/layout.ts';
import { type ExclusiveLock, UNFAIR } from '../algorithm.ts';

const saturated_waiters_t = struct('saturated_waiters', {
  val: word('HELD, sleepers from bit 1 on'),
  calls: word('releases that woke somebody: what sleepers sleep on'),
});

const HELD = 1;
const SLEEPER = 2;
const SEVERAL = 4;

function* saturated_waiters_lock(lock: Ptr, _self: Ptr): Proc<void> {
  const val = lock + saturated_waiters_t.val;
  for (;;) {
    const calls = yield READ_ONCE(lock + saturated_waiters_t.calls);
    const old = yield READ_ONCE(val);
    if ((old & HELD) === 0) {
      // n,0 -> n,HELD
      if ((yield cmpxchg(val, old, old | HELD)) === old) return;
    } else {
      const counted = old >= SEVERAL ? old : old + SLEEPER;
      // n,HELD -> n+1,HELD; several stay several
      if ((yield cmpxchg(val, old, counted)) === old) {
        yield futex_wait(lock + saturated_waiters_t.calls, calls);
      }
    }
  }
}

function* saturated_waiters_unlock(lock: Ptr, _self: Ptr): Proc<void> {
  const val = lock + saturated_waiters_t.val;
  let old = yield READ_ONCE(val);
  for (;;) {
    // 0,HELD -> 0; n,HELD -> n-1,0
    const left = old < SLEEPER ? 0 : old - SLEEPER - HELD;
    const seen = yield cmpxchg(val, old, left);
    if (seen === old) break;
    old = seen;
  }
  if (old < SLEEPER) return;
  yield atomic_fetch_add(lock + saturated_waiters_t.calls, 1);
  yield futex_wake(lock + saturated_waiters_t.calls, 1);
}

export const saturatedWaiters: ExclusiveLock = Object.freeze({
  id: 'saturated-waiters',
  title: 'mutex whose count of sleepers saturates',
  kind: 'exclusive',
  source: 'after folly commit b927c05',
  waiting: 'sleeps',
  fairness: UNFAIR,
  memory: saturated_waiters_t,
  atomics: 4,
  broken: Object.freeze(['lost-wakeup'] as const),
  // A holder and three that sleep.
  threadsToRefuse: 4,
  procedures: Object.freeze({ lock: saturated_waiters_lock, unlock: saturated_waiters_unlock }),
});
