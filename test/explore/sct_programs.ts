/** The programs of engines.md 3.4 over their memory. Import after installLowering('explored'). */
import type { ActorSpec, Program } from '../../src/actor/program.ts';
import { ImageBuilder } from '../../src/memory/image.ts';
import * as buffer from '../programs/bounded_buffer.ts';
import * as condvar from '../programs/sct_condvar.ts';
import * as locked from '../programs/sct_locked.ts';
import * as qsort from '../programs/sct_qsort.ts';
import * as racy from '../programs/sct_racy.ts';
import * as teardown from '../programs/sct_teardown.ts';
import {
  cells,
  file_system,
  quiet_mutex,
  ring,
  shared,
  sort_pool,
  sorter,
  trace_table,
  tracer,
  work_queue,
} from '../programs/structs.ts';
import { program, runs } from './build.ts';

/** A program over one `shared` static. */
function withShared(
  target: string,
  actors: (at: number, memory: ImageBuilder) => ActorSpec[],
): Program {
  const memory = new ImageBuilder();
  const at = memory.static_('shared', shared);
  return program(target, memory, actors(at, memory));
}

export const accountBad = (): Program =>
  withShared('account_bad', (at, memory) => {
    memory.poke(at + shared.a, 1);
    return [
      runs('T3', locked.account_check, [at]),
      runs('T1', locked.account_deposit, [at]),
      runs('T2', locked.account_withdraw, [at]),
    ];
  });

/** `total` is what main asserts not to be: 6 in the benchmark. */
export const arithmeticProg = (total: number): Program =>
  withShared('arithmetic_prog_bad', (at) => [
    runs('main', condvar.arithmetic_main, [at, total]),
    runs('producer', condvar.arithmetic_produce, [at]),
    runs('consumer', condvar.arithmetic_consume, [at]),
  ]);

export const circularBuffer = (count: number): Program =>
  withShared('circular_buffer_bad', (at, memory) => {
    const buffer_at = memory.static_('buffer', ring);
    memory.poke(at + shared.a, 1);
    return [
      runs('producer', condvar.circular_send, [at, buffer_at, count]),
      runs('consumer', condvar.circular_receive, [at, buffer_at, count]),
    ];
  });

/** Both take two mutexes; `same` order is the twin. */
export function deadlock01(same: boolean, quiet: boolean): Program {
  const memory = new ImageBuilder();
  const both = memory.static_('shared', shared);
  const first = memory.static_('first', quiet_mutex);
  const second = memory.static_('second', quiet_mutex);
  const a = quiet ? first : both + shared.m.at;
  const b = quiet ? second : both + shared.m2.at;
  const actors = [
    runs('T1', locked.take_both, [a, b]),
    runs('T2', locked.take_both, same ? [a, b] : [b, a]),
  ];
  return program('deadlock01_bad', memory, actors);
}

export function dinPhil(count: number): Program {
  const memory = new ImageBuilder();
  const at = memory.static_('shared', shared);
  const forks = Array.from({ length: count }, (_, i) => memory.static_(`fork${i}`, quiet_mutex));
  const actors = forks.map((_, i) =>
    runs(`phil${i}`, locked.philosopher, [at, forks[0] ?? 0, i, count]),
  );
  return program(`din_phil${count}_sat`, memory, actors);
}

/** `threads` 27 is the benchmark; 26 is its twin. */
export function fsbench(threads: number): Program {
  const memory = new ImageBuilder();
  const at = memory.static_('fs', file_system);
  const ids = Array.from({ length: threads }, (_, i) => i);
  const actors = ids.map((i) => runs(`T${i}`, racy.fs_create, [at, i]));
  return program('fsbench_bad', memory, actors);
}

export const lazy01 = (): Program =>
  withShared('lazy01_bad', (at) => [
    runs('T1', locked.lazy_add, [at, 1]),
    runs('T2', locked.lazy_add, [at, 2]),
    runs('T3', locked.lazy_check, [at]),
  ]);

export const phase01 = (fixed: boolean): Program =>
  withShared('phase01_bad', (at) => {
    const phase = fixed ? locked.phase_fixed : locked.phase;
    const locks = [at + shared.m.at, at + shared.m2.at];
    return [runs('T1', phase, locks), runs('T2', phase, locks)];
  });

export function reorder(setters: number, checkers: number): Program {
  const memory = new ImageBuilder();
  const at = memory.static_('cells', cells);
  const set = Array.from({ length: setters }, (_, i) => runs(`set${i}`, racy.reorder_set, [at]));
  const check = Array.from({ length: checkers }, (_, i) =>
    runs(`check${i}`, racy.reorder_check, [at]),
  );
  return program(`reorder_${setters + checkers}_bad`, memory, [...set, ...check]);
}

export const sync01 = (by: number): Program =>
  withShared('sync01_bad', (at, memory) => {
    memory.poke(at + shared.a, 1);
    return [runs('T1', condvar.sync01_put, [at]), runs('T2', condvar.sync01_take, [at, by])];
  });

/** `num` 2 is the benchmark: two puts for two takes cannot both go in; with 0 they can. */
export const sync02 = (num: number): Program =>
  withShared('sync02_bad', (at, memory) => {
    memory.poke(at + shared.a, num);
    return [
      runs('producer', condvar.sync02_produce, [at]),
      runs('consumer', condvar.sync02_consume, [at]),
    ];
  });

export function twostage(writers: number, readers: number): Program {
  return withShared('twostage_bad', (at) => [
    ...Array.from({ length: writers }, (_, i) => runs(`W${i}`, locked.twostage_write, [at])),
    ...Array.from({ length: readers }, (_, i) => runs(`R${i}`, locked.twostage_read, [at])),
  ]);
}

/** Thread 1 shuts tracing down while thread 2 traces; the twin waits until thread 2 has left. */
export function ctrace(fixed: boolean): Program {
  const memory = new ImageBuilder();
  const at = memory.static_('tracer', tracer);
  const done = memory.static_('shared', shared) + shared.ended.at;
  memory.cache(trace_table, 1, 8);
  const table = memory.alloc(trace_table);
  memory.poke(at + tracer.on, 1);
  memory.poke(at + tracer.table, table);
  for (let i = 0; i < 3; i++) memory.poke(table + trace_table.entries.at + i, 1);
  const actors = fixed
    ? [
        runs('T1', teardown.ctrace_shutdown_last, [at, 0, done]),
        runs('T2', teardown.ctrace_leave, [at, 1, done]),
      ]
    : [
        runs('T1', teardown.ctrace_shutdown, [at, 0]),
        runs('T2', teardown.ctrace_thread, [at, 1, 0]),
      ];
  return program('ctrace-test', memory, actors);
}

export function pbzip2(consumers: number, joined: number): Program {
  const memory = new ImageBuilder();
  const at = memory.static_('shared', shared);
  memory.cache(work_queue, 1, 8);
  const queue = memory.alloc(work_queue);
  const ids = Array.from({ length: consumers }, (_, i) => i);
  const actors = [
    runs('main', teardown.bzip_main, [queue, at, 1, joined]),
    ...ids.map((i) => runs(`consumer${i}`, teardown.bzip_consume, [queue, at])),
  ];
  return program('pbzip2', memory, actors);
}

const EARLY = Object.freeze({ hand_over: qsort.hand_over_early });
const WHOLE = Object.freeze({ hand_over: qsort.hand_over_whole });

export function qsortMt(whole: boolean): Program {
  const memory = new ImageBuilder();
  const pool = memory.static_('pool', sort_pool);
  const me = memory.static_('sorter', sorter);
  memory.poke(pool + sort_pool.left, 2);
  const actors = [
    runs('main', qsort.sort_main, [me, pool, 2, whole ? WHOLE : EARLY]),
    runs('sorter', qsort.sort_thread, [me, pool]),
  ];
  return program('qsort_mt', memory, actors);
}

export type Mutation = 'none' | 'if' | 'late-count' | 'one-condition';

const { not_full, not_empty, puts_waiting, takes_waiting } = ring;
const good: buffer.BufferDesign = {
  wait: buffer.counted_wait,
  signal: buffer.counted_signal,
  again: 1,
  not_full,
  not_empty,
  puts_waiting,
  takes_waiting,
  size: 1,
};
const DESIGNS: Record<Mutation, buffer.BufferDesign> = {
  none: Object.freeze({ ...good }),
  if: Object.freeze({ ...good, again: 0 }),
  'late-count': Object.freeze({ ...good, wait: buffer.late_wait }),
  'one-condition': Object.freeze({ ...good, not_full: not_empty, puts_waiting: takes_waiting }),
};

/** Two producers and two consumers, one item each, over a ring of one slot. */
export function boundedBuffer(mutation: Mutation, each = 1, people = 2): Program {
  const memory = new ImageBuilder();
  const at = memory.static_('ring', ring);
  const d = DESIGNS[mutation];
  const ids = Array.from({ length: people }, (_, i) => i);
  const actors = [
    ...ids.map((i) => runs(`put${i}`, buffer.buffer_put, [at, d, each])),
    ...ids.map((i) => runs(`take${i}`, buffer.buffer_take, [at, d, each])),
  ];
  return program('bbuf', memory, actors);
}
