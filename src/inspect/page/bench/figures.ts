/** Figures of a benchmark's result as its board draws them. */
import { type BenchCell, type BenchResult, PER_DOUBLING } from '../../bench/result.ts';

/** Cells of one section length: they are drawn together. */
export interface Shape {
  readonly inside: number;
  readonly outside: number;
}

export function shapesOf({ cells }: BenchResult): Shape[] {
  const shapes = new Map(cells.map((c) => [`${c.inside} ${c.outside}`, c]));
  return [...shapes.values()].map(({ inside, outside }) => ({ inside, outside }));
}

function locksOf({ cells }: BenchResult): string[] {
  return [...new Set(cells.map(({ lock }) => lock))];
}

/** undefined: not measured. */
export function middle(values: readonly number[] | undefined): number | undefined {
  if (values === undefined || values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const high = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? high : ((sorted[half - 1] ?? 0) + high) / 2;
}

export interface Lines {
  readonly x: readonly number[];
  /** One a lock, as long as x; null where nothing was measured. */
  readonly lines: readonly {
    readonly lock: string;
    readonly y: readonly (number | null)[];
    readonly low: readonly (number | null)[];
    readonly high: readonly (number | null)[];
  }[];
}

/** A measure against oversubscription: the median of the rounds, and their range. */
export function against(result: BenchResult, shape: Shape, id: string): Lines {
  const cells = cellsOf(result, shape);
  const x = [...new Set(cells.map((cell) => cell.oversubscription))].sort((a, b) => a - b);
  const lines = locksOf({ ...result, cells }).map((lock) => {
    const at = x.map((over) => {
      const mine = cells.find((c) => c.lock === lock && c.oversubscription === over);
      return mine?.values[id];
    });
    return {
      lock,
      y: at.map((values) => middle(values) ?? null),
      low: at.map((values) => (values?.length ? Math.min(...values) : null)),
      high: at.map((values) => (values?.length ? Math.max(...values) : null)),
    };
  });
  return { x, lines };
}

export function cellsOf({ cells }: BenchResult, { inside, outside }: Shape): BenchCell[] {
  return cells.filter((cell) => cell.inside === inside && cell.outside === outside);
}

/**
 * How often an acquisition took longer than so many ns: the survival function on log axes, where
 * the tail that matters is seen. x ascends; y goes from 1 to the last one that took longer.
 */
export function tailOf(cell: BenchCell): { readonly ns: number[]; readonly share: number[] } {
  const buckets = cell.latency.toSorted(([a], [b]) => a - b);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  let left = total;
  const ns: number[] = [];
  const share: number[] = [];
  for (const [bucket, count] of buckets) {
    ns.push(2 ** (bucket / PER_DOUBLING));
    share.push(left / total);
    left -= count;
  }
  return { ns, share };
}

/** Tails of several cells over one axis of times, as a plot wants them. */
export function tails(cells: readonly BenchCell[]): Lines {
  const all = cells.map((cell) => ({ lock: cell.lock, ...tailOf(cell) }));
  const x = [...new Set(all.flatMap(({ ns }) => ns))].sort((a, b) => a - b);
  const lines = all.map(({ lock, ns, share }) => {
    const at = new Map(ns.map((value, i) => [value, share[i] ?? 0]));
    // Between its buckets a tail stays what it was at the next one.
    let next: number | null = null;
    const y: (number | null)[] = [];
    for (const value of x.toReversed()) {
      next = at.get(value) ?? next;
      y.unshift(next);
    }
    return { lock, y, low: y, high: y };
  });
  return { x, lines };
}

export interface Fairness {
  readonly lock: string;
  /** Jain's index over a whole round, and over short windows: 1 is fair. */
  readonly long: number | undefined;
  readonly short: number | undefined;
}

export function fairness(cells: readonly BenchCell[]): Fairness[] {
  const found = cells.map(({ lock, values }) => {
    return { lock, long: middle(values['jain']), short: middle(values['jainShort']) };
  });
  return found.sort((a, b) => (b.short ?? b.long ?? 0) - (a.short ?? a.long ?? 0));
}

export const COLUMNS = ['throughput', 'net', 'p50', 'p99', 'p999', 'max', 'jain', 'jainShort'];

/** Three digits, times in the unit that suits them. */
export function figureText(id: string, value: number | undefined): string {
  if (value === undefined) return '–';
  if (id === 'throughput') return digits(value);
  if (id.startsWith('jain')) return value.toFixed(3);
  return nsText(value);
}

export function nsText(ns: number): string {
  const size = Math.abs(ns);
  if (size < 1e3) return `${digits(ns)} ns`;
  if (size < 1e6) return `${digits(ns / 1e3)} µs`;
  return size < 1e9 ? `${digits(ns / 1e6)} ms` : `${digits(ns / 1e9)} s`;
}

function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || size === 0) return String(Math.round(value));
  return value.toFixed(size >= 10 ? 1 : 2);
}
