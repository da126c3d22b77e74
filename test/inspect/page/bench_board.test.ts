import { describe, expect, test } from 'vitest';
import { type BenchResult, readBench } from '../../../src/inspect/bench/result.ts';
import {
  against,
  cellsOf,
  fairness,
  figureText,
  middle,
  shapesOf,
  tailOf,
  tails,
} from '../../../src/inspect/page/bench/figures.ts';

function cell(lock: string, threads: number, throughput: number[], inside = 50) {
  const values = { throughput, jain: [0.9], jainShort: [threads / 10] };
  const latency: [number, number][] = [
    [64, 90],
    [80, 9],
    [96, 1],
  ];
  return { lock, threads, oversubscription: threads / 2, inside, outside: 0, values, latency };
}

const RESULT: BenchResult = {
  format: 'hotrace-bench',
  version: 1,
  environment: { cpu: 'x', cores: 2, node: 'v24' },
  noise: [],
  cells: [cell('a', 1, [3, 1, 2]), cell('a', 2, [1]), cell('b', 2, [4, 6]), cell('b', 1, [9], 7)],
};

describe('a result of a benchmark', () => {
  test('is read as it was written, and what else is in it is left alone', () => {
    const written = {
      ...RESULT,
      pinned: true,
      cells: RESULT.cells.map((c) => ({ ...c, stat: 1 })),
    };
    expect(readBench(JSON.parse(JSON.stringify(written)))).toEqual(RESULT);
  });

  test.each([
    [null],
    [{}],
    [{ ...RESULT, version: 2 }],
    [{ ...RESULT, cells: [{ ...cell('a', 0, []) }] }],
    [{ ...RESULT, cells: [{ ...cell('a', 1, []), latency: [[1]] }] }],
  ])('or refused in a sentence: %#', (value) => {
    expect(typeof readBench(value)).toBe('string');
  });

  test('has lines against oversubscription: medians, ranges, gaps', () => {
    const [shape] = shapesOf(RESULT);
    expect(shapesOf(RESULT)).toHaveLength(2);
    const { x, lines } = against(RESULT, shape ?? { inside: 0, outside: 0 }, 'throughput');
    expect(x).toEqual([0.5, 1]);
    expect(lines).toEqual([
      { lock: 'a', y: [2, 1], low: [1, 1], high: [3, 1] },
      { lock: 'b', y: [null, 5], low: [null, 4], high: [null, 6] },
    ]);
  });

  test('has a tail that begins with all and ends with the slowest', () => {
    const { ns, share } = tailOf(cell('a', 1, []));
    expect(ns).toEqual([16, 32, 64]);
    expect(share).toEqual([1, 0.1, 0.01]);
    const { x, lines } = tails(cellsOf(RESULT, { inside: 50, outside: 0 }));
    expect(x).toEqual([16, 32, 64]);
    expect(lines.map(({ y }) => y[1])).toEqual([0.1, 0.1, 0.1]);
  });

  test('is fair first, by short windows', () => {
    expect(fairness(RESULT.cells).map(({ short }) => short)).toEqual([0.2, 0.2, 0.1, 0.1]);
  });

  test('has figures in the unit that suits them', () => {
    expect(middle([])).toBe(undefined);
    expect(figureText('p50', undefined)).toBe('–');
    expect(figureText('p50', 12.34)).toBe('12.3 ns');
    expect(figureText('p999', 123_456)).toBe('123 µs');
    expect(figureText('jain', 0.98765)).toBe('0.988');
    expect(figureText('throughput', 12.34)).toBe('12.3');
  });
});
