import { afterAll, describe, expect, test } from 'vitest';
import { StressPool } from '../../src/stress/pool.ts';
import { ZOO } from '../../src/sync/zoo.ts';
import { rounds, runDemo, untilFound } from '../stress/run_demo.ts';

const pool = new StressPool();
afterAll(() => pool.close());

const exclusive = ZOO.filter(({ kind }) => kind === 'exclusive').map(({ id }) => id);
const behind = (id: string) => ({ spinlock: id, mutex: id, rwsem: 'futex-rwsem' });

describe.each(exclusive)('%s behind spin_lock and mutex_lock', (id) => {
  test.each(['list', 'irq'])('%s: a program without a fault passes', async (race) => {
    const result = await runDemo(pool, race, { locks: behind(id), limits: rounds(40) });
    expect(result.outcomes.map((o) => o.outcome)).toEqual(['pass']);
  });

  test('two spinlocks taken in opposite orders are found', async () => {
    const result = await runDemo(pool, 'spin-deadlock', { locks: behind(id), limits: untilFound });
    expect(['deadlock', 'lock-inversion']).toContain(result.verdict);
  });
});
