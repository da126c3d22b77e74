import { afterAll, expect, test } from 'vitest';
import { StressPool } from '../../src/stress/pool.ts';
import { ZOO } from '../../src/sync/zoo.ts';
import { rounds, runDemo } from '../stress/run_demo.ts';

const pool = new StressPool();
afterAll(() => pool.close());

const readers = ZOO.filter(({ kind }) => kind === 'readers-writer').map(({ id }) => id);

test.each(readers)('%s behind down_read and down_write: nothing is torn or lost', async (id) => {
  const locks = { spinlock: 'ttas', mutex: 'adaptive', rwsem: id };
  const result = await runDemo(pool, 'rwsem', { locks, limits: rounds(60) });
  expect(result.outcomes.map((o) => o.outcome)).toEqual(['pass']);
});
