import { describe, expect, test } from 'vitest';
import { BROKEN, explored, ZOO } from './explored.ts';

const NO_BOUND = Number.POSITIVE_INFINITY;
const locks = ZOO.map(({ id }) => id);
const tried = ZOO.filter(({ procedures }) => 'trylock' in procedures).map(({ id }) => id);

describe('down to the last atomic access', () => {
  test.each(locks)('%s: two threads, two turns each, every interleaving', (id) => {
    const { verdict, guarantee } = explored(id, '2x2', NO_BOUND);
    expect(verdict).toBe('pass');
    expect(guarantee).toMatch(/^exhausted: every interleaving, no preemption bound/);
  });

  test.each(locks)('%s: three threads, every interleaving of at most two preemptions', (id) => {
    const { verdict, guarantee } = explored(id, '3x1', 2);
    expect(verdict).toBe('pass');
    expect(guarantee).toMatch(/^exhausted/);
  });
});

describe('one thread tries and never waits', () => {
  test.each(tried)('%s: two threads, two turns each, every interleaving', (id) => {
    const { verdict, guarantee } = explored(id, 'try-2x2', NO_BOUND);
    expect(verdict).toBe('pass');
    expect(guarantee).toMatch(/^exhausted: every interleaving, no preemption bound/);
  });

  test.each(tried)('%s: three threads, every interleaving of at most two preemptions', (id) => {
    const { verdict, guarantee } = explored(id, 'try-3x1', 2);
    expect(verdict).toBe('pass');
    expect(guarantee).toMatch(/^exhausted/);
  });
});

test.each(BROKEN)('broken twin $id is refused', ({ id, broken, threadsToRefuse }) => {
  const found = explored(id, `${threadsToRefuse ?? 3}x1`, 2);
  expect(broken).toContain(found.verdict);
  expect(found.counterexample).toBeDefined();
});
