/**
 * Readers/writer semaphore on one futex word: readers in the low half, a bit for the writer that
 * holds it, writers that wait above. A waiting writer holds back readers that come later, so
 * writers do not starve (as Linux rw_semaphore; readers among themselves are not ordered).
 */

import {
  atomic_fetch_add,
  atomic_fetch_and,
  cmpxchg,
  futex_wait,
  futex_wake,
  type Proc,
  type Ptr,
  READ_ONCE,
} from '#ops';
import { struct, word } from '../memory/layout.ts';
import { type ReadersWriterLock, UNFAIR } from './algorithm.ts';
import { queued } from './node.ts';

const futex_rwsem_t = struct('futex_rwsem', { val: word('readers, writer, waiting writers') });

const READERS = 0xffff;
const WRITER = 0x10000;
const WAITING_WRITER = 0x100000;
/** More than there can be sleepers. */
const EVERYBODY = 0x7fff;

function* futex_down_read(lock: Ptr, self: Ptr): Proc<void> {
  const word = lock + futex_rwsem_t.val;
  for (;;) {
    const val = yield READ_ONCE(word);
    // w=0,r -> w=0,r+1 where no writer holds it or waits
    if (val <= READERS) {
      if ((yield cmpxchg(word, val, val + 1)) === val) return;
    } else {
      yield* queued(self);
      yield futex_wait(word, val);
    }
  }
}

function* futex_up_read(lock: Ptr, _self: Ptr): Proc<void> {
  const word = lock + futex_rwsem_t.val;
  const val = yield atomic_fetch_add(word, -1);
  // The last reader lets the writers try.
  if ((val & READERS) === 1 && val > READERS) yield futex_wake(word, EVERYBODY);
}

function* futex_down_write(lock: Ptr, self: Ptr): Proc<void> {
  const word = lock + futex_rwsem_t.val;
  // free -> writer
  if ((yield cmpxchg(word, 0, WRITER)) === 0) return;
  yield atomic_fetch_add(word, WAITING_WRITER);
  yield* queued(self);
  for (;;) {
    const val = yield READ_ONCE(word);
    if ((val & (READERS | WRITER)) !== 0) {
      yield futex_wait(word, val);
    } else if ((yield cmpxchg(word, val, val - WAITING_WRITER + WRITER)) === val) {
      return;
    }
  }
}

function* futex_up_write(lock: Ptr, _self: Ptr): Proc<void> {
  const word = lock + futex_rwsem_t.val;
  yield atomic_fetch_and(word, ~WRITER);
  // Readers do not count themselves while they sleep, so there may be somebody.
  yield futex_wake(word, EVERYBODY);
}

export const futexRwsem: ReadersWriterLock = Object.freeze({
  id: 'futex-rwsem',
  title: 'readers-writer futex, writers first',
  kind: 'readers-writer',
  source: 'after Linux rw_semaphore, without its queue',
  waiting: 'sleeps',
  fairness: UNFAIR,
  memory: futex_rwsem_t,
  atomics: 3,
  readersTogether: true,
  procedures: Object.freeze({
    down_read: futex_down_read,
    up_read: futex_up_read,
    down_write: futex_down_write,
    up_write: futex_up_write,
  }),
});
