/**
 * qsort_mt's hand-over (engines.md 3.4: 24): a thread of the pool is marked as working before its
 * job is written, so it may start on the job it had before. Pieces are numbered from 1.
 */
import { BUG_ON, mutex_lock, mutex_unlock, type Proc, type Ptr, read, wake_up, write } from '#ops';
import { cond_wait } from './condvar.ts';
import { DONE } from './done.ts';
import { sort_pool, sorter } from './structs.ts';

const IDLE = 0;
const WORKS = 1;
const ENDS = 2;

/** A thread of the pool: waits for work, sorts a piece, is idle again, until told to end. */
export function* sort_thread(me: Ptr, pool: Ptr): Proc<number> {
  while (true) {
    yield mutex_lock(me + sorter.m.at);
    while ((yield read(me + sorter.state)) === IDLE) {
      yield* cond_wait(me + sorter.wake.at, me + sorter.m.at);
    }
    const state = yield read(me + sorter.state);
    yield mutex_unlock(me + sorter.m.at);
    if (state === ENDS) return DONE;
    const piece = pool + sort_pool.sorted.at + (yield read(me + sorter.job));
    yield write(piece, (yield read(piece)) + 1);
    yield mutex_lock(pool + sort_pool.m.at);
    yield write(me + sorter.state, IDLE);
    yield write(pool + sort_pool.left, (yield read(pool + sort_pool.left)) - 1);
    yield wake_up(pool + sort_pool.finished.at);
    yield mutex_unlock(pool + sort_pool.m.at);
  }
}

/** The bug: state first, job later, under another lock. */
export function* hand_over_early(me: Ptr, pool: Ptr, piece: number): Proc<void> {
  yield write(me + sorter.state, WORKS);
  yield mutex_unlock(pool + sort_pool.m.at);
  yield mutex_lock(me + sorter.m.at);
  yield write(me + sorter.job, piece);
  yield wake_up(me + sorter.wake.at);
  yield mutex_unlock(me + sorter.m.at);
}

/** State and job change together under the thread's own lock. */
export function* hand_over_whole(me: Ptr, pool: Ptr, piece: number): Proc<void> {
  yield mutex_lock(me + sorter.m.at);
  yield write(me + sorter.job, piece);
  yield write(me + sorter.state, WORKS);
  yield wake_up(me + sorter.wake.at);
  yield mutex_unlock(me + sorter.m.at);
  yield mutex_unlock(pool + sort_pool.m.at);
}

export interface SortDesign {
  readonly hand_over: (me: Ptr, pool: Ptr, piece: number) => Proc<void>;
}

/** Hands `pieces` pieces to one thread, waits for the last, asserts that each was sorted once. */
export function* sort_main(me: Ptr, pool: Ptr, pieces: number, d: SortDesign): Proc<number> {
  for (let piece = 1; piece <= pieces; piece++) {
    yield mutex_lock(pool + sort_pool.m.at);
    while ((yield read(me + sorter.state)) !== IDLE) {
      yield* cond_wait(pool + sort_pool.finished.at, pool + sort_pool.m.at);
    }
    yield* d.hand_over(me, pool, piece);
  }
  yield mutex_lock(pool + sort_pool.m.at);
  while ((yield read(pool + sort_pool.left)) > 0) {
    yield* cond_wait(pool + sort_pool.finished.at, pool + sort_pool.m.at);
  }
  yield mutex_unlock(pool + sort_pool.m.at);
  for (let piece = 1; piece <= pieces; piece++) {
    yield BUG_ON((yield read(pool + sort_pool.sorted.at + piece)) !== 1 ? 1 : 0);
  }
  yield mutex_lock(me + sorter.m.at);
  yield write(me + sorter.state, ENDS);
  yield wake_up(me + sorter.wake.at);
  yield mutex_unlock(me + sorter.m.at);
  return DONE;
}
