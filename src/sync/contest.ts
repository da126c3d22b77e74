/**
 * What threads do with a lock under verification: a plain counter and a pair that must agree, and
 * the bookkeeping from which exclusion and fairness are judged. The lock knows nothing of it.
 */

import {
  ghost_add,
  ghost_read,
  ghost_write,
  type Proc,
  type Ptr,
  READ_ONCE,
  read,
  write,
} from '#ops';
import { struct, word, words } from '../memory/layout.ts';
import { eventCodes } from '../ops/events.ts';
import type { ExclusiveProcedures, ReadersWriterProcedures, TryProcedures } from './algorithm.ts';
import { lock_self, SELF_STRIDE } from './self.ts';

/** Threads at most. */
const THREADS_MAX = 8;

export const contest = struct('lock_contest', {
  counter: word('plain; one more each time somebody was inside', 'the lock under test'),
  copy: word('equal to counter', 'the lock under test'),
  missed: word('trylock failed so often', 'atomic'),
  torn: word('1 if a reader saw counter and copy differ', 'bookkeeping'),
  inside: word('writers (or holders) inside now', 'bookkeeping'),
  readers: word('readers inside now', 'bookkeeping'),
  readersMost: word('most readers that were inside at once', 'bookkeeping'),
  overtaken: word(
    'lock_self of one who was queued before the one that entered began',
    'bookkeeping',
  ),
  bypass: words(THREADS_MAX, 'how many entered since that thread queued', 'bookkeeping'),
  bypassMost: word('most that ever entered before one that was queued', 'bookkeeping'),
  owner: word('lock_self of the holder of an exclusive lock', 'bookkeeping'),
  misuse: word('MISUSE: what its user did wrong', 'bookkeeping'),
  bypassReader: word('most writers that ever entered before a queued reader', 'bookkeeping'),
});

/** What a user of a lock can do wrong; the lock need not notice, the contest does. */
const UNLOCK = 1;
const RELOCK = 2;
export const MISUSE = { NONE: 0, UNLOCK, RELOCK } as const;

const ev = eventCodes('DONE');

/** Before lock(): the holder would wait for itself. */
function* about_to_lock(c: Ptr, self: Ptr): Proc<void> {
  if ((yield ghost_read(c + contest.owner)) === self) yield ghost_write(c + contest.misuse, RELOCK);
}

/** Before unlock(): only the holder may. */
function* about_to_unlock(c: Ptr, self: Ptr): Proc<void> {
  if ((yield ghost_read(c + contest.owner)) !== self) yield ghost_write(c + contest.misuse, UNLOCK);
  yield ghost_write(c + contest.owner, 0);
}

/** Notes which threads are queued as this one begins. */
function* begin(self: Ptr): Proc<void> {
  // A step of its own: the others' places are looked at when this thread is chosen to begin.
  yield READ_ONCE(self + lock_self.id);
  const threads = yield ghost_read(self + lock_self.threads);
  const peers = yield ghost_read(self + lock_self.peers);
  let ahead = 0;
  for (let i = 0; i < threads; i++) {
    const peer = peers + i * SELF_STRIDE;
    if ((yield ghost_read(peer + lock_self.queued)) !== 0) ahead |= 1 << i;
  }
  yield ghost_write(self + lock_self.ahead, ahead);
}

/**
 * It is inside: whoever was queued before it began and still waits has been overtaken. Readers do
 * not overtake each other.
 */
function* entered(c: Ptr, self: Ptr): Proc<void> {
  const threads = yield ghost_read(self + lock_self.threads);
  const peers = yield ghost_read(self + lock_self.peers);
  const reads = yield ghost_read(self + lock_self.reads);
  const ahead = yield ghost_read(self + lock_self.ahead);
  const me = 1 << ((yield ghost_read(self + lock_self.id)) - 1);
  yield ghost_write(self + lock_self.queued, 0);
  for (let i = 0; i < threads; i++) {
    const peer = peers + i * SELF_STRIDE;
    const its = yield ghost_read(peer + lock_self.ahead);
    yield ghost_write(peer + lock_self.ahead, its & ~me);
    const waits = yield ghost_read(peer + lock_self.queued);
    if (waits !== 0 && reads + (yield ghost_read(peer + lock_self.reads)) < 2) {
      if ((ahead & (1 << i)) !== 0) yield ghost_write(c + contest.overtaken, peer);
      const count = yield ghost_add(c + contest.bypass.at + i, 1);
      if (count > (yield ghost_read(c + contest.bypassMost))) {
        yield ghost_write(c + contest.bypassMost, count);
      }
      if ((yield ghost_read(peer + lock_self.reads)) > 0) {
        const most = yield ghost_read(c + contest.bypassReader);
        if (count > most) yield ghost_write(c + contest.bypassReader, count);
      }
    } else if (waits === 0) {
      yield ghost_write(c + contest.bypass.at + i, 0);
    }
  }
}

/** The section that the lock protects: an increment that two threads inside would lose. */
function* count_one(c: Ptr): Proc<void> {
  yield ghost_add(c + contest.inside, 1);
  const counted = yield read(c + contest.counter);
  yield write(c + contest.counter, counted + 1);
  yield ghost_add(c + contest.inside, -1);
}

export function* contend(
  c: Ptr,
  lock: Ptr,
  self: Ptr,
  d: ExclusiveProcedures,
  turns: number,
): Proc<number> {
  for (let turn = 0; turn < turns; turn++) {
    yield* begin(self);
    yield* about_to_lock(c, self);
    yield* d.lock(lock, self);
    yield* entered(c, self);
    yield ghost_write(c + contest.owner, self);
    yield* count_one(c);
    yield* about_to_unlock(c, self);
    yield* d.unlock(lock, self);
  }
  return ev.DONE;
}

/** One who releases what it has not taken. */
export function* contend_unlocking(
  c: Ptr,
  lock: Ptr,
  self: Ptr,
  d: ExclusiveProcedures,
): Proc<number> {
  yield* begin(self);
  yield* about_to_unlock(c, self);
  yield* d.unlock(lock, self);
  return ev.DONE;
}

/** One who takes what it holds. */
export function* contend_relocking(
  c: Ptr,
  lock: Ptr,
  self: Ptr,
  d: ExclusiveProcedures,
): Proc<number> {
  yield* begin(self);
  yield* d.lock(lock, self);
  yield* entered(c, self);
  yield ghost_write(c + contest.owner, self);
  yield* about_to_lock(c, self);
  yield* d.lock(lock, self);
  yield* about_to_unlock(c, self);
  yield* d.unlock(lock, self);
  return ev.DONE;
}

/** One who never waits, among others who do. */
export function* contend_trying(
  c: Ptr,
  lock: Ptr,
  self: Ptr,
  d: TryProcedures,
  turns: number,
): Proc<number> {
  for (let turn = 0; turn < turns; turn++) {
    if ((yield* d.trylock(lock, self)) !== 0) {
      yield* count_one(c);
      yield* d.unlock(lock, self);
    } else {
      yield ghost_add(c + contest.missed, 1);
    }
  }
  return ev.DONE;
}

export function* contend_writing(
  c: Ptr,
  lock: Ptr,
  self: Ptr,
  d: ReadersWriterProcedures,
  turns: number,
): Proc<number> {
  for (let turn = 0; turn < turns; turn++) {
    yield* begin(self);
    yield* d.down_write(lock, self);
    yield* entered(c, self);
    yield ghost_add(c + contest.inside, 1);
    const counted = yield read(c + contest.counter);
    yield write(c + contest.counter, counted + 1);
    yield write(c + contest.copy, counted + 1);
    yield ghost_add(c + contest.inside, -1);
    yield* d.up_write(lock, self);
  }
  return ev.DONE;
}

export function* contend_reading(
  c: Ptr,
  lock: Ptr,
  self: Ptr,
  d: ReadersWriterProcedures,
  turns: number,
): Proc<number> {
  for (let turn = 0; turn < turns; turn++) {
    yield* begin(self);
    yield ghost_write(self + lock_self.reads, 1);
    yield* d.down_read(lock, self);
    yield* entered(c, self);
    const together = yield ghost_add(c + contest.readers, 1);
    if (together > (yield ghost_read(c + contest.readersMost))) {
      yield ghost_write(c + contest.readersMost, together);
    }
    const counted = yield read(c + contest.counter);
    if ((yield read(c + contest.copy)) !== counted) yield ghost_write(c + contest.torn, 1);
    yield ghost_add(c + contest.readers, -1);
    yield* d.up_read(lock, self);
  }
  return ev.DONE;
}
