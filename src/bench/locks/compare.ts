/** Two results of the same cells: better, worse, or no difference that the rounds would show. */
import { median } from './environment.ts';
import { type MetricId, metricOf } from './metrics.ts';
import { type BenchResult, type CellResult, cellKey, valuesOf } from './result.ts';
import { type Interval, mannWhitney, ratio, ratioInterval } from './statistics.ts';

export type Change = 'better' | 'worse' | 'no difference';

export interface Comparison {
  readonly lock: string;
  readonly threads: number;
  readonly inside: number;
  readonly outside: number;
  readonly metric: MetricId;
  readonly before: number;
  readonly after: number;
  /** after / before, with 95 % of the ratios that resampled rounds give. */
  readonly ratio: number;
  readonly interval: Interval;
  /** Mann-Whitney's, both sides. */
  readonly p: number;
  readonly change: Change;
  /** Rounds of both in one mode of the hand-over only, or why all were taken. */
  readonly rounds: string;
}

export interface Compared {
  readonly comparisons: readonly Comparison[];
  /** Sentences about what makes the two unlike. */
  readonly notes: readonly string[];
}

const P_MAX = 0.05;
/** Less than this is no difference, however sure. */
const CHANGE_MIN = 0.02;
/** ns from CPU to CPU that tell the two modes of virtual machines apart. */
export const SLOW_NS = 100;
/** Rounds of a mode that can be compared. */
const ROUNDS_MIN = 4;

export function compare(
  before: BenchResult,
  after: BenchResult,
  metrics: readonly MetricId[],
): Compared {
  const known = new Map(before.cells.map((cell) => [cellKey(cell), cell]));
  const comparisons = after.cells.flatMap((cell) => {
    const old = known.get(cellKey(cell));
    return old === undefined ? [] : metrics.flatMap((metric) => compareCells(old, cell, metric));
  });
  return { comparisons, notes: notesOf(before, after, known) };
}

function notesOf(
  before: BenchResult,
  after: BenchResult,
  known: ReadonlyMap<string, CellResult>,
): string[] {
  const notes: string[] = [];
  for (const what of ['cpu', 'cores', 'node', 'v8', 'platform'] as const) {
    const [old, now] = [before.environment[what], after.environment[what]];
    if (old !== now) notes.push(`${what}: ${old} before, ${now} now`);
  }
  if (before.native !== after.native) notes.push(`${before.native} before, ${after.native} now`);
  if (before.noise.length > 0) notes.push(`the baseline is noisy: ${before.noise.join('; ')}`);
  const fresh = after.cells.filter((cell) => !known.has(cellKey(cell))).length;
  if (fresh > 0) notes.push(`${fresh} cells are not in the baseline`);
  return notes;
}

function compareCells(old: CellResult, now: CellResult, id: MetricId): Comparison[] {
  const all: Sides = { a: valuesOf(old, id), b: valuesOf(now, id), rounds: '' };
  if (all.a.length === 0 || all.b.length === 0) return [];
  const { a, b, rounds } = likeWithLike(old, now, id) ?? all;
  const p = mannWhitney(a, b);
  const [before, after] = [median(a), median(b)];
  const r = ratio(after, before);
  const { lock, threads, inside, outside } = now;
  return [
    {
      lock,
      threads,
      inside,
      outside,
      metric: id,
      before,
      after,
      ratio: r,
      interval: ratioInterval(a, b),
      p,
      change: changeOf(r, p, metricOf(id).better),
      rounds,
    },
  ];
}

interface Sides {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly rounds: string;
}

/** Rounds of one mode, if both have enough of it and not all are of it. */
function likeWithLike(old: CellResult, now: CellResult, id: MetricId): Sides | undefined {
  const slow = (cell: CellResult): boolean[] => cell.calibrationNs.map((ns) => ns >= SLOW_NS);
  const modes = [...slow(old), ...slow(now)];
  if (modes.length === 0 || modes.every((mode) => mode === modes[0])) return;
  const pick = (cell: CellResult, mode: boolean): number[] => {
    const marks = slow(cell);
    return valuesOf(cell, id).filter((_, round) => marks[round] === mode);
  };
  const enough = ({ a, b }: Sides): boolean => Math.min(a.length, b.length) >= ROUNDS_MIN;
  const sides = [false, true].map((mode): Sides => {
    const rounds = mode ? 'slow hand-over only' : 'fast hand-over only';
    return { a: pick(old, mode), b: pick(now, mode), rounds };
  });
  const mixed = { a: valuesOf(old, id), b: valuesOf(now, id), rounds: 'hand-over fast and slow' };
  return sides.find(enough) ?? mixed;
}

export function changeOf(r: number, p: number, better: 'higher' | 'lower'): Change {
  if (p >= P_MAX || Math.abs(r - 1) < CHANGE_MIN) return 'no difference';
  return r > 1 === (better === 'higher') ? 'better' : 'worse';
}
