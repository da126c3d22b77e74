/**
 * Phase-fair ticket lock PF-T (Brandenburg & Anderson, ECRTS 2009, §3.1; Concurrency Kit's
 * ck_pflock). Phases of readers and of one writer alternate while both want it: a reader waits for
 * at most one writer, a writer for one phase of readers and for the writers before it. Readers
 * count themselves in and out from bit 8 on; the low bits of the count of those who came in tell
 * them that a writer is there, and which of two, so that a reader sees when the writer is the next
 * one.
 */

import {
  atomic_fetch_add,
  atomic_fetch_and,
  cpu_relax,
  type Proc,
  type Ptr,
  READ_ONCE,
} from '#ops';
import { struct, word, words } from '../memory/layout.ts';
import { type ReadersWriterLock, UNFAIR } from './algorithm.ts';
import { queued } from './node.ts';
import { LINE } from './self.ts';

export const phase_fair_t = struct('phase_fair', {
  rin: word('readers that came << 8, PRESENT, PHASE'),
  line: words(LINE - 1, 'unused'),
  rout: word('readers that went << 8'),
  line2: words(LINE - 1, 'unused'),
  win: word('ticket of the next writer'),
  line3: words(LINE - 1, 'unused'),
  wout: word('ticket of the writer whose turn it is'),
});

const READER = 0x100;
const READERS = ~0xff;
/** A writer is there; the parity of its ticket. */
const PRESENT = 2;
const PHASE = 1;
const WRITER = PRESENT | PHASE;

export function* phase_fair_down_read(lock: Ptr, self: Ptr): Proc<void> {
  // r -> r+1
  const writer = (yield atomic_fetch_add(lock + phase_fair_t.rin, READER)) & WRITER;
  yield* queued(self);
  if (writer === 0) return;
  // Gone, or another one: that one waits for us. So one writer enters before us, at most.
  while (((yield READ_ONCE(lock + phase_fair_t.rin)) & WRITER) === writer) yield cpu_relax();
}

export function* phase_fair_up_read(lock: Ptr, _self: Ptr): Proc<void> {
  // r -> r+1
  yield atomic_fetch_add(lock + phase_fair_t.rout, READER);
}

export function* phase_fair_down_write(lock: Ptr, self: Ptr): Proc<void> {
  // t -> t+1: ticket t is ours
  const ticket = yield atomic_fetch_add(lock + phase_fair_t.win, 1);
  yield* queued(self);
  while ((yield READ_ONCE(lock + phase_fair_t.wout)) !== ticket) yield cpu_relax();
  // r,0 -> r,PRESENT|phase: readers that come now wait
  const came = yield atomic_fetch_add(lock + phase_fair_t.rin, PRESENT | (ticket & PHASE));
  while ((yield READ_ONCE(lock + phase_fair_t.rout)) !== (came & READERS)) yield cpu_relax();
}

export function* phase_fair_up_write(lock: Ptr, _self: Ptr): Proc<void> {
  // r,PRESENT|phase -> r,0: readers first
  yield atomic_fetch_and(lock + phase_fair_t.rin, READERS);
  // t -> t+1
  yield atomic_fetch_add(lock + phase_fair_t.wout, 1);
}

export const phaseFair: ReadersWriterLock = Object.freeze({
  id: 'phase-fair',
  title: 'phase-fair ticket lock, PF-T',
  kind: 'readers-writer',
  source: 'Brandenburg & Anderson, ECRTS 2009, 3.1; Concurrency Kit ck_pflock',
  waiting: 'spins',
  // Between two writers any number of readers may come and go before the second one shows itself.
  fairness: UNFAIR,
  memory: phase_fair_t,
  atomics: 2,
  readersTogether: true,
  readerBypass: 1,
  procedures: Object.freeze({
    down_read: phase_fair_down_read,
    up_read: phase_fair_up_read,
    down_write: phase_fair_down_write,
    up_write: phase_fair_up_write,
  }),
});
