import { describe, expect, test } from 'vitest';
import { changeOf, compare } from '../../../src/bench/locks/compare.ts';
import { parseResult } from '../../../src/bench/locks/result.ts';
import { cell, result } from './results.ts';

const slow = [10, 11, 12, 10.5, 11.5];
const fast = [20, 22, 21, 20.5, 21.5];
const handovers = (...ns: number[]) => ({ calibrationNs: ns });

function verdict(
  before: Parameters<typeof cell>[0],
  after: Parameters<typeof cell>[0],
  metric: 'throughput' | 'p999' = 'throughput',
) {
  const [a, b] = [result({ cells: [cell(before)] }), result({ cells: [cell(after)] })];
  return compare(a, b, [metric]).comparisons[0];
}

describe('a comparison with the baseline', () => {
  test('says better, worse, or no difference', () => {
    const [a, b] = [{ values: { throughput: slow } }, { values: { throughput: fast } }];
    expect(verdict(a, b)).toMatchObject({ change: 'better', before: 11, after: 21 });
    expect(verdict(b, a)).toMatchObject({ change: 'worse' });
    expect(verdict(a, a)).toMatchObject({ change: 'no difference', ratio: 1 });
    const { interval } = verdict(a, b) ?? { interval: { low: 0, high: 0 } };
    expect(interval.low).toBeGreaterThan(1.5);
    expect(interval.high).toBeLessThan(2.3);
  });

  test('knows where less is better', () => {
    const [a, b] = [{ values: { p999: slow } }, { values: { p999: fast } }];
    expect(verdict(a, b, 'p999')?.change).toBe('worse');
    expect(verdict(b, a, 'p999')?.change).toBe('better');
  });

  test('finds no difference in three rounds, however far apart they are', () => {
    // The least p of 3 against 3 is 0.1.
    const [a, b] = [{ values: { throughput: [1, 2, 3] } }, { values: { throughput: [7, 8, 9] } }];
    expect(verdict(a, b)).toMatchObject({ change: 'no difference', p: 0.1 });
  });

  test('compares rounds of one mode of the hand-over, if both have enough of them', () => {
    const a = { values: { throughput: slow }, ...handovers(200, 200, 200, 200, 50) };
    const b = { values: { throughput: fast }, ...handovers(200, 200, 200, 200, 50) };
    expect(verdict(a, b)).toMatchObject({ rounds: 'slow hand-over only', before: 10.75 });
    const c = { values: { throughput: fast }, ...handovers(50, 50, 50, 50, 50) };
    expect(verdict(a, c)?.rounds).toBe('hand-over fast and slow');
    expect(verdict(c, c)?.rounds).toBe('');
  });

  test('names what makes the two unlike, and leaves out what only one has', () => {
    const before = result({ cells: [cell({})], noise: ['the load was 9 on 2 CPUs'] });
    const env = { ...before.environment, node: 'v25' };
    const after = result({ cells: [cell({ lock: 'mcs' }), cell({})], environment: env });
    const { comparisons, notes } = compare(before, after, ['throughput', 'p99']);
    expect(comparisons.map(({ lock, metric }) => [lock, metric])).toEqual([
      ['ticket', 'throughput'],
    ]);
    expect(notes).toEqual([
      'node: v24 before, v25 now',
      'the baseline is noisy: the load was 9 on 2 CPUs',
      '1 cells are not in the baseline',
    ]);
  });
});

test.each([
  [1.5, 0.01, 'higher', 'better'],
  [1.5, 0.01, 'lower', 'worse'],
  [0.5, 0.01, 'lower', 'better'],
  [1.5, 0.05, 'higher', 'no difference'],
  [1.01, 0.001, 'higher', 'no difference'],
] as const)('a ratio of %d with p %d where %s is better is %s', (ratio, p, better, change) => {
  expect(changeOf(ratio, p, better)).toBe(change);
});

describe('a saved result', () => {
  test('is read as it was written', () => {
    const written = result({ cells: [cell({})] });
    expect(parseResult(JSON.stringify(written))).toEqual(written);
  });

  test.each([
    ['{}', 'format'],
    ['[]', 'the file'],
    [JSON.stringify({ ...result({}), version: 2 }), 'version'],
    [
      JSON.stringify({ ...result({}), cells: [{ ...cell({}), threads: 'two' }] }),
      'cells.0.threads',
    ],
  ])('%.40s is refused by the name of what is wrong', (text, at) => {
    expect(() => parseResult(text)).toThrow(new RegExp(`^${at.replaceAll('.', '\\.')}: `));
  });
});
