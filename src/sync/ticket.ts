/**
 * Ticket spinlock (Mellor-Crummey & Scott 1991, §2.2): first come, first served. The ticket to be
 * drawn next and the one being served, on two lines; free when they are equal. Both wrap at 2^32.
 */

import { atomic_fetch_add, cmpxchg, cpu_relax, type Proc, type Ptr, READ_ONCE } from '#ops';
import { struct, word, words } from '../memory/layout.ts';
import { type ExclusiveLock, FIFO } from './algorithm.ts';
import { queued } from './node.ts';
import { LINE } from './self.ts';

export const ticket_lock_t = struct('ticket_lock', {
  next: word('the ticket to be drawn next'),
  line: words(LINE - 1, 'unused'),
  owner: word('the ticket being served', 'written by the holder'),
});

export function* ticket_lock(lock: Ptr, self: Ptr): Proc<void> {
  // n -> n+1: ticket n is ours
  const ticket = yield atomic_fetch_add(lock + ticket_lock_t.next, 1);
  yield* queued(self);
  while ((yield READ_ONCE(lock + ticket_lock_t.owner)) !== ticket) yield cpu_relax();
}

export function* ticket_unlock(lock: Ptr, _self: Ptr): Proc<void> {
  // s -> s+1
  yield atomic_fetch_add(lock + ticket_lock_t.owner, 1);
}

export function* ticket_trylock(lock: Ptr, _self: Ptr): Proc<number> {
  const served = yield READ_ONCE(lock + ticket_lock_t.owner);
  // s -> s+1, if nobody has drawn s
  const drawn = yield cmpxchg(lock + ticket_lock_t.next, served, (served + 1) | 0);
  return drawn === served ? 1 : 0;
}

export const ticket: ExclusiveLock = Object.freeze({
  id: 'ticket',
  title: 'ticket lock',
  kind: 'exclusive',
  source: 'Mellor-Crummey & Scott 1991, 2.2',
  waiting: 'spins',
  fairness: FIFO,
  memory: ticket_lock_t,
  atomics: 3,
  procedures: Object.freeze({
    lock: ticket_lock,
    unlock: ticket_unlock,
    trylock: ticket_trylock,
  }),
});
