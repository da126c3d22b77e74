/**
 * Ticket lock augmented with a waiting array, TWA (Dice & Kogan, arXiv 1810.01573): only the next
 * in line polls the ticket being served; those further back poll a word of an array that their
 * ticket is hashed to, and the release that brings a ticket one place from the front changes that
 * word. Two tickets in one word only cost a look in vain.
 *
 * The paper has one array of 4096 words for all locks of a process; here each lock has its own of
 * eight lines, so that a lock can be looked at alone. Threads of a model are few.
 */

import { atomic_fetch_add, cmpxchg, cpu_relax, type Proc, type Ptr, READ_ONCE } from '#ops';
import { struct, word, words } from '../memory/layout.ts';
import { type ExclusiveLock, FIFO } from './algorithm.ts';
import { queued } from './node.ts';
import { LINE } from './self.ts';

/** Words of the waiting array, each on its own line; a power of two. */
const PLACES = 8;

const twa_lock_t = struct('twa_lock', {
  next: word('the ticket to be drawn next'),
  line: words(LINE - 1, 'unused'),
  owner: word('the ticket being served', 'written by the holder'),
  line2: words(LINE - 1, 'unused'),
  places: words(PLACES * LINE, 'waiting array: changes when a ticket of its comes near'),
});

/** Where those with a ticket wait while more than one is ahead of them. */
function placeOf(lock: number, ticket: number): number {
  return lock + twa_lock_t.places.at + (ticket & (PLACES - 1)) * LINE;
}

function* twa_lock(lock: Ptr, self: Ptr): Proc<void> {
  // n -> n+1: ticket n is ours
  const ticket = yield atomic_fetch_add(lock + twa_lock_t.next, 1);
  yield* queued(self);
  let owner = yield READ_ONCE(lock + twa_lock_t.owner);
  while (((ticket - owner) | 0) > 1) {
    const place = placeOf(lock, ticket);
    const seen = yield READ_ONCE(place);
    // The owner is looked at after the place: a change that came before is not waited for.
    owner = yield READ_ONCE(lock + twa_lock_t.owner);
    if (((ticket - owner) | 0) <= 1) break;
    while ((yield READ_ONCE(place)) === seen) yield cpu_relax();
    owner = yield READ_ONCE(lock + twa_lock_t.owner);
  }
  while (owner !== ticket) {
    yield cpu_relax();
    owner = yield READ_ONCE(lock + twa_lock_t.owner);
  }
}

function* twa_unlock(lock: Ptr, _self: Ptr): Proc<void> {
  // s -> s+1: the next in line goes
  const served = (yield atomic_fetch_add(lock + twa_lock_t.owner, 1)) + 1;
  // The one after it comes to the front.
  yield atomic_fetch_add(placeOf(lock, (served + 1) | 0), 1);
}

function* twa_trylock(lock: Ptr, _self: Ptr): Proc<number> {
  const served = yield READ_ONCE(lock + twa_lock_t.owner);
  // s -> s+1, if nobody has drawn s
  const drawn = yield cmpxchg(lock + twa_lock_t.next, served, (served + 1) | 0);
  return drawn === served ? 1 : 0;
}

export const twa: ExclusiveLock = Object.freeze({
  id: 'twa',
  title: 'ticket lock with a waiting array',
  kind: 'exclusive',
  source: 'Dice & Kogan, arXiv 1810.01573',
  waiting: 'spins',
  fairness: FIFO,
  memory: twa_lock_t,
  atomics: 4,
  procedures: Object.freeze({ lock: twa_lock, unlock: twa_unlock, trylock: twa_trylock }),
});
