/**
 * Linux's queued readers-writer lock (kernel/locking/qrwlock.c, include/asm-generic/qrwlock.h),
 * written anew. A word counts the readers from bit 9 on, over a writer's byte and a bit for a
 * writer that waits. Who cannot enter at once stands in a queue, and only its head polls the word.
 *
 * What differs: the queue is a ticket lock where Linux has its spinlock, of whatever kind; the
 * writer's byte is cleared with an atomic and.
 */

import {
  atomic_fetch_add,
  atomic_fetch_and,
  atomic_fetch_or,
  cmpxchg,
  cpu_relax,
  type Proc,
  type Ptr,
  READ_ONCE,
} from '#ops';
import { embed, struct, word, words } from '../memory/layout.ts';
import { type ReadersWriterLock, UNFAIR } from './algorithm.ts';
import { queued } from './node.ts';
import { LINE } from './self.ts';
import { ticket_lock, ticket_lock_t, ticket_unlock } from './ticket.ts';

const qrwlock_t = struct('qrwlock', {
  cnts: word('readers << 9, WAITING, writer byte'),
  line: words(LINE - 1, 'unused'),
  wait_lock: embed(ticket_lock_t, 'who waits stands in line here'),
});

const WRITER = 0xff;
const WAITING = 0x100;
const READER = 0x200;

function* qrwlock_down_read(lock: Ptr, self: Ptr): Proc<void> {
  const cnts = lock + qrwlock_t.cnts;
  // r,0,0 -> r+1,0,0
  if (((yield atomic_fetch_add(cnts, READER)) & (WRITER | WAITING)) === 0) return;
  // r+1 -> r: into the queue
  yield atomic_fetch_add(cnts, -READER);
  yield* ticket_lock(lock + qrwlock_t.wait_lock.at, self);
  // r -> r+1: at its head; only who holds it can be in the way
  yield atomic_fetch_add(cnts, READER);
  while (((yield READ_ONCE(cnts)) & WRITER) !== 0) yield cpu_relax();
  yield* ticket_unlock(lock + qrwlock_t.wait_lock.at, self);
}

function* qrwlock_up_read(lock: Ptr, _self: Ptr): Proc<void> {
  // r -> r-1
  yield atomic_fetch_add(lock + qrwlock_t.cnts, -READER);
}

function* qrwlock_down_write(lock: Ptr, self: Ptr): Proc<void> {
  const cnts = lock + qrwlock_t.cnts;
  // 0 -> writer
  if ((yield cmpxchg(cnts, 0, WRITER)) === 0) return;
  yield* ticket_lock(lock + qrwlock_t.wait_lock.at, self);
  if ((yield READ_ONCE(cnts)) !== 0 || (yield cmpxchg(cnts, 0, WRITER)) !== 0) {
    yield* queued(self);
    // x -> x|WAITING: readers that come now queue
    yield atomic_fetch_or(cnts, WAITING);
    // WAITING -> writer
    while (
      (yield READ_ONCE(cnts)) !== WAITING ||
      (yield cmpxchg(cnts, WAITING, WRITER)) !== WAITING
    ) {
      yield cpu_relax();
    }
  }
  yield* ticket_unlock(lock + qrwlock_t.wait_lock.at, self);
}

function* qrwlock_up_write(lock: Ptr, _self: Ptr): Proc<void> {
  // r,w,writer -> r,w,0
  yield atomic_fetch_and(lock + qrwlock_t.cnts, ~WRITER);
}

export const qrwlock: ReadersWriterLock = Object.freeze({
  id: 'qrwlock',
  title: 'Linux queued readers-writer lock',
  kind: 'readers-writer',
  source: 'Linux 6.x kernel/locking/qrwlock.c',
  waiting: 'spins',
  // The queue is first come, first served, but readers enter past a writer that only queues yet.
  fairness: UNFAIR,
  memory: qrwlock_t,
  atomics: 2,
  readersTogether: true,
  procedures: Object.freeze({
    down_read: qrwlock_down_read,
    up_read: qrwlock_up_read,
    down_write: qrwlock_down_write,
    up_write: qrwlock_up_write,
  }),
});
