/** The lock zoo under the controlled scheduler: to be imported before any of its procedures. */
import type { ExploreResult } from '../../src/explore/explore.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import type { System } from '../../src/scenarios/system.ts';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { buildMachine } from '../../src/topology/machine.ts';

installLowering('explored');
const { explore } = await import('../../src/explore/explore.ts');
const { system } = await import('../../src/scenarios/locks.ts');
export const { ZOO } = await import('../../src/sync/zoo.ts');
export const { BROKEN } = await import('../../src/sync/broken/index.ts');
export const { locks } = system;
const machine = buildMachine(defaultTopology, 'powernv');

/** Every interleaving of every atomic access, within a bound on preemptions. */
export function explored(race: string, design: string, bound: number): ExploreResult {
  return exploredOf(system, race, design, bound);
}

export function exploredOf(
  from: Pick<System, 'build'>,
  race: string,
  design: string,
  bound: number,
): ExploreResult {
  const request = { race, design, machine, machineName: 'default', quarantine: 0 };
  return explore(from.build(request), {
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
