/**
 * What locks are timed on: section after section, each a few plain writes, some steps outside in
 * between. A thread of the benchmark loads a copy of this module for each lock, so that the calls
 * of its procedures are compiled in.
 */
import { ghost_write, type Proc, type Ptr, read, WRITE_ONCE, write } from '#ops';
import type { ExclusiveProcedures, ReadersWriterProcedures } from '../algorithm.ts';
import { bench_plan, bench_section, bench_thread } from './structs.ts';

/** A step of xorshift32: what comes next depends on it. */
function step(x: number): number {
  let y = x;
  y ^= y << 13;
  y ^= y >>> 17;
  y ^= y << 5;
  return y;
}

/** Ends when `total` sections are done by all threads together; answers how many were its own. */
export function* exclusive_rounds(
  section: Ptr,
  plan: Ptr,
  thread: Ptr,
  lock: Ptr,
  self: Ptr,
  d: ExclusiveProcedures,
): Proc<number> {
  const inside = yield read(plan + bench_plan.inside);
  const outside = yield read(plan + bench_plan.outside);
  let x = self | 1;
  let taken = 0;
  for (;;) {
    yield* d.lock(lock, self);
    const counted = yield read(section + bench_section.counter);
    if (counted >= (yield read(plan + bench_plan.total))) break;
    yield write(section + bench_section.counter, counted + 1);
    for (let i = 1; i < inside; i++) {
      yield write(section + bench_section.data, (yield read(section + bench_section.data)) + 1);
    }
    yield* d.unlock(lock, self);
    taken += 1;
    for (let i = 0; i < outside; i++) x = step(x);
  }
  yield* d.unlock(lock, self);
  yield ghost_write(thread + bench_thread.written, taken);
  yield ghost_write(thread + bench_thread.sum, x);
  return taken;
}

/** Ends when one thread has done its quota; answers how many sections were its own. */
export function* readers_writer_rounds(
  section: Ptr,
  plan: Ptr,
  thread: Ptr,
  lock: Ptr,
  self: Ptr,
  d: ReadersWriterProcedures,
): Proc<number> {
  const inside = yield read(plan + bench_plan.inside);
  const outside = yield read(plan + bench_plan.outside);
  const quota = yield read(plan + bench_plan.quota);
  const writes = yield read(plan + bench_plan.writes);
  let x = self | 1;
  let taken = 0;
  let written = 0;
  let torn = 0;
  while (taken < quota && (yield read(plan + bench_plan.total)) !== 0) {
    x = step(x);
    if ((x & 1023) < writes) {
      yield* d.down_write(lock, self);
      const counted = yield read(section + bench_section.counter);
      yield write(section + bench_section.counter, counted + 1);
      for (let i = 1; i < inside; i++) {
        yield write(section + bench_section.data, (yield read(section + bench_section.data)) + 1);
      }
      yield write(section + bench_section.copy, counted + 1);
      yield* d.up_write(lock, self);
      written += 1;
    } else {
      yield* d.down_read(lock, self);
      const counted = yield read(section + bench_section.counter);
      for (let i = 1; i < inside; i++) x ^= yield read(section + bench_section.data);
      if ((yield read(section + bench_section.copy)) !== counted) torn += 1;
      yield* d.up_read(lock, self);
      if (x === 0) x = 1;
    }
    taken += 1;
    for (let i = 0; i < outside; i++) x = step(x);
  }
  yield WRITE_ONCE(plan + bench_plan.total, 0);
  yield ghost_write(thread + bench_thread.written, written);
  yield ghost_write(thread + bench_thread.torn, torn);
  yield ghost_write(thread + bench_thread.sum, x);
  return taken;
}
