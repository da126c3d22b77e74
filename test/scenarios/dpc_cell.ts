/** One cell of dpc-hotplug in explored form. Import it before anything that loads the system. */

import type { Program } from '../../src/actor/program.ts';
import type { ExploreOptions, ExploreResult } from '../../src/explore/explore.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { buildMachine, type Machine } from '../../src/topology/machine.ts';

installLowering('explored');
export const { system } = await import('../../src/scenarios/dpc_hotplug.ts');
const { explore } = await import('../../src/explore/explore.ts');
const { Engine } = await import('../../src/explore/engine.ts');
const { replay } = await import('../../src/explore/replay.ts');
const { viewOf } = await import('../../src/explore/quiescence.ts');

const STEPS_MAX = 20_000;
const options: Omit<ExploreOptions, 'bound'> = {
  strategy: 'dfs',
  seed: 0,
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

export const machine = buildMachine(defaultTopology, 'powernv');

/** On the default machine, or on the one given (as if by a file). */
export function programOf(race: string, design: string, given?: Machine): Program {
  const on = { machine: given ?? machine, machineName: given === undefined ? 'default' : 'a file' };
  return system.build({ race, design, ...on, quarantine: 8 });
}

/** Every interleaving within a preemption bound. */
export function searched(
  race: string,
  design: string,
  bound: number,
  given?: Machine,
): ExploreResult {
  return explore(programOf(race, design, given), { ...options, bound });
}

/** What is measured when nobody is preempted. */
export function measured(race: string, design: string): Readonly<Record<string, number>> {
  const program = programOf(race, design);
  const view = viewOf(ended(program));
  return Object.fromEntries(program.measures.map(({ name, read }) => [name, read(view)]));
}

/** The invariants that do not hold of the undisturbed run's end once `poke` has been there. */
export function brokenBy(
  race: string,
  design: string,
  poke: (words: Int32Array, program: Program) => void,
): readonly string[] {
  const program = programOf(race, design);
  const engine = ended(program);
  poke(engine.W, program);
  const view = viewOf(engine);
  return program.invariants.flatMap(({ name, check }) => {
    return check(view) === undefined ? [] : [name];
  });
}

function ended(program: Program): InstanceType<typeof Engine> {
  const engine = new Engine(program);
  replay(engine, { actors: [], choices: [] }, STEPS_MAX);
  return engine;
}
