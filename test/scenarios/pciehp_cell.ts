/** One cell of pciehp-command in explored form. Import it before anything that loads the system. */

import type { Program } from '../../src/actor/program.ts';
import type { ExploreOptions, ExploreResult } from '../../src/explore/explore.ts';
import type { Replay } from '../../src/explore/replay.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { buildMachine, type Machine } from '../../src/topology/machine.ts';

installLowering('explored');
export const { system } = await import('../../src/scenarios/pciehp_command.ts');
const { explore } = await import('../../src/explore/explore.ts');
const { Engine } = await import('../../src/explore/engine.ts');
const { replay } = await import('../../src/explore/replay.ts');
const { viewOf } = await import('../../src/explore/quiescence.ts');

const STEPS_MAX = 20_000;
const options: Omit<ExploreOptions, 'strategy' | 'bound' | 'seed'> = {
  beyondMs: 0,
  depth: 3,
  limits: { executions: 1_000_000, steps: STEPS_MAX, millis: 40_000 },
  reduce: true,
  subtree: undefined,
  minimiseTries: 500,
  // Nothing here depends on time: the limit is of executions.
  now: () => 0,
  stopped: () => false,
  progress: () => undefined,
};

export const defaultMachine: Machine = buildMachine(defaultTopology, 'powernv');

export function programOf(
  race: string,
  design: string,
  machine: Machine = defaultMachine,
  machineName = 'default',
): Program {
  return system.build({ race, design, machine, machineName, quarantine: 8 });
}

/** Every interleaving within a preemption bound. */
export function searched(race: string, design: string, bound: number): ExploreResult {
  return searchedProgram(programOf(race, design), bound);
}

export function searchedProgram(program: Program, bound: number): ExploreResult {
  return explore(program, { ...options, strategy: 'dfs', bound, seed: 0 });
}

/** At most so many random executions. */
export function sampled(
  race: string,
  design: string,
  seed: number,
  executions: number,
): ExploreResult {
  const limits = { ...options.limits, executions };
  const program = programOf(race, design);
  return explore(program, { ...options, limits, strategy: 'random', bound: 0, seed });
}

/** The execution in which nobody is preempted. */
export function undisturbed(program: Program): Replay {
  return replay(new Engine(program), { actors: [], choices: [] }, STEPS_MAX);
}

/** The memory in which the worst found execution of a cell ended, and the invariants it breaks. */
export function brokenInvariants(
  race: string,
  design: string,
  poke: (words: Int32Array, program: Program) => void = () => undefined,
): readonly string[] {
  const program = programOf(race, design);
  const decisions = searched(race, design, 1).counterexample?.decisions;
  const engine = new Engine(program);
  replay(engine, decisions ?? { actors: [], choices: [] }, STEPS_MAX);
  poke(engine.W, program);
  const view = viewOf(engine);
  return program.invariants.flatMap(({ name, check }) => {
    const found = check(view);
    return found === undefined ? [] : [`${name}: ${found.verdict}`];
  });
}
