/**
 * Broken twins of the locks: canaries that verification must refuse, every time, in exploration and
 * on threads.
 */

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
import { struct, word } from '../../memory/layout.ts';
import { type ExclusiveLock, UNFAIR } from '../algorithm.ts';
import { ticket_lock_t } from '../ticket.ts';

const busted_t = struct('busted_lock', { val: word('looked at, never changed') });

function* busted_lock(lock: Ptr, _self: Ptr): Proc<void> {
  yield READ_ONCE(lock + busted_t.val);
}

function* busted_unlock(lock: Ptr, _self: Ptr): Proc<void> {
  yield READ_ONCE(lock + busted_t.val);
}

export const busted: ExclusiveLock = Object.freeze({
  id: 'lock-busted',
  title: 'no lock at all',
  kind: 'exclusive',
  source: 'after the control of kernel/locking/locktorture.c',
  waiting: 'spins',
  fairness: UNFAIR,
  memory: busted_t,
  atomics: 2,
  broken: Object.freeze(['assertion'] as const),
  procedures: Object.freeze({ lock: busted_lock, unlock: busted_unlock }),
});

/** A ticket is read and written back: two threads can draw the same one. */
function* torn_ticket_lock(lock: Ptr, _self: Ptr): Proc<void> {
  const ticket = yield READ_ONCE(lock + ticket_lock_t.next);
  yield WRITE_ONCE(lock + ticket_lock_t.next, ticket + 1);
  while ((yield READ_ONCE(lock + ticket_lock_t.owner)) !== ticket) yield cpu_relax();
}

function* torn_ticket_unlock(lock: Ptr, _self: Ptr): Proc<void> {
  yield atomic_fetch_add(lock + ticket_lock_t.owner, 1);
}

export const tornTicket: ExclusiveLock = Object.freeze({
  id: 'torn-ticket',
  title: 'ticket lock whose ticket is not drawn atomically',
  kind: 'exclusive',
  source: 'locks.md 5',
  waiting: 'spins',
  fairness: UNFAIR,
  memory: ticket_lock_t,
  atomics: 4,
  // Two inside with one ticket, or the ticket after it is never served.
  broken: Object.freeze(['assertion', 'livelock'] as const),
  procedures: Object.freeze({ lock: torn_ticket_lock, unlock: torn_ticket_unlock }),
});

const sleepy_t = struct('sleepy_mutex', {
  val: word('0 free, 1 held'),
  waiters: word('sleepers'),
});

/** The count of sleepers is forgotten at the first wake-up: the second sleeper stays asleep. */
function* sleepy_mutex_lock(lock: Ptr, _self: Ptr): Proc<void> {
  while ((yield cmpxchg(lock + sleepy_t.val, 0, 1)) !== 0) {
    yield atomic_fetch_add(lock + sleepy_t.waiters, 1);
    yield futex_wait(lock + sleepy_t.val, 1);
  }
}

function* sleepy_mutex_unlock(lock: Ptr, _self: Ptr): Proc<void> {
  yield smp_store_release(lock + sleepy_t.val, 0);
  if ((yield READ_ONCE(lock + sleepy_t.waiters)) === 0) return;
  yield WRITE_ONCE(lock + sleepy_t.waiters, 0);
  yield futex_wake(lock + sleepy_t.val, 1);
}

export const sleepy: ExclusiveLock = Object.freeze({
  id: 'sleepy-mutex',
  title: 'two-state futex that loses a wake-up',
  kind: 'exclusive',
  source: 'locks.md 5',
  waiting: 'sleeps',
  fairness: UNFAIR,
  memory: sleepy_t,
  atomics: 3,
  broken: Object.freeze(['lost-wakeup'] as const),
  procedures: Object.freeze({ lock: sleepy_mutex_lock, unlock: sleepy_mutex_unlock }),
});
