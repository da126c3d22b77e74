/**
 * Broken twin of the ticket readers-writer lock: a writer waits for the writers before it, and not
 * for the readers.
 */

import { cpu_relax, type Proc, type Ptr, READ_ONCE } from '#ops';
import { type ReadersWriterLock, UNFAIR } from '../algorithm.ts';
import {
  ticket_rw_ask,
  ticket_rw_down_read,
  ticket_rw_t,
  ticket_rw_up_read,
  ticket_rw_up_write,
} from '../ticket_rw.ts';

const WRITERS = 0xffff;

function* rw_mingled_down_write(lock: Ptr, _self: Ptr): Proc<void> {
  const before = yield* ticket_rw_ask(lock);
  while ((((yield READ_ONCE(lock + ticket_rw_t.completion)) ^ before) & WRITERS) !== 0) {
    yield cpu_relax();
  }
}

export const rwMingled: ReadersWriterLock = Object.freeze({
  id: 'rw-mingled',
  title: 'readers-writer lock that lets a writer in with a reader',
  kind: 'readers-writer',
  source: 'locks.md 5',
  waiting: 'spins',
  fairness: UNFAIR,
  memory: ticket_rw_t,
  atomics: 3,
  readersTogether: true,
  // Two are inside, or a reader's departure is lost with the writer's and the next waits for ever.
  broken: Object.freeze(['assertion', 'livelock'] as const),
  procedures: Object.freeze({
    down_read: ticket_rw_down_read,
    up_read: ticket_rw_up_read,
    down_write: rw_mingled_down_write,
    up_write: ticket_rw_up_write,
  }),
});
