/**
 * BRAVO (Dice & Kogan, USENIX ATC 2019): any readers-writer lock, here the phase-fair one, made
 * cheap for readers. While it is biased a reader only fills a slot of its own and looks at the
 * bias once more; a writer takes the lock below, withdraws the bias and waits for the slots.
 * Readers that took the lock below set the bias again.
 *
 * What differs: the table of slots belongs to the lock, where the paper hashes all locks into one;
 * the bias stays away for a number of slow readers, where the paper measures the time that a
 * withdrawal took and waits nine times as long.
 */

import {
  atomic_fetch_add,
  cmpxchg,
  type Proc,
  type Ptr,
  READ_ONCE,
  read,
  smp_store_release,
  WRITE_ONCE,
} from '#ops';
import { embed, struct, word, words } from '../memory/layout.ts';
import { type LockSetup, type ReadersWriterLock, UNFAIR } from './algorithm.ts';
import {
  phase_fair_down_read,
  phase_fair_down_write,
  phase_fair_t,
  phase_fair_up_read,
  phase_fair_up_write,
} from './phase_fair.ts';
import { SLOT_WORDS, slot_of, wait_for_slots } from './reader_slots.ts';
import { LINE } from './self.ts';

const bravo_t = struct('bravo', {
  below: embed(phase_fair_t, 'for writers, and for readers without the bias'),
  line: words(LINE - 1, 'unused'),
  bias: word('1: readers need not take the lock below'),
  line2: words(LINE - 1, 'unused'),
  slow: word('readers that took the lock below since the bias was withdrawn'),
  line3: words(LINE - 1, 'unused'),
  slots: words(SLOT_WORDS, 'lock_self of a reader inside that did not take the lock below'),
  inhibit: word('slow readers until the bias is set', 'const'),
});

const INHIBIT = 100;

function setUp({ lock, poke }: LockSetup): void {
  poke(lock + bravo_t.bias, 1);
  poke(lock + bravo_t.inhibit, INHIBIT);
}

function* bravo_down_read(lock: Ptr, self: Ptr): Proc<void> {
  if ((yield READ_ONCE(lock + bravo_t.bias)) !== 0) {
    const slot = yield* slot_of(lock + bravo_t.slots.at, self);
    // 0 -> self: a writer that withdraws the bias from here on waits for us
    if ((yield cmpxchg(slot, 0, self)) === 0) {
      if ((yield READ_ONCE(lock + bravo_t.bias)) !== 0) return;
      // self -> 0: withdrawn meanwhile
      yield smp_store_release(slot, 0);
    }
  }
  yield* phase_fair_down_read(lock + bravo_t.below.at, self);
  if ((yield READ_ONCE(lock + bravo_t.bias)) !== 0) return;
  const slow = yield atomic_fetch_add(lock + bravo_t.slow, 1);
  // 0 -> 1: no writer is inside
  if (slow + 1 >= (yield read(lock + bravo_t.inhibit))) yield WRITE_ONCE(lock + bravo_t.bias, 1);
}

function* bravo_up_read(lock: Ptr, self: Ptr): Proc<void> {
  const slot = yield* slot_of(lock + bravo_t.slots.at, self);
  // self -> 0
  if ((yield READ_ONCE(slot)) === self) yield smp_store_release(slot, 0);
  else yield* phase_fair_up_read(lock + bravo_t.below.at, self);
}

function* bravo_down_write(lock: Ptr, self: Ptr): Proc<void> {
  yield* phase_fair_down_write(lock + bravo_t.below.at, self);
  if ((yield READ_ONCE(lock + bravo_t.bias)) === 0) return;
  // 1 -> 0: readers take the lock below from here on
  yield WRITE_ONCE(lock + bravo_t.bias, 0);
  yield WRITE_ONCE(lock + bravo_t.slow, 0);
  yield* wait_for_slots(lock + bravo_t.slots.at, self);
}

function* bravo_up_write(lock: Ptr, self: Ptr): Proc<void> {
  yield* phase_fair_up_write(lock + bravo_t.below.at, self);
}

export const bravo: ReadersWriterLock = Object.freeze({
  id: 'bravo',
  title: 'BRAVO over the phase-fair lock',
  kind: 'readers-writer',
  source: 'Dice & Kogan, USENIX ATC 2019',
  waiting: 'spins',
  // As the lock below. Readers with the bias enter past a writer that only queues yet.
  fairness: UNFAIR,
  memory: bravo_t,
  setup: setUp,
  budget: Object.freeze({ at: bravo_t.inhibit, explored: 1, threads: INHIBIT }),
  atomics: 5,
  readersTogether: true,
  readerBypass: 1,
  procedures: Object.freeze({
    down_read: bravo_down_read,
    up_read: bravo_up_read,
    down_write: bravo_down_write,
    up_write: bravo_up_write,
  }),
});
