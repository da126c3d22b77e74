/** Where on a machine a race of eeh-pe takes place: numbers and names for the board. */
import { findHost, misfit, type Need } from '../topology/host.ts';
import type { Machine, PciDev, Pe } from '../topology/machine.ts';

/** One function as the board is to show it. */
export interface Place {
  readonly domain: number;
  /** Number of the bus it is on. */
  readonly bus: number;
  readonly address: string;
  readonly devfn: number;
  readonly peNumber: number;
  /** The bridge directly above it; undefined on a root bus. */
  readonly bridge: Place | undefined;
  /** Number of the hotplug slot it sits in, 1 where the machine shows none. */
  readonly slot: number;
}

const NEEDS: Readonly<Record<string, Need>> = {
  T2: { devices: 2, samePe: true },
  T3: { devices: 1, bridgeAboveEndpoint: true },
  T8: { devices: 1, bridgeAboveEndpoint: true },
  T9a: { devices: 1, bridgeAboveEndpoint: true },
  T10: { devices: 1, bridgeAboveEndpoint: true, phbs: 2 },
  T11a: { devices: 2, samePe: true },
  T22: { devices: 1, phbs: 2 },
  N2: { devices: 1, phbs: 2 },
  N2h: { devices: 1, phbs: 2 },
  N3: { devices: 1, phbs: 3 },
  T11b: { devices: 2, samePe: true },
  T11c: { devices: 1, phbs: 2 },
  T11f: { devices: 1, bridgeAboveEndpoint: true },
  T11d: { devices: 2, samePe: true },
};

/**
 * The functions that a race is about, in the order of their addresses.
 * @throws TopologyError when the machine has no such part (says what it needs).
 */
export function placesFor(
  race: string,
  machine: Machine,
  machineName: string,
  need: Need | undefined = NEEDS[race],
): readonly Place[] {
  if (need === undefined) {
    const alone = functionAlone(machine);
    if (alone !== undefined) return [placeOf(machine, alone)];
  }
  const result = findHost(machine, need ?? { devices: 1 });
  if (!result.found) throw misfit(race, machineName, result);
  return result.host.devices.map((index) => placeOf(machine, index));
}

/** An endpoint that is the only function of its PE. */
function functionAlone(machine: Machine): number | undefined {
  const isEndpoint = (index: number): boolean => machine.pciDevs[index]?.isBridge === false;
  const pe = machine.pes.find((p) => p.devices.length === 1 && p.devices.every(isEndpoint));
  return pe?.devices[0];
}

function placeOf(machine: Machine, index: number): Place {
  const dev = at(machine.pciDevs, index);
  const bus = at(machine.buses, dev.bus);
  const pe = peOf(machine, index);
  const slot = machine.slots.find((s) => s.pe !== null && machine.pes[s.pe] === pe);
  const above = bus.parentBridge;
  return {
    domain: bus.domain,
    bus: bus.number,
    address: dev.address,
    devfn: dev.devfn,
    peNumber: pe.addr,
    bridge: above === null ? undefined : placeOf(machine, above),
    slot: slot?.number ?? 1,
  };
}

function peOf(machine: Machine, index: number): Pe {
  const pe = machine.pes.find((p) => p.devices.includes(index));
  if (pe === undefined) throw new Error(`[hotrace bug] function ${index} is in no PE`);
  return pe;
}

function at<T extends PciDev | Machine['buses'][number]>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`[hotrace bug] nothing at index ${index}`);
  return item;
}
