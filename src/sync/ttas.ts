/**
 * Test-and-test-and-set spinlock (Mellor-Crummey & Scott 1991, §2.1). One word: 0 free, 1 held.
 * Waiters poll with plain loads of their own cache's copy; the release lets all of them try.
 */

import { cpu_relax, type Proc, type Ptr, READ_ONCE, smp_store_release, xchg } from '#ops';
import { struct, word } from '../memory/layout.ts';
import { type ExclusiveLock, UNFAIR } from './algorithm.ts';
import { queued } from './node.ts';

export const ttas_lock_t = struct('ttas_lock', { val: word('0 free, 1 held') });

export function* ttas_lock(lock: Ptr, self: Ptr): Proc<void> {
  // 0 -> 1: taken; 1 -> 1: held by another, nothing changed
  while ((yield xchg(lock + ttas_lock_t.val, 1)) !== 0) {
    yield* queued(self);
    while ((yield READ_ONCE(lock + ttas_lock_t.val)) !== 0) yield cpu_relax();
  }
}

export function* ttas_unlock(lock: Ptr, _self: Ptr): Proc<void> {
  // 1 -> 0
  yield smp_store_release(lock + ttas_lock_t.val, 0);
}

export function* ttas_trylock(lock: Ptr, _self: Ptr): Proc<number> {
  return (yield xchg(lock + ttas_lock_t.val, 1)) === 0 ? 1 : 0;
}

export const ttas: ExclusiveLock = Object.freeze({
  id: 'ttas',
  title: 'test-and-test-and-set',
  kind: 'exclusive',
  source: 'Mellor-Crummey & Scott 1991, 2.1',
  waiting: 'spins',
  fairness: UNFAIR,
  memory: ttas_lock_t,
  atomics: 2,
  procedures: Object.freeze({ lock: ttas_lock, unlock: ttas_unlock, trylock: ttas_trylock }),
});
