/**
 * Test-and-test-and-set spinlock (Mellor-Crummey & Scott 1991, §2.1). One word: 0 free, 1 held.
 * Waiters poll with plain loads of their own cache's copy; the release lets all of them try.
 */

import { cpu_relax, type Proc, type Ptr, READ_ONCE, smp_store_release, xchg } from '#ops';
import { spinlock } from '../memory/kernel_structs.ts';

export function* ttas_lock(lock: Ptr): Proc<void> {
  // 0 -> 1: taken; 1 -> 1: held by another, nothing changed
  while ((yield xchg(lock + spinlock.val, 1)) !== 0) {
    while ((yield READ_ONCE(lock + spinlock.val)) !== 0) yield cpu_relax();
  }
}

export function* ttas_unlock(lock: Ptr): Proc<void> {
  // 1 -> 0
  yield smp_store_release(lock + spinlock.val, 0);
}

export function* ttas_trylock(lock: Ptr): Proc<number> {
  return (yield xchg(lock + spinlock.val, 1)) === 0 ? 1 : 0;
}
