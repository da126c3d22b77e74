// Questions about a machine that its arrays answer only indirectly. Made once per search, so that
// each question costs no more than the way from a function up to its root bus.

import type { Machine } from './machine.ts';

/** A range of pciDevs: from `from` up to, not including, `to`. */
export interface DeviceRange {
  readonly from: number;
  readonly to: number;
}

export class MachineView {
  readonly machine: Machine;
  /** Index of the PE of each function; -1 for none. */
  readonly peOf: readonly number[];
  private readonly phbPes: readonly number[];
  private readonly firstOnBus: readonly number[];
  /**
   * Index of the first bus behind everything below bus i: buses stand parents first, subtree by
   * subtree.
   */
  private readonly endOfBus: readonly number[];

  constructor(machine: Machine) {
    this.machine = machine;
    this.peOf = peOfDevices(machine);
    this.phbPes = machine.pes.flatMap((pe, at) => (pe.parent === null ? [at] : []));
    this.firstOnBus = firstDevices(machine);
    this.endOfBus = subtreeEnds(machine);
  }

  /** All functions below a PHB. */
  ofPhb(phb: number): DeviceRange {
    return this.belowBus(this.machine.phbs[phb]?.rootBus ?? 0);
  }

  phbPe(phb: number): number {
    return this.phbPes[phb] ?? -1;
  }

  /** All functions below a bridge, without itself; empty for a function that leads nowhere. */
  belowBridge(bridge: number): DeviceRange {
    const bus = this.machine.pciDevs[bridge]?.subordinateBus ?? null;
    return bus === null ? { from: 0, to: 0 } : this.belowBus(bus);
  }

  /** The bridges above a function, nearest first. */
  bridgesAbove(device: number): number[] {
    const above: number[] = [];
    let bridge = this.bridgeOver(device);
    while (bridge !== null) {
      above.push(bridge);
      bridge = this.bridgeOver(bridge);
    }
    return above;
  }

  /** The function's PE and all above it up to the PHB PE. */
  pesAbove(device: number): number[] {
    const above: number[] = [];
    let pe: number | null = this.peOf[device] ?? -1;
    while (pe !== null && pe >= 0) {
      above.push(pe);
      pe = this.machine.pes[pe]?.parent ?? null;
    }
    return above;
  }

  phbOf(device: number): number {
    const bus = this.machine.pciDevs[device]?.bus ?? -1;
    return this.machine.buses[bus]?.phb ?? -1;
  }

  isBridge(device: number): boolean {
    return this.machine.pciDevs[device]?.isBridge ?? false;
  }

  private bridgeOver(device: number): number | null {
    const bus = this.machine.pciDevs[device]?.bus ?? -1;
    return this.machine.buses[bus]?.parentBridge ?? null;
  }

  private belowBus(bus: number): DeviceRange {
    const all = this.machine.pciDevs.length;
    const end = this.endOfBus[bus] ?? 0;
    return { from: this.firstOnBus[bus] ?? all, to: this.firstOnBus[end] ?? all };
  }
}

function peOfDevices(machine: Machine): number[] {
  const peOf = new Array<number>(machine.pciDevs.length).fill(-1);
  machine.pes.forEach((pe, at) => {
    for (const device of pe.devices) peOf[device] = at;
  });
  return peOf;
}

/** Where each bus's functions begin; for a bus without any, where the next bus's do. */
function firstDevices(machine: Machine): number[] {
  const first = new Array<number>(machine.buses.length).fill(machine.pciDevs.length);
  for (let device = machine.pciDevs.length - 1; device >= 0; device -= 1) {
    const bus = machine.pciDevs[device]?.bus;
    if (bus !== undefined) first[bus] = device;
  }
  for (let bus = first.length - 2; bus >= 0; bus -= 1) {
    first[bus] = Math.min(first[bus] ?? 0, first[bus + 1] ?? 0);
  }
  return first;
}

function subtreeEnds(machine: Machine): number[] {
  const ends = machine.buses.map((_, bus) => bus + 1);
  for (let bus = machine.buses.length - 1; bus >= 0; bus -= 1) {
    const bridge = machine.buses[bus]?.parentBridge ?? null;
    const parent = bridge === null ? undefined : machine.pciDevs[bridge]?.bus;
    if (parent !== undefined) ends[parent] = Math.max(ends[parent] ?? 0, ends[bus] ?? 0);
  }
  return ends;
}
