import { describe, expect, test } from 'vitest';
import type { ExploreResult } from '../../src/explore/explore.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { buildMachine } from '../../src/topology/machine.ts';

installLowering('explored');
const { explore } = await import('../../src/explore/explore.ts');
const { system } = await import('../../src/scenarios/locks.ts');
const { ZOO } = await import('../../src/sync/zoo.ts');
const { BROKEN } = await import('../../src/sync/broken/index.ts');
const machine = buildMachine(defaultTopology, 'powernv');

/** Every interleaving of every atomic access, within a bound on preemptions. */
function explored(race: string, design: string, bound: number): ExploreResult {
  const request = { race, design, machine, machineName: 'default', quarantine: 0 };
  return explore(system.build(request), {
    strategy: 'dfs',
    bound,
    beyondMs: 0,
    depth: 0,
    seed: 0,
    limits: { executions: 1e9, steps: 10_000, millis: 60_000 },
    reduce: true,
    subtree: undefined,
    minimiseTries: 200,
    now: () => performance.now(),
    stopped: () => false,
    progress: () => undefined,
  });
}

const NO_BOUND = Number.POSITIVE_INFINITY;
const locks = ZOO.map(({ id }) => id);

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

test.each(BROKEN)('broken twin $id is refused', ({ id, broken }) => {
  const found = explored(id, '3x1', 2);
  expect(broken).toContain(found.verdict);
  expect(found.counterexample).toBeDefined();
});
