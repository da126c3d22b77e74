import { afterAll, describe, expect, test } from 'vitest';
import { stressContest } from '../../src/scenarios/lock_contests.ts';
import { StressPool } from '../../src/stress/pool.ts';
import type { StressLowering } from '../../src/stress/protocol.ts';
import { type StressResult, stress } from '../../src/stress/stress.ts';
import { BROKEN } from '../../src/sync/broken/index.ts';
import { ZOO } from '../../src/sync/zoo.ts';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { buildMachine } from '../../src/topology/machine.ts';

const pool = new StressPool();
afterAll(() => pool.close());

const systemModule = new URL('../../src/scenarios/locks.ts', import.meta.url).href;
const machine = buildMachine(defaultTopology, 'powernv');

async function contend(
  lowering: StressLowering,
  race: string,
  design: string,
  rounds: number,
): Promise<StressResult> {
  const request = { race, design, machine, machineName: 'default', quarantine: 0 };
  return await stress({
    program: { systemModule, request },
    lowering,
    limits: { rounds, millis: 10_000, roundMillis: 5_000, failures: 0 },
    perturbation: { rate: 0.05, sleepShare: 0.1 },
    seed: 1,
    locks: { spinlock: 'ttas', mutex: 'futex', rwsem: 'futex-rwsem' },
    expected: ['pass'],
    inspect: false,
    traceEvents: 64,
    pool,
    signal: undefined,
  });
}

describe.each(['native', 'sanitized'] as const)('%s', (lowering) => {
  test.each(ZOO)('$id: nobody is inside together, everybody gets in', async ({ id }) => {
    const result = await contend(lowering, id, '3x20', 150);
    expect(result.outcomes.map((o) => o.outcome)).toEqual(['pass']);
  });
});

// Each twin loses in a good share of its rounds: measured over 5 %, so 0.95^300 < 1e-6 for none.
test.each(BROKEN)('broken twin $id is refused on threads', async (twin) => {
  const { id, broken = [], threadsToRefuse } = twin;
  const result = await contend('sanitized', id, stressContest(threadsToRefuse), 300);
  expect(result.verdict).not.toBe('pass');
  expect(broken).toEqual(
    expect.arrayContaining([result.outcomes.find((o) => o.outcome !== 'pass')?.verdict]),
  );
});
