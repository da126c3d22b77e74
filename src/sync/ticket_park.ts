/**
 * Ticket lock (Mellor-Crummey & Scott 1991, §2.2) whose waiters sleep on the ticket being served
 * once they polled in vain for a while. A release wakes all of them, as it does not know who has
 * the next ticket; it makes no call while nobody sleeps.
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
  read,
} from '#ops';
import { struct, word, words } from '../memory/layout.ts';
import { type ExclusiveLock, FIFO, type LockSetup } from './algorithm.ts';
import { queued } from './node.ts';
import { LINE } from './self.ts';

const ticket_park_t = struct('ticket_park', {
  next: word('the ticket to be drawn next'),
  line: words(LINE - 1, 'unused'),
  owner: word('the ticket being served', 'written by the holder'),
  line2: words(LINE - 1, 'unused'),
  sleepers: word('how many sleep or are about to'),
  line3: words(LINE - 1, 'unused'),
  polls: word('looks in vain before one sleeps', 'const'),
});

const POLLS = 100;
/** More than there can be sleepers. */
const EVERYBODY = 0x7fff;

function setUp({ lock, poke }: LockSetup): void {
  poke(lock + ticket_park_t.polls, POLLS);
}

function* ticket_park_lock(lock: Ptr, self: Ptr): Proc<void> {
  const owner = lock + ticket_park_t.owner;
  // n -> n+1: ticket n is ours
  const ticket = yield atomic_fetch_add(lock + ticket_park_t.next, 1);
  yield* queued(self);
  let served = yield READ_ONCE(owner);
  if (served === ticket) return;
  const polls = yield read(lock + ticket_park_t.polls);
  for (let i = 0; i < polls; i++) {
    yield cpu_relax();
    served = yield READ_ONCE(owner);
    if (served === ticket) return;
  }
  // First counted, then looked: a release that we do not see any more sees us.
  yield atomic_fetch_add(lock + ticket_park_t.sleepers, 1);
  served = yield READ_ONCE(owner);
  while (served !== ticket) {
    yield futex_wait(owner, served);
    served = yield READ_ONCE(owner);
  }
  yield atomic_fetch_add(lock + ticket_park_t.sleepers, -1);
}

function* ticket_park_unlock(lock: Ptr, _self: Ptr): Proc<void> {
  // s -> s+1
  yield atomic_fetch_add(lock + ticket_park_t.owner, 1);
  if ((yield READ_ONCE(lock + ticket_park_t.sleepers)) !== 0) {
    yield futex_wake(lock + ticket_park_t.owner, EVERYBODY);
  }
}

function* ticket_park_trylock(lock: Ptr, _self: Ptr): Proc<number> {
  const served = yield READ_ONCE(lock + ticket_park_t.owner);
  // s -> s+1, if nobody has drawn s
  const drawn = yield cmpxchg(lock + ticket_park_t.next, served, (served + 1) | 0);
  return drawn === served ? 1 : 0;
}

export const ticketPark: ExclusiveLock = Object.freeze({
  id: 'ticket-park',
  title: 'ticket lock that polls, then sleeps',
  kind: 'exclusive',
  source: 'Mellor-Crummey & Scott 1991, 2.2; locks.md 2.2',
  waiting: 'spins, then sleeps',
  fairness: FIFO,
  memory: ticket_park_t,
  setup: setUp,
  budget: Object.freeze({ at: ticket_park_t.polls, explored: 1, threads: POLLS }),
  atomics: 4,
  procedures: Object.freeze({
    lock: ticket_park_lock,
    unlock: ticket_park_unlock,
    trylock: ticket_park_trylock,
  }),
});
