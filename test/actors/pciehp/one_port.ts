/** A port with its controller in a memory of their own, as the system lays them out. */
import type { Pciehp } from '../../../actors/pciehp/design.ts';
import { system } from '../../../src/scenarios/pciehp_command.ts';
import { defaultTopology } from '../../../src/topology/default-topology.ts';
import { buildMachine } from '../../../src/topology/machine.ts';
import { SingleActor } from './single_actor.ts';

export interface OnePort {
  readonly actor: SingleActor;
  readonly ctrl: number;
  readonly d: Pciehp;
}

export function onePort(race: string, design: string): OnePort {
  const program = system.build({
    race,
    design,
    machine: buildMachine(defaultTopology, 'powernv'),
    machineName: 'default',
    quarantine: 0,
  });
  const [ctrl, d] = program.actors[0]?.args ?? [];
  if (typeof ctrl !== 'number' || typeof d !== 'object') throw new Error('no controller');
  // The record that the system hands to its own procedures.
  const record = d as unknown as Pciehp;
  return { actor: new SingleActor(program.layout, program.image, 311), ctrl, d: record };
}
