/** One cell of eeh-pe in explored form. Import it before anything that loads the system. */
import type { Program } from '../../src/actor/program.ts';
import type { ExploreOptions, ExploreResult } from '../../src/explore/explore.ts';
import type { Replay } from '../../src/explore/replay.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { buildMachine } from '../../src/topology/machine.ts';

installLowering('explored');
export const { system } = await import('../../src/scenarios/eeh_pe.ts');
const { explore } = await import('../../src/explore/explore.ts');
const { Engine } = await import('../../src/explore/engine.ts');
const { replay } = await import('../../src/explore/replay.ts');
const { viewOf } = await import('../../src/explore/quiescence.ts');

const STEPS_MAX = 5000;
const options: Omit<ExploreOptions, 'bound'> = {
  strategy: 'dfs',
  beyondMs: 0,
  depth: 3,
  seed: 0,
  limits: { executions: 1_000_000, steps: STEPS_MAX, millis: 60_000 },
  reduce: true,
  subtree: undefined,
  minimiseTries: 300,
  // Nothing here depends on time: the limit is of executions.
  now: () => 0,
  stopped: () => false,
  progress: () => undefined,
};

export function programOf(race: string, design: string): Program {
  const machine = buildMachine(defaultTopology, system.platformDefault(race));
  return system.build({ race, design, machine, machineName: 'default', quarantine: 8 });
}

/** Every interleaving within a preemption bound. */
export function searched(race: string, design: string, bound: number): ExploreResult {
  return explore(programOf(race, design), { ...options, bound });
}

/** The execution in which nobody is preempted. */
export function undisturbed(race: string, design: string): Replay {
  return replay(new Engine(programOf(race, design)), { actors: [], choices: [] }, STEPS_MAX);
}

type Change = (words: Int32Array, at: (name: string) => number) => void;

/** The end of the undisturbed execution, after some words were changed. */
function changedEnd(race: string, design: string, change: Change) {
  const program = programOf(race, design);
  const engine = new Engine(program);
  replay(engine, { actors: [], choices: [] }, STEPS_MAX);
  const at = (name: string): number => {
    const object = program.layout.objects.find((o) => o.name === name);
    if (object === undefined) throw new Error(`no object ${name}`);
    return object.base;
  };
  change(engine.W, at);
  return { program, view: viewOf(engine) };
}

/** Invariants that fail there. */
export function brokenInvariants(race: string, design: string, change: Change): readonly string[] {
  const { program, view } = changedEnd(race, design, change);
  return program.invariants.filter(({ check }) => check(view)).map(({ name }) => name);
}

/** What a measure reads there. */
export function measured(name: string, race: string, design: string, change?: Change): number {
  const { program, view } = changedEnd(race, design, change ?? (() => undefined));
  const measure = program.measures.find((one) => one.name === name);
  if (measure === undefined) throw new Error(`no measure ${name}`);
  return measure.read(view);
}
