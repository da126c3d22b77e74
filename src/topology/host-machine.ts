// A machine cut down to the part a race takes place in, so that a model has nothing in it that
// cannot matter.

import type { Host } from './host.ts';
import type { Machine } from './machine.ts';

/**
 * The machine with only the host's PHBs, buses, bridges, devices, PEs and slots, references
 * renumbered. Order, PE addresses and bus numbers stay. A PE keeps its kind although some of its
 * functions may be gone; a slot whose functions the host does not hold is an empty one (pe null).
 */
export function hostMachine(machine: Machine, host: Host): Machine {
  const phbs = renumbered(host.phbs);
  const buses = renumbered(host.buses);
  const devices = renumbered([...host.bridges, ...host.devices].sort((a, b) => a - b));
  const pes = renumbered(host.pes);
  const slots = renumbered(host.slots);
  return {
    platform: machine.platform,
    phbs: picked(machine.phbs, phbs).map((phb) => ({ ...phb, rootBus: kept(buses, phb.rootBus) })),
    buses: picked(machine.buses, buses).map((bus) => ({
      ...bus,
      phb: kept(phbs, bus.phb),
      parentBridge: keptOrNull(devices, bus.parentBridge),
    })),
    pciDevs: picked(machine.pciDevs, devices).map((device) => ({
      ...device,
      bus: kept(buses, device.bus),
      subordinateBus: keptOrNull(buses, device.subordinateBus),
    })),
    pes: picked(machine.pes, pes).map((pe) => ({
      ...pe,
      phb: kept(phbs, pe.phb),
      parent: keptOrNull(pes, pe.parent),
      devices: pe.devices.flatMap((device) => devices.get(device) ?? []),
    })),
    slots: picked(machine.slots, slots).map((slot) => ({
      ...slot,
      bridge: keptOrNull(devices, slot.bridge),
      pe: keptOrNull(pes, slot.pe),
    })),
  };
}

/** Old index -> new index. */
type Renumbering = ReadonlyMap<number, number>;

function renumbered(ascending: readonly number[]): Renumbering {
  return new Map([...new Set(ascending)].map((old, at) => [old, at]));
}

function picked<T>(list: readonly T[], numbers: Renumbering): T[] {
  return [...numbers.keys()].flatMap((old) => list[old] ?? []);
}

/** -1 never stands in a machine of `hostMachine`: a host holds all that its members refer to. */
function kept(numbers: Renumbering, old: number): number {
  return numbers.get(old) ?? -1;
}

function keptOrNull(numbers: Renumbering, old: number | null): number | null {
  return old === null ? null : (numbers.get(old) ?? null);
}
