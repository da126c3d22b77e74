/** The functions of a machine that vmap-alias plays with: the one that goes, the one that comes. */
import { findHost, misfit, type Need } from '../topology/host.ts';
import type { Machine } from '../topology/machine.ts';

export interface VmapPlaces {
  readonly d1Name: string;
  readonly d2Name: string;
  readonly slot: number;
}

/**
 * D2 comes into D1's place, and so has its address, or is a neighbour.
 * @throws TopologyError when the machine has too few endpoints.
 */
export function vmapPlaces(
  race: string,
  machine: Machine,
  machineName: string,
  neighbour: boolean,
): VmapPlaces {
  const need: Need = { devices: neighbour ? 2 : 1 };
  // A card rather than something on a root bus, which may be soldered on.
  const cards = findHost(machine, { ...need, bridgeAboveEndpoint: true });
  const result = cards.found ? cards : findHost(machine, need);
  if (!result.found) throw misfit(race, machineName, result);
  const [first, second] = result.host.devices;
  const nameOf = (index: number | undefined): string =>
    machine.pciDevs[index ?? -1]?.address ?? 'unknown';
  const pe = machine.pes.findIndex((p) => p.devices.includes(first ?? -1));
  const slot = machine.slots.find((s) => s.pe === pe);
  return {
    d1Name: nameOf(first),
    d2Name: neighbour ? nameOf(second) : `${nameOf(first)} too, plugged later`,
    slot: slot?.number ?? 1,
  };
}
