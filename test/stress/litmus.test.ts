import { afterAll, expect, test } from 'vitest';
import { litmusTable } from '../../src/stress/grade.ts';
import { StressPool } from '../../src/stress/pool.ts';
import { stress } from '../../src/stress/stress.ts';

const pool = new StressPool();
afterAll(() => pool.close());

const systemModule = new URL('./programs/litmus_system.ts', import.meta.url).href;
const fine = { '0,1': 'acceptable', '1,0': 'acceptable', '1,1': 'acceptable' } as const;

// The weak outcome of plain accesses depends on the machine: it may be seen, never must it be.
test.each([
  ['plain', { ...fine, '0,0': 'interesting' }],
  ['fenced', fine],
  ['marked', fine],
] as const)('store buffering, %s: no outcome is forbidden', async (how, grades) => {
  const result = await stress({
    program: { systemModule, request: { how } },
    lowering: 'native',
    limits: { rounds: 300, millis: 1_000, roundMillis: 10_000, failures: 0 },
    perturbation: { rate: 0.05, sleepShare: 0.1 },
    seed: 1,
    locks: { spinlock: 'ttas', mutex: 'futex', rwsem: 'futex-rwsem' },
    expected: ['pass'],
    inspect: false,
    traceEvents: 64,
    pool,
    signal: undefined,
  });
  const table = litmusTable(result.measures, grades);
  expect(result.verdict).toBe('pass');
  expect(table.filter((row) => row.grade === 'forbidden' && row.count > 0)).toEqual([]);
  expect(table.find((row) => row.outcome === '0,0')?.grade).toBe(
    how === 'plain' ? 'interesting' : 'forbidden',
  );
});
