/** Samplers held to the probabilities they promise (engines.md 3.3). Seeds are fixed. */
import { describe, expect, test } from 'vitest';
import type { Program } from '../../src/actor/program.ts';
import { Engine } from '../../src/explore/engine.ts';
import { PctPicker, RandomPicker } from '../../src/explore/pickers.ts';
import { Prng } from '../../src/explore/prng.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import { sample } from './search.ts';

installLowering('explored');
const sct = await import('./sct_programs.ts');
const kernel = await import('./kernel_programs.ts');

/** Standard deviation of a rate over so many runs. */
const sigma = (p: number, runs: number): number => Math.sqrt((p * (1 - p)) / runs);

/**
 * The probability that a uniform walk over reorder fails, exactly: setters by how many writes they
 * have made, checkers by the read they stand at (1: a, 2: b, 3: a again, 4: b again).
 */
function exactReorder(setters: number, checkers: number): number {
  const known = new Map<string, number>();
  const walk = (fresh: number, half: number, at: readonly number[]): number => {
    const key = `${fresh} ${half} ${at.join(' ')}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const a = fresh < setters ? 1 : 0;
    const b = fresh + half < setters ? -1 : 0;
    let sum = fresh > 0 ? fresh * walk(fresh - 1, half + 1, at) : 0;
    if (half > 0) sum += half * walk(fresh, half - 1, at);
    const moved = (from: number, to: number): readonly number[] =>
      at.map((n, i) => n + (i === to - 1 ? 1 : 0) - (i === from - 1 ? 1 : 0));
    const goOn = [a === 0 ? 2 : 3, b === 0 ? 0 : 3, a === 1 ? 4 : -1, b === -1 ? 0 : -1];
    goOn.forEach((to, i) => {
      const n = at[i] ?? 0;
      if (n > 0) sum += n * (to < 0 ? 1 : walk(fresh, half, moved(i + 1, to)));
    });
    const enabled = fresh + half + at.reduce((all, n) => all + n, 0);
    const result = enabled === 0 ? 0 : sum / enabled;
    known.set(key, result);
    return result;
  };
  return walk(setters, 0, [checkers, 0, 0, 0]);
}

describe('uniform random meets the bug probabilities of reorder, all actors started', () => {
  test.each([
    ['reorder_3', 2, 1, 0.0499, 60_000],
    ['reorder_4', 3, 1, 0.0383, 60_000],
    ['reorder_5', 4, 1, 0.0309, 60_000],
    ['reorder_10', 9, 1, 0.0134, 60_000],
    ['reorder_20', 10, 10, 0.0982, 20_000],
  ])('%s', (_name, setters, checkers, published, runs) => {
    const exact = exactReorder(setters, checkers);
    // The published figure is itself a sample of 200,000 runs.
    expect(Math.abs(exact - published)).toBeLessThan(4 * sigma(published, 200_000));
    const made = new Engine(sct.reorder(setters, checkers));
    const { found } = sample(made, new RandomPicker(7), runs);
    // Four standard deviations: a right picker misses this for one seed in 16,000.
    expect(Math.abs(found / runs - exact)).toBeLessThan(4 * sigma(exact, runs));
  });
});

describe('PCT finds a bug of depth d with at least 1 / (n k^(d-1))', () => {
  test.each<readonly [string, () => Program, number]>([
    ['account_bad, depth 1', sct.accountBad, 1],
    ['lazy01, depth 1', sct.lazy01, 1],
    ['reorder_3, depth 2', () => sct.reorder(2, 1), 2],
    ['reorder_5, depth 2', () => sct.reorder(4, 1), 2],
    ['deadlock01, depth 2', () => sct.deadlock01(false, true), 2],
    ['twostage, depth 2', () => sct.twostage(1, 1), 2],
    ['qsort_mt, depth 2', () => sct.qsortMt(false), 2],
    ['remove against open, depth 2', () => kernel.removeAgainstOpen(false), 2],
    ['event queue, depth 2', () => kernel.eventQueue(true), 2],
    ['rcu unlink, depth 2', () => kernel.rcuUnlink(false), 2],
  ])('%s', (_name, make, depth) => {
    const runs = 4_000;
    const engine = new Engine(make());
    const picker = new PctPicker(11, depth);
    const { found } = sample(engine, picker, runs);
    const promised = 1 / (engine.actorCount * picker.stepsSeen ** (depth - 1));
    expect(picker.counted).toBeGreaterThan(runs / 2);
    // The promise is a lower bound; only falling short of it by chance is allowed for.
    expect(found / runs).toBeGreaterThan(promised - 4 * sigma(promised, runs));
  });

  test('its change points reach every step: each step of two actors can be preempted', () => {
    // Depth 2 over the 2-step setters: the checker must run between the two writes of each.
    const engine = new Engine(sct.reorder(1, 1));
    expect(sample(engine, new PctPicker(5, 2), 2_000).found).toBeGreaterThan(0);
  });
});

describe('the generator behind them', () => {
  test('the first draws of neighbouring streams are independent', () => {
    const random = new Prng(0);
    const runs = 81_000;
    for (const seed of [0, 1, 7, 123456]) {
      const counts = new Map<string, number>();
      for (let stream = 0; stream < runs; stream++) {
        random.seed(seed, stream);
        const drawn = [0, 0, 0, 0].map(() => random.below(3)).join('');
        counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
      }
      let chi2 = 0;
      for (const n of counts.values()) chi2 += (n - runs / 81) ** 2 / (runs / 81);
      expect(counts.size).toBe(81);
      // 80 degrees of freedom: above 140 with probability 4e-5.
      expect(chi2).toBeLessThan(140);
    }
  });

  test('a stream is the same whenever it is begun', () => {
    const one = new Prng(3);
    const two = new Prng(99);
    two.next();
    one.seed(5, 17);
    two.seed(5, 17);
    const draw = (random: Prng): number[] => Array.from({ length: 9 }, () => random.next());
    expect(draw(one)).toEqual(draw(two));
  });
});
