/** One cell of pci-history in explored form. Import it before anything that loads the system. */
import type { Program } from '../../src/actor/program.ts';
import type { ExploreOptions, ExploreResult } from '../../src/explore/explore.ts';
import { nameOfAddress } from '../../src/memory/image.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { buildMachine } from '../../src/topology/machine.ts';

installLowering('explored');
export const { system } = await import('../../src/scenarios/pci_history.ts');
const { explore } = await import('../../src/explore/explore.ts');
const { Engine } = await import('../../src/explore/engine.ts');
const { replay } = await import('../../src/explore/replay.ts');
const { viewOf } = await import('../../src/explore/quiescence.ts');

const STEPS_MAX = 2000;
const options: ExploreOptions = {
  strategy: 'dfs',
  bound: Number.POSITIVE_INFINITY,
  beyondMs: 0,
  depth: 3,
  seed: 0,
  limits: { executions: 500_000, steps: STEPS_MAX, millis: 60_000 },
  reduce: true,
  subtree: undefined,
  minimiseTries: 100,
  // Nothing here depends on time: the limit is of executions.
  now: () => 0,
  stopped: () => false,
  progress: () => undefined,
};

const machine = buildMachine(defaultTopology, 'powernv');

function programOf(race: string, design: string): Program {
  return system.build({ race, design, machine, machineName: 'default', quarantine: 8 });
}

/** Every interleaving. */
export function searched(race: string, design: string): ExploreResult {
  return explore(programOf(race, design), options);
}

/** The invariants that do not hold of the undisturbed run's end once a word was changed. */
export function brokenBy(race: string, word: string): readonly string[] {
  const program = programOf(race, 'after');
  const engine = new Engine(program);
  replay(engine, { actors: [], choices: [] }, STEPS_MAX);
  const { layout } = program;
  const addr = [...layout.objectOf.keys()].find((at) => nameOfAddress(layout, at) === word);
  if (addr === undefined) throw new Error(`no word ${word}`);
  engine.W[addr] = 0x7777;
  const view = viewOf(engine);
  return program.invariants.flatMap(({ name, check }) => (check(view) === undefined ? [] : [name]));
}
