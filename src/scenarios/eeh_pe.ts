/** eeh-pe */
import type { Kernel } from '../../actors/eeh/kernel.ts';
import type { Program } from '../actor/program.ts';
import { Board } from './eeh_pe_board.ts';
import { designProcedures, designs, platforms } from './eeh_pe_designs.ts';
import { placesFor } from './eeh_pe_host.ts';
import { eehInvariants, eehMeasures } from './eeh_pe_invariants.ts';
import { INVARIANTS, races } from './eeh_pe_races.ts';
import { SCRIPTS } from './eeh_pe_scripts.ts';
import type { BuildRequest, System } from './system.ts';

/** Races whose facts are those of a guest (eeh.md 2.3 T10, 1.3.5 P1); the others are bare metal's. */
const PSERIES = new Set(['T1', 'T10']);

function build(request: BuildRequest): Program {
  const script = SCRIPTS[request.race];
  if (script === undefined) throw new Error(`[hotrace bug] no eeh-pe race ${request.race}`);
  const { machine, machineName, race } = request;
  const places = placesFor(race, machine, machineName);
  const board = new Board(machine.platform, script.sizes, request.quarantine);
  const k: Kernel = Object.freeze({
    ...board.globals,
    ...platforms[machine.platform],
    ...designProcedures(request.design),
  });
  const players = script.stage(board, k, places);
  const { layout, image } = board.builder.build();
  return {
    target: `eeh-pe/${race}`,
    design: request.design,
    layout,
    image,
    actors: players.map((player, cpu) => ({ ...player, cpu })),
    invariants: eehInvariants(INVARIANTS[race] ?? [], board.globals),
    measures: eehMeasures(board.globals),
    watched: [],
    timers: { kind: 'exact' },
    clockStartMs: 1000,
    clockOffsetUs: 0,
    panicOnWarn: true,
    checkLeaks: true,
  };
}

export const system: System = {
  id: 'eeh-pe',
  title: 'EEH PE tree against PCI hotplug (powerpc)',
  platformDefault: (race) => (PSERIES.has(race) ? 'pseries' : 'powernv'),
  races,
  designs,
  build,
};
