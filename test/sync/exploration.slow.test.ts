import { describe, expect, test } from 'vitest';
import { explored, ZOO } from './explored.ts';

const locks = ZOO.map(({ id }) => id);

// Each in under a minute is what was promised; explored() gives up after that.
describe.each(['3x2', '4x1'])('contest %s', (contest) => {
  test.each(locks)('%s: every interleaving of at most two preemptions', (id) => {
    const { verdict, guarantee } = explored(id, contest, 2);
    expect(verdict).toBe('pass');
    expect(guarantee).toMatch(/^exhausted/);
  });
});
