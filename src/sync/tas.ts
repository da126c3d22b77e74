/**
 * Test-and-set spinlock (Mellor-Crummey & Scott 1991, §2.1): every poll is an exchange, so every
 * waiter takes the line for itself again and again, the holder's release included. The floor that
 * the others are measured against. One word: 0 free, 1 held.
 */

import { cpu_relax, type Proc, type Ptr, smp_store_release, xchg } from '#ops';
import { struct, word } from '../memory/layout.ts';
import { type ExclusiveLock, UNFAIR } from './algorithm.ts';
import { queued } from './node.ts';

const tas_lock_t = struct('tas_lock', { val: word('0 free, 1 held') });

function* tas_lock(lock: Ptr, self: Ptr): Proc<void> {
  // 0 -> 1: taken; 1 -> 1: held by another, nothing changed
  while ((yield xchg(lock + tas_lock_t.val, 1)) !== 0) {
    yield* queued(self);
    yield cpu_relax();
  }
}

function* tas_unlock(lock: Ptr, _self: Ptr): Proc<void> {
  // 1 -> 0
  yield smp_store_release(lock + tas_lock_t.val, 0);
}

function* tas_trylock(lock: Ptr, _self: Ptr): Proc<number> {
  return (yield xchg(lock + tas_lock_t.val, 1)) === 0 ? 1 : 0;
}

export const tas: ExclusiveLock = Object.freeze({
  id: 'tas',
  title: 'test-and-set',
  kind: 'exclusive',
  source: 'Mellor-Crummey & Scott 1991, 2.1',
  waiting: 'spins',
  fairness: UNFAIR,
  memory: tas_lock_t,
  atomics: 2,
  procedures: Object.freeze({ lock: tas_lock, unlock: tas_unlock, trylock: tas_trylock }),
});
