/** One cell: a lock with so many threads and so long sections, and what its rounds gave. */
import type { ExclusiveLock, ReadersWriterLock } from '../../sync/algorithm.ts';
import { bench_plan, bench_section, bench_thread } from '../../sync/bench/structs.ts';
import { type CellMemory, cellMemory } from './cell_memory.ts';
import { LogHistogram } from './histogram.ts';
import type { MetricId } from './metrics.ts';
import type { BenchPool, TurnResult } from './pool.ts';
import type { CellResult, LockStat } from './result.ts';
import type { LockRef } from './thread/protocol.ts';
import type { TraceFigures } from './trace_figures.ts';

export type TimedAlgorithm = ExclusiveLock | ReadersWriterLock;

/** A lock that is timed; without an algorithm the empty loop, or a comparator. */
export interface BenchLock {
  readonly ref: LockRef;
  readonly algorithm: TimedAlgorithm | undefined;
}

export interface CellShape {
  readonly threads: number;
  readonly inside: number;
  readonly outside: number;
  /** Percent of sections that write, for locks that have readers. */
  readonly writes: number;
}

/** A lock let two in together, or lost what one wrote. */
export class ExclusionError extends Error {
  override readonly name = 'ExclusionError';
}

const NO_SUMS = { min: 0, max: 0, total: 0 } as const;

export class Cell {
  readonly lock: BenchLock;
  readonly shape: CellShape;
  readonly memory: CellMemory;
  readonly latency = new LogHistogram();
  readonly values = new Map<MetricId, number[]>();
  readonly calibrationNs: number[] = [];
  readonly share: number[] = [];
  cutShort = 0;
  /** Sections of a round in all. */
  acquisitions = 0;
  failed: string | undefined;
  #stat: LockStat = {
    acquisitions: 0,
    contentions: 0,
    bounces: 0,
    contendedBounces: 0,
    waits: NO_SUMS,
    holds: NO_SUMS,
  };

  constructor(lock: BenchLock, shape: CellShape, pool: BenchPool) {
    this.lock = lock;
    this.shape = shape;
    this.memory = cellMemory(lock.algorithm, shape.threads, (thread) => pool.cpuOf(thread));
    if (this.memory.image.length > pool.shared.words.length) {
      throw new Error(`[hotrace bug] no room for ${lock.ref.key} of ${shape.threads} threads`);
    }
  }

  get readers(): boolean {
    return this.lock.ref.kind === 'readers-writer';
  }

  note(id: MetricId, value: number): void {
    this.values.set(id, [...(this.values.get(id) ?? []), value]);
  }

  /** The memory as new, for a round of `total` sections. */
  reset(words: Int32Array, total: number): void {
    words.set(this.memory.image);
    const { plan } = this.memory.places;
    const { threads, inside, outside, writes } = this.shape;
    words[plan + bench_plan.total] = total;
    words[plan + bench_plan.quota] = Math.ceil(total / threads);
    words[plan + bench_plan.inside] = inside;
    words[plan + bench_plan.outside] = outside;
    words[plan + bench_plan.writes] = Math.round(10.24 * writes);
  }

  /**
   * Holds what the section counted against what the threads say they did; answers the sections.
   * @throws ExclusionError where they differ.
   */
  check(words: Int32Array, { ends }: TurnResult): number {
    const error = ends.find((end) => end.error !== undefined)?.error;
    if (error !== undefined) throw new ExclusionError(error);
    const { section, threads } = this.memory.places;
    const counted = words[section + bench_section.counter] ?? 0;
    const word = (at: number, offset: number): number => words[at + offset] ?? 0;
    const written = threads.reduce((sum, at) => sum + word(at, bench_thread.written), 0);
    if (counted !== written && !(this.lock.ref.from === 'none' && threads.length > 1)) {
      const lost = `${written} sections wrote, ${counted} of them were counted`;
      throw new ExclusionError(`no mutual exclusion: ${lost}`);
    }
    if (threads.some((at) => word(at, bench_thread.torn) !== 0)) {
      throw new ExclusionError('a reader saw a half of what a writer wrote');
    }
    return ends.reduce((sum, end) => sum + end.taken, 0);
  }

  addFigures(figures: TraceFigures): void {
    this.latency.addBuckets(figures.latency);
    const { acquisitions, contentions, bounces, contendedBounces, waits, holds } = this.#stat;
    const joined = (a: LockStat['waits'], b: LockStat['waits']): LockStat['waits'] => ({
      min: a.total === 0 ? b.min : Math.min(a.min, b.min),
      max: Math.max(a.max, b.max),
      total: a.total + b.total,
    });
    this.#stat = {
      acquisitions: acquisitions + figures.acquisitions,
      contentions: contentions + figures.contentions,
      bounces: bounces + figures.bounces,
      contendedBounces: contendedBounces + figures.contendedBounces,
      waits: joined(waits, figures.waits),
      holds: joined(holds, figures.holds),
    };
  }

  result(cpus: number): CellResult {
    const { ref, algorithm } = this.lock;
    const { threads, inside, outside, writes } = this.shape;
    return {
      lock: ref.key,
      title: algorithm?.title ?? ref.id,
      kind: ref.kind,
      waiting: algorithm?.waiting ?? 'spins',
      fifo: algorithm?.fairness.fifo ?? false,
      threads,
      oversubscription: threads / cpus,
      inside,
      outside,
      writes: this.readers ? writes : 100,
      acquisitions: this.acquisitions,
      values: Object.fromEntries(this.values),
      calibrationNs: this.calibrationNs,
      share: this.share,
      cutShort: this.cutShort,
      latency: this.latency.buckets().map(([bucket, count]) => [bucket, count]),
      stat: this.#stat,
    };
  }
}
