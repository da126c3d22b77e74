import { describe, expect, test } from 'vitest';
import { LogHistogram, upperNs } from '../../../src/bench/locks/histogram.ts';
import { jain, mannWhitney, ratioInterval, spread } from '../../../src/bench/locks/statistics.ts';

test.each([
  [[5, 5, 5, 5], 1],
  [[1, 0, 0, 0], 0.25],
  [[1, 0], 0.5],
  [[3, 1], 0.8],
  [[0, 0], 1],
])("Jain's index of %j is %d", (shares, index) => {
  expect(jain(shares)).toBeCloseTo(index, 12);
});

test('a spread is the median with the least and the most; of nothing there is none', () => {
  expect(spread([4, 1, 9])).toEqual({ median: 4, min: 1, max: 9 });
  expect(spread([])).toBeUndefined();
});

describe('histogram', () => {
  test('a percentile is at most one bucket (4.4 %) above the value', () => {
    const histogram = new LogHistogram();
    for (let ns = 1; ns <= 10_000; ns++) histogram.add(ns);
    expect(histogram.total).toBe(10_000);
    for (const [share, exact] of [
      [0.5, 5000],
      [0.99, 9900],
      [0.999, 9990],
      [1, 10_000],
    ] as const) {
      const found = histogram.percentile(share);
      expect(found).toBeGreaterThanOrEqual(exact);
      expect(found).toBeLessThan(exact * 2 ** (1 / 16) * 1.001);
    }
  });

  test('buckets written down and read again give the same percentiles', () => {
    const histogram = new LogHistogram();
    for (const ns of [0, 1, 50, 50, 1e6, 1e15]) histogram.add(ns);
    const again = LogHistogram.from(histogram.buckets());
    expect(again.total).toBe(6);
    for (const share of [0.1, 0.5, 0.9, 1]) {
      expect(again.percentile(share)).toBe(histogram.percentile(share));
    }
    // Beyond the last bucket there is only the last bucket.
    expect(again.percentile(1)).toBe(upperNs(639));
  });

  test('of nothing the percentile is 0', () => {
    expect(new LogHistogram().percentile(0.5)).toBe(0);
  });
});

describe("Mann-Whitney's test", () => {
  test.each([
    // Exact: 2 of the 252 orders of 5 and 5 are as extreme as these.
    [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 2 / 252],
    [[6, 7, 8, 9, 10], [1, 2, 3, 4, 5], 2 / 252],
    // U = 1: 4 of 20 orders of 3 and 3.
    [[1, 2, 4], [3, 5, 6], 4 / 20],
    [[1], [2], 1],
    [[], [1, 2], 1],
    [[7, 7, 7], [7, 7, 7], 1],
  ])('%j against %j has p %d', (a, b, p) => {
    expect(mannWhitney(a, b)).toBeCloseTo(p, 10);
  });

  test('with ties, the normal approximation agrees with the tables', () => {
    // Mean 12.5, variance with the tie 22.78, U = 0.5: z = 2.41.
    expect(mannWhitney([1, 2, 3, 4, 5], [5, 6, 7, 8, 9])).toBeCloseTo(0.016, 2);
  });
});

test('the interval of a ratio holds the ratio, and is a point where nothing varies', () => {
  expect(ratioInterval([2, 2, 2], [3, 3, 3])).toEqual({ low: 1.5, high: 1.5 });
  const { low, high } = ratioInterval([9, 10, 11, 10, 10], [19, 20, 21, 20, 22]);
  expect(low).toBeGreaterThan(1.6);
  expect(low).toBeLessThanOrEqual(2);
  expect(high).toBeGreaterThanOrEqual(2);
  expect(high).toBeLessThan(2.5);
  expect(ratioInterval([9, 10, 11], [19, 20, 21])).toEqual(
    ratioInterval([9, 10, 11], [19, 20, 21]),
  );
});
