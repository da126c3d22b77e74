/**
 * Ticket spinlock with proportional back-off (Mellor-Crummey & Scott 1991, §2.2): the ticket says
 * how many are ahead, so a waiter pauses that many sections before it looks again and leaves the
 * line alone meanwhile. The factor has to fit the length of the sections.
 */

import { atomic_fetch_add, cpu_relax, delay, type Proc, type Ptr, READ_ONCE } from '#ops';
import { type ExclusiveLock, FIFO } from './algorithm.ts';
import { queued } from './node.ts';
import { ticket_lock_t, ticket_trylock, ticket_unlock } from './ticket.ts';

/** Pauses of about 25 ns for each thread that is ahead: a short section and its hand-over. */
const PAUSES_EACH = 4;

function* ticket_proportional_lock(lock: Ptr, self: Ptr): Proc<void> {
  // n -> n+1: ticket n is ours
  const ticket = yield atomic_fetch_add(lock + ticket_lock_t.next, 1);
  yield* queued(self);
  let ahead = (ticket - (yield READ_ONCE(lock + ticket_lock_t.owner))) | 0;
  while (ahead !== 0) {
    yield delay(Math.imul(ahead, PAUSES_EACH));
    yield cpu_relax();
    ahead = (ticket - (yield READ_ONCE(lock + ticket_lock_t.owner))) | 0;
  }
}

export const ticketProportional: ExclusiveLock = Object.freeze({
  id: 'ticket-proportional',
  title: 'ticket lock, proportional back-off',
  kind: 'exclusive',
  source: 'Mellor-Crummey & Scott 1991, 2.2',
  waiting: 'spins',
  fairness: FIFO,
  memory: ticket_lock_t,
  atomics: 3,
  procedures: Object.freeze({
    lock: ticket_proportional_lock,
    unlock: ticket_unlock,
    trylock: ticket_trylock,
  }),
});
