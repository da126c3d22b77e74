import { expect, test } from 'vitest';
import { environment, isNoisy, median } from '../../../src/bench/locks/environment.ts';

test.each([
  [[], 0],
  [[7], 7],
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[10, 9, 1000], 10],
  [[-5, -1, -3], -3],
])('the median of %j is %d', (values, middle) => {
  expect(median(values)).toBe(middle);
});

test('the median leaves its values in their order', () => {
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
});

test('a figure says which machine and which node it was measured on', () => {
  const { cpu, cores, load1, node, v8, platform } = environment();
  expect(cpu).not.toBe('');
  expect(cores).toBeGreaterThan(0);
  expect(load1).toBeGreaterThanOrEqual(0);
  expect([node, v8]).toEqual([process.version, process.versions.v8]);
  expect(platform).toBe(`${process.platform} ${process.arch}`);
});

test('a load above half of the cores is noise', () => {
  const quiet = { ...environment(), cores: 4, load1: 2 };
  expect(isNoisy(quiet)).toBe(false);
  expect(isNoisy({ ...quiet, load1: 2.01 })).toBe(true);
});
