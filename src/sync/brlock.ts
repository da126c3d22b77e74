/**
 * Big-reader lock (Linux's lib/brlock, lglock, until 4.3; locks.md 2.3): each thread that reads
 * counts itself in a line of its own, a writer says that it is there and waits for all of them. For
 * what is read far more often than written. Both look at the other's word after writing their own,
 * so that one of them sees the other; the reader gives way.
 */

import {
  atomic_fetch_add,
  cpu_relax,
  type Proc,
  type Ptr,
  READ_ONCE,
  smp_store_release,
  xchg,
} from '#ops';
import { struct, word, words } from '../memory/layout.ts';
import { type ReadersWriterLock, UNFAIR } from './algorithm.ts';
import { queued } from './node.ts';
import { SLOT_WORDS, slot_of, wait_for_slots } from './reader_slots.ts';
import { LINE } from './self.ts';

const brlock_t = struct('brlock', {
  writer: word('0 none, 1 a writer is inside or waits for the readers'),
  line: words(LINE - 1, 'unused'),
  slots: words(SLOT_WORDS, 'readers inside, a line for each thread'),
});

function* brlock_down_read(lock: Ptr, self: Ptr): Proc<void> {
  const slot = yield* slot_of(lock + brlock_t.slots.at, self);
  for (;;) {
    // n -> n+1
    yield atomic_fetch_add(slot, 1);
    if ((yield READ_ONCE(lock + brlock_t.writer)) === 0) return;
    // n+1 -> n: the writer first
    yield atomic_fetch_add(slot, -1);
    yield* queued(self);
    while ((yield READ_ONCE(lock + brlock_t.writer)) !== 0) yield cpu_relax();
  }
}

function* brlock_up_read(lock: Ptr, self: Ptr): Proc<void> {
  // n -> n-1
  yield atomic_fetch_add(yield* slot_of(lock + brlock_t.slots.at, self), -1);
}

function* brlock_down_write(lock: Ptr, self: Ptr): Proc<void> {
  // 0 -> 1
  while ((yield xchg(lock + brlock_t.writer, 1)) !== 0) {
    yield* queued(self);
    while ((yield READ_ONCE(lock + brlock_t.writer)) !== 0) yield cpu_relax();
  }
  yield* queued(self);
  yield* wait_for_slots(lock + brlock_t.slots.at, self);
}

function* brlock_up_write(lock: Ptr, _self: Ptr): Proc<void> {
  // 1 -> 0
  yield smp_store_release(lock + brlock_t.writer, 0);
}

export const brlock: ReadersWriterLock = Object.freeze({
  id: 'brlock',
  title: 'big-reader lock, a line for each reader',
  kind: 'readers-writer',
  source: 'after Linux brlock, until 4.3',
  waiting: 'spins',
  fairness: UNFAIR,
  memory: brlock_t,
  atomics: 3,
  readersTogether: true,
  procedures: Object.freeze({
    down_read: brlock_down_read,
    up_read: brlock_up_read,
    down_write: brlock_down_write,
    up_write: brlock_up_write,
  }),
});
