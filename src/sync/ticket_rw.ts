/**
 * Ticket readers-writer lock (Mellor-Crummey & Scott, PPoPP 1991, fair readers-writer spin lock; as
 * Concurrency Kit's ck_tflock). Two words count who asked and who is through, readers in the high
 * half, writers in the low one. A reader waits until all writers before it are through, a writer
 * until everybody is: first come, first served, readers that come one after the other together.
 *
 * Both halves wrap. Readers' additions wrap at the word's end by themselves; a writer's must not
 * carry into the readers' half, so that a writer asks with a compare-and-exchange.
 */

import {
  atomic_fetch_add,
  cmpxchg,
  cpu_relax,
  type Proc,
  type Ptr,
  READ_ONCE,
  smp_store_release,
} from '#ops';
import { struct, word, words } from '../memory/layout.ts';
import { FIFO, type ReadersWriterLock } from './algorithm.ts';
import { queued } from './node.ts';
import { LINE } from './self.ts';

export const ticket_rw_t = struct('ticket_rw', {
  request: word('readers << 16, writers that asked'),
  line: words(LINE - 1, 'unused'),
  completion: word('readers << 16, writers that are through'),
});

const READER = 0x10000;
const WRITERS = 0xffff;

/** One writer more, the readers' half as it is. */
function with_writer(value: number): number {
  return (value & ~WRITERS) | ((value + 1) & WRITERS);
}

export function* ticket_rw_down_read(lock: Ptr, self: Ptr): Proc<void> {
  // r,w -> r+1,w
  const before = yield atomic_fetch_add(lock + ticket_rw_t.request, READER);
  yield* queued(self);
  while ((((yield READ_ONCE(lock + ticket_rw_t.completion)) ^ before) & WRITERS) !== 0) {
    yield cpu_relax();
  }
}

export function* ticket_rw_up_read(lock: Ptr, _self: Ptr): Proc<void> {
  // r,w -> r+1,w
  yield atomic_fetch_add(lock + ticket_rw_t.completion, READER);
}

/** Asks as a writer; the word as it was. */
export function* ticket_rw_ask(lock: Ptr): Proc<number> {
  let before = yield READ_ONCE(lock + ticket_rw_t.request);
  for (;;) {
    // r,w -> r,w+1
    const seen = yield cmpxchg(lock + ticket_rw_t.request, before, with_writer(before));
    if (seen === before) return before;
    before = seen;
  }
}

function* ticket_rw_down_write(lock: Ptr, self: Ptr): Proc<void> {
  const before = yield* ticket_rw_ask(lock);
  yield* queued(self);
  while ((yield READ_ONCE(lock + ticket_rw_t.completion)) !== before) yield cpu_relax();
}

export function* ticket_rw_up_write(lock: Ptr, _self: Ptr): Proc<void> {
  const completion = yield READ_ONCE(lock + ticket_rw_t.completion);
  // r,w -> r,w+1; nobody else is inside, so nobody else writes it
  yield smp_store_release(lock + ticket_rw_t.completion, with_writer(completion));
}

export const ticketRw: ReadersWriterLock = Object.freeze({
  id: 'ticket-rw',
  title: 'ticket readers-writer lock',
  kind: 'readers-writer',
  source: 'Mellor-Crummey & Scott, PPoPP 1991; Concurrency Kit ck_tflock',
  waiting: 'spins',
  fairness: FIFO,
  memory: ticket_rw_t,
  atomics: 3,
  readersTogether: true,
  procedures: Object.freeze({
    down_read: ticket_rw_down_read,
    up_read: ticket_rw_up_read,
    down_write: ticket_rw_down_write,
    up_write: ticket_rw_up_write,
  }),
});
