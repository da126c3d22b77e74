/**
 * Sequence lock (Linux include/linux/seqlock.h; Lameter 2005): a version that is odd while a writer
 * is inside. Readers write nothing; who saw the version change reads again. A spinlock keeps the
 * writers apart.
 *
 * The data must be read with READ_ONCE: in the JavaScript memory model plain reads are not ordered
 * before the second look at the version.
 */

import { atomic_fetch_add, cpu_relax, type Proc, type Ptr, READ_ONCE } from '#ops';
import { embed, struct, word, words } from '../memory/layout.ts';
import type { SequenceLock } from './algorithm.ts';
import { LINE } from './self.ts';
import { ttas_lock, ttas_lock_t, ttas_unlock } from './ttas.ts';

const seqlock_t = struct('seqlock', {
  sequence: word('odd: a writer is inside', 'lock'),
  line: words(LINE - 1, 'unused'),
  lock: embed(ttas_lock_t, 'writers'),
});

function* seqlock_read_begin(lock: Ptr, _self: Ptr): Proc<number> {
  let sequence = yield READ_ONCE(lock + seqlock_t.sequence);
  while ((sequence & 1) !== 0) {
    yield cpu_relax();
    sequence = yield READ_ONCE(lock + seqlock_t.sequence);
  }
  return sequence;
}

function* seqlock_read_retry(lock: Ptr, _self: Ptr, begun: number): Proc<number> {
  return (yield READ_ONCE(lock + seqlock_t.sequence)) === begun ? 0 : 1;
}

function* seqlock_write_begin(lock: Ptr, self: Ptr): Proc<void> {
  yield* ttas_lock(lock + seqlock_t.lock.at, self);
  // even -> odd
  yield atomic_fetch_add(lock + seqlock_t.sequence, 1);
}

function* seqlock_write_end(lock: Ptr, self: Ptr): Proc<void> {
  // odd -> even
  yield atomic_fetch_add(lock + seqlock_t.sequence, 1);
  yield* ttas_unlock(lock + seqlock_t.lock.at, self);
}

export const seqlock: SequenceLock = Object.freeze({
  id: 'seqlock',
  title: 'sequence lock',
  kind: 'sequence',
  source: 'Linux include/linux/seqlock.h',
  memory: seqlock_t,
  atomics: 2,
  procedures: Object.freeze({
    read_begin: seqlock_read_begin,
    read_retry: seqlock_read_retry,
    write_begin: seqlock_write_begin,
    write_end: seqlock_write_end,
  }),
});
