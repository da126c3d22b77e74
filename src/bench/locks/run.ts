/**
 * A benchmark of locks: rounds of fixed counts, interleaved over all locks and cells, so that what
 * changes on the machine meanwhile changes for all of them.
 */
import { type BenchLock, Cell, type CellShape, ExclusionError } from './cell.ts';
import { environment } from './environment.ts';
import { LogHistogram } from './histogram.ts';
import { NoiseMeter } from './noise.ts';
import { BenchPool, HangError, type TurnResult } from './pool.ts';
import { type BenchResult, HEAD } from './result.ts';
import { TRACE_MAX } from './thread/protocol.ts';
import { figuresOf } from './trace_figures.ts';
import type { WasmLocks } from './wasm_locks.ts';

export interface BenchPlan {
  readonly native: 'js' | 'wasm';
  readonly locks: readonly BenchLock[];
  readonly shapes: readonly CellShape[];
  readonly rounds: number;
  /** Sections of a round; undefined: so many as take `roundMs`, found out beforehand. */
  readonly acquisitions: number | undefined;
  readonly roundMs: number;
  /** Rounds with clocks as well. */
  readonly tracing: boolean;
}

export interface Progress {
  readonly done: number;
  readonly steps: number;
  readonly elapsedMs: number;
  readonly text: string;
}

/** Somebody wants it to end. */
class Stopped extends Error {
  override readonly name = 'Stopped';
}

const EMPTY_LOOP: BenchLock = {
  ref: { key: '(none)', id: 'no lock', from: 'none', kind: 'exclusive' },
  algorithm: undefined,
};

const NOTHING_TO_COMPILE = {
  wasmLocks: async (locks: readonly BenchLock[]): Promise<WasmLocks> => ({ locks, refused: [] }),
};

/** Sections of the first trial, in which code is compiled. */
const TRIAL = 20_000;
/** ns that two readings of the clock add to a section, about. */
const CLOCKED_SHARE = 0.4;
/** A holder sleeps in its section after such a share of a round with clocks. */
const PAUSE_AFTER = 0.8;
const PAUSE_MS = 2;

export class BenchRun {
  readonly #plan: BenchPlan;
  readonly #pool = new BenchPool();
  readonly #progress: (progress: Progress) => void;
  readonly #start = performance.now();
  #stopped = false;
  #done = 0;

  constructor(plan: BenchPlan, progress: (progress: Progress) => void) {
    this.#plan = plan;
    this.#progress = progress;
  }

  /** What is done so far is the result. */
  stop(): void {
    this.#stopped = true;
    this.#pool.stop(new Stopped());
  }

  /** `afterRound`: what else is measured, between the rounds. */
  async run(afterRound: () => Promise<void> = async () => undefined): Promise<BenchResult> {
    const env = environment();
    const noise = new NoiseMeter();
    const cells = await this.#cells();
    let pinned = false;
    try {
      for (let round = 0; round <= this.#plan.rounds; round++) {
        for (const cell of cells) await this.#turn(cell, cells, round);
        pinned = this.#pool.pinned;
        if (round > 0 && !this.#stopped) await afterRound();
      }
    } finally {
      await this.#pool.close();
    }
    const cpus = this.#pool.cpus.length;
    noteNet(cells);
    const real = cells.filter(({ lock }) => lock.ref.from !== 'none');
    const good = real.filter((cell) => cell.failed === undefined && cell.values.size > 0);
    return {
      ...HEAD,
      native: this.#plan.native,
      environment: env,
      pinned,
      rounds: this.#plan.rounds,
      interrupted: this.#stopped,
      noise: noise.notes(env, cpus),
      cells: good.map((cell) => cell.result(cpus)),
      failed: real.flatMap(({ lock, shape, failed }) => {
        const { threads, inside, outside } = shape;
        if (failed === undefined) return [];
        return [{ lock: lock.ref.key, threads, inside, outside, why: failed }];
      }),
    };
  }

  async #cells(): Promise<Cell[]> {
    const { native, shapes, locks } = this.#plan;
    const all = [EMPTY_LOOP, ...locks];
    // Compiling needs a large package: loaded where it is wanted.
    const { wasmLocks } = native === 'wasm' ? await import('./wasm_locks.ts') : NOTHING_TO_COMPILE;
    const compiled = await wasmLocks(all);
    const cells = shapes.flatMap((shape) => {
      const timed = compiled.locks.filter(({ ref }) => shape.threads === 1 || ref.from !== 'none');
      return timed.map((lock) => new Cell(lock, shape, this.#pool));
    });
    const refused = compiled.refused.flatMap(({ lock, why }) =>
      shapes.map((shape) => {
        const cell = new Cell(lock, shape, this.#pool);
        cell.failed = why;
        return cell;
      }),
    );
    return [...cells, ...refused];
  }

  /** Round 0 warms up and finds the counts. */
  async #turn(cell: Cell, cells: readonly Cell[], round: number): Promise<void> {
    if (this.#stopped) return;
    this.#tell(cell, cells, round);
    this.#done++;
    if (cell.failed !== undefined) return;
    try {
      if (round === 0) await this.#trial(cell);
      else await this.#round(cell);
    } catch (error) {
      if (error instanceof Stopped) return;
      if (!(error instanceof HangError || error instanceof ExclusionError)) throw error;
      cell.failed = error.message;
      if (!(error instanceof ExclusionError)) return;
      // A lock that does not exclude has no figures at all, not even with one thread.
      for (const other of cells) {
        if (other.lock !== cell.lock || other.failed !== undefined) continue;
        other.failed = `with ${cell.shape.threads} threads: ${error.message}`;
      }
    }
  }

  #tell(cell: Cell, cells: readonly Cell[], round: number): void {
    const steps = cells.length * (this.#plan.rounds + 1);
    const what = round === 0 ? 'warming up' : `round ${round} of ${this.#plan.rounds}`;
    const { threads } = cell.shape;
    const text = `${what}: ${cell.lock.ref.key}, ${threads} thread${threads === 1 ? '' : 's'}`;
    const elapsedMs = performance.now() - this.#start;
    this.#progress({ done: this.#done, steps, elapsedMs, text });
  }

  async #trial(cell: Cell): Promise<void> {
    const { acquisitions, roundMs, tracing } = this.#plan;
    cell.acquisitions = Math.min(acquisitions ?? TRIAL, TRIAL);
    for (let trial = 0; trial < 2; trial++) {
      const { sections, ns } = await this.#sections(cell);
      const wanted = Math.round((sections / Math.max(1, ns)) * roundMs * 1e6);
      const least = 64 * cell.shape.threads;
      cell.acquisitions = acquisitions ?? Math.min(Math.max(least, wanted), 1 << 30);
    }
    if (tracing && this.#traced(cell)) await this.#trace(cell);
  }

  #traced({ lock, shape }: Cell): boolean {
    return lock.algorithm !== undefined && shape.threads > 0;
  }

  async #round(cell: Cell): Promise<void> {
    const { threads } = cell.shape;
    const cpus = this.#pool.cpus.length;
    const calibrated = threads > 1 ? await this.#pool.handoverNs() : undefined;
    const { sections, ns, turn } = await this.#sections(cell);
    const sum = (each: (end: TurnResult['ends'][number]) => number): number =>
      turn.ends.reduce((total, end) => total + each(end), 0);
    const cpuMicros = sum((end) => end.cpuMicros);
    let traced: (() => void) | undefined;
    if (this.#plan.tracing && this.#traced(cell)) traced = await this.#trace(cell);
    // Noted together: a round that was given up leaves nothing.
    if (calibrated !== undefined) cell.calibrationNs.push(calibrated);
    if (turn.cutShort) cell.cutShort++;
    cell.share.push((cpuMicros * 1000) / (ns * Math.min(threads, cpus)));
    cell.note('throughput', (1000 * sections) / ns);
    cell.note('parks', (1000 * sum((end) => end.parks)) / sections);
    cell.note('notifies', (1000 * sum((end) => end.notifies)) / sections);
    cell.note('cpu', cpuMicros / sections);
    traced?.();
  }

  async #sections(cell: Cell): Promise<{ sections: number; ns: number; turn: TurnResult }> {
    const { words } = this.#pool.shared;
    cell.reset(words, cell.acquisitions);
    const { threads } = cell.shape;
    const limits = this.#limits();
    const turn = await this.#pool.round(threads, cell.lock.ref, cell.memory.places, limits);
    const sections = Math.max(1, cell.check(words, turn));
    const began = Math.min(...turn.ends.map((end) => end.began));
    const ended = Math.max(...turn.ends.map((end) => end.ended));
    return { sections, ns: Math.max(1, ended - began), turn };
  }

  #limits(): { readonly softMs: number; readonly hardMs: number } {
    const softMs = this.#plan.acquisitions === undefined ? 400 + 4 * this.#plan.roundMs : 20_000;
    return { softMs, hardMs: softMs + 5000 };
  }

  /** Answers what notes the figures. */
  async #trace(cell: Cell): Promise<() => void> {
    const { shared, cpus } = this.#pool;
    const { threads } = cell.shape;
    const wanted = Math.ceil(cell.acquisitions * CLOCKED_SHARE);
    const room = TRACE_MAX - (TRACE_MAX % threads);
    const count = Math.min(room, Math.max(wanted, 64 * threads));
    const pauseAt = threads > 1 && !cell.readers ? Math.floor(count * PAUSE_AFTER) : -1;
    cell.reset(shared.words, count);
    const { ref: lock } = cell.lock;
    const { places } = cell.memory;
    const pause = { pauseAt, pauseMs: PAUSE_MS };
    const wish = { kind: 'trace', threads, lock, places, ...pause } as const;
    const turn = await this.#pool.trace(wish, this.#limits());
    const sections = Math.min(room, cell.check(shared.words, turn));
    const figures = figuresOf({
      threads,
      count: sections,
      times: shared.times,
      owners: shared.owners,
      cpus: Array.from({ length: threads }, (_, i) => cpus[i % cpus.length] ?? 0),
      shared: cell.readers,
      pauseAt,
    });
    return () => noteFigures(cell, figures);
  }
}

function noteFigures(cell: Cell, figures: ReturnType<typeof figuresOf>): void {
  cell.addFigures(figures);
  const latency = LogHistogram.from(figures.latency);
  cell.note('p50', latency.percentile(0.5));
  cell.note('p99', latency.percentile(0.99));
  cell.note('p999', latency.percentile(0.999));
  cell.note('p9999', latency.percentile(0.9999));
  cell.note('max', figures.latencyMax);
  if (cell.shape.threads === 1) return;
  const handover = LogHistogram.from(figures.handover);
  if (handover.total > 0) cell.note('handover', handover.percentile(0.5));
  cell.note('jain', figures.jain);
  cell.note('jainShort', figures.jainShort);
  cell.note('maxMin', figures.maxMin);
  if (cell.readers) return;
  cell.note('idle', 100 * figures.idleShare);
  cell.note('idleMax', figures.idleMax);
  if (figures.recovery !== undefined) cell.note('recovery', figures.recovery);
}

/** Net cost: the section of one thread minus the empty loop's of the same round. */
function noteNet(cells: readonly Cell[]): void {
  const same = (a: CellShape, b: CellShape): boolean =>
    a.threads === b.threads && a.inside === b.inside && a.outside === b.outside;
  for (const cell of cells) {
    const empty = cells.find((one) => one.lock.ref.from === 'none' && same(one.shape, cell.shape));
    if (empty === undefined || cell === empty) continue;
    const loops = empty.values.get('throughput') ?? [];
    for (const [round, rate] of (cell.values.get('throughput') ?? []).entries()) {
      cell.note('net', 1000 / rate - 1000 / (loops[round] ?? Number.POSITIVE_INFINITY));
    }
  }
}
