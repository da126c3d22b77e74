/** Broken twins of the locks: canaries that the conformance suite must refuse, every time. */

import {
  atomic_fetch_add,
  cmpxchg,
  cpu_relax,
  futex_wait,
  futex_wake,
  type Proc,
  type Ptr,
  READ_ONCE,
  smp_store_release,
  WRITE_ONCE,
} from '#ops';
import { mutex, spinlock } from '../../src/memory/kernel_structs.ts';

/** locktorture's lock_busted: no lock at all. */
export function* busted_lock(lock: Ptr): Proc<void> {
  yield READ_ONCE(lock + spinlock.val);
}

export function* busted_unlock(lock: Ptr): Proc<void> {
  yield READ_ONCE(lock + spinlock.val);
}

/** A ticket is read and written back: two actors can draw the same one. */
export function* torn_ticket_lock(lock: Ptr): Proc<void> {
  const ticket = yield READ_ONCE(lock + spinlock.owner);
  yield WRITE_ONCE(lock + spinlock.owner, ticket + 1);
  while ((yield READ_ONCE(lock + spinlock.val)) !== ticket) yield cpu_relax();
}

export function* torn_ticket_unlock(lock: Ptr): Proc<void> {
  yield atomic_fetch_add(lock + spinlock.val, 1);
}

/** The count of sleepers is forgotten at the first wake-up: the second sleeper stays asleep. */
export function* sleepy_mutex_lock(lock: Ptr): Proc<void> {
  while ((yield cmpxchg(lock + mutex.val, 0, 1)) !== 0) {
    yield atomic_fetch_add(lock + mutex.waiters, 1);
    yield futex_wait(lock + mutex.val, 1);
  }
}

export function* sleepy_mutex_unlock(lock: Ptr): Proc<void> {
  yield smp_store_release(lock + mutex.val, 0);
  if ((yield READ_ONCE(lock + mutex.waiters)) === 0) return;
  yield WRITE_ONCE(lock + mutex.waiters, 0);
  yield futex_wake(lock + mutex.val, 1);
}
