/** Statistics of rounds: few values, no assumption about how they are spread. */
import { Prng } from '../../explore/prng.ts';
import { median } from './environment.ts';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Undefined of nothing. */
export function spread(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** Jain's index (sum x)^2 / (n * sum x^2): 1 where all have the same, 1/n where one has all. */
export function jain(shares: readonly number[]): number {
  const sum = shares.reduce((a, b) => a + b, 0);
  const squares = shares.reduce((a, b) => a + b * b, 0);
  return squares === 0 ? 1 : (sum * sum) / (shares.length * squares);
}

/** Resampled medians for a confidence interval. */
const RESAMPLES = 2000;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** 95 % of the ratios median(b) / median(a) of rounds drawn again with replacement. */
export function ratioInterval(a: readonly number[], b: readonly number[]): Interval {
  const prng = new Prng(1);
  const draw = (values: readonly number[]): number =>
    median(values.map(() => values[prng.below(values.length)] ?? 0));
  const ratios = Array.from({ length: RESAMPLES }, () => ratio(draw(b), draw(a)));
  ratios.sort((x, y) => x - y);
  const at = (share: number): number => ratios[Math.floor(share * (RESAMPLES - 1))] ?? 1;
  return { low: at(0.025), high: at(0.975) };
}

/** b / a; two zeros are equal. */
export function ratio(b: number, a: number): number {
  if (a === 0) return b === 0 ? 1 : Number.POSITIVE_INFINITY;
  return b / a;
}

/**
 * Mann-Whitney's test, both sides: how likely values of one source differ in order as much as
 * these. Exact without ties, by the normal approximation with them.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return 1;
  let u = 0;
  let ties = false;
  for (const x of a) {
    for (const y of b) {
      if (x === y) ties = true;
      u += x > y ? 1 : x === y ? 0.5 : 0;
    }
  }
  const least = Math.min(u, a.length * b.length - u);
  return ties ? approximate(least, [...a, ...b], a.length) : exact(least, a.length, b.length);
}

function exact(u: number, n: number, m: number): number {
  const ways = waysOf(n, m);
  const all = ways.reduce((sum, count) => sum + count, 0);
  const atMost = ways.slice(0, Math.floor(u) + 1).reduce((sum, count) => sum + count, 0);
  return Math.min(1, (2 * atMost) / all);
}

/** How many orders of n and m values have each U. */
function waysOf(n: number, m: number): number[] {
  // ways[i][u] of i values of one and j of the other, as j counts up: the last is of one or other.
  let ways = Array.from({ length: n + 1 }, () => [1]);
  for (let j = 1; j <= m; j++) {
    const next: number[][] = [[1]];
    for (let i = 1; i <= n; i++) {
      const sums = new Array<number>(i * j + 1).fill(0);
      for (const [u, count] of (next[i - 1] ?? []).entries()) sums[u + j] = count;
      for (const [u, count] of (ways[i] ?? []).entries()) sums[u] = (sums[u] ?? 0) + count;
      next.push(sums);
    }
    ways = next;
  }
  return ways[n] ?? [1];
}

function approximate(u: number, all: readonly number[], n: number): number {
  const m = all.length - n;
  const counts = new Map<number, number>();
  for (const value of all) counts.set(value, (counts.get(value) ?? 0) + 1);
  const tied = [...counts.values()].reduce((sum, t) => sum + (t ** 3 - t), 0);
  const total = all.length;
  const variance = ((n * m) / 12) * (total + 1 - tied / (total * (total - 1)));
  if (variance <= 0) return 1;
  const z = Math.max(0, (n * m) / 2 - u - 0.5) / Math.sqrt(variance);
  return Math.min(1, 2 * (1 - normal(z)));
}

/** The normal distribution's cumulative share (Abramowitz & Stegun 26.2.17, within 1e-7). */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const [a, b, c, d, e] = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const tail = t * (a + t * (b + t * (c + t * (d + t * e))));
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * tail;
}
