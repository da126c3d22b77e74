// Partitionable endpoints and slots of a machine, by the rules of the two platforms.

import type { MachineFrame, Pe, Platform, Slot } from './machine.ts';

/** PEs parents first, and slots in the order of their bridges. */
export function buildPes(
  frame: MachineFrame,
  platform: Platform,
): { pes: readonly Pe[]; slots: readonly Slot[] } {
  const builder = new PeBuilder(frame);
  frame.phbs.forEach((phb, index) => {
    builder.openPhb(index);
    if (platform === 'powernv') builder.busPe(phb.rootBus, builder.phbPe);
    else builder.slotPes(phb.rootBus, builder.phbPe, 0);
  });
  const slots = platform === 'powernv' ? registerSlots(frame, builder.peOf) : builder.connectors;
  return { pes: builder.pes(), slots };
}

interface GrowingPe {
  readonly addr: number;
  readonly phb: number;
  readonly parent: number | null;
  readonly devices: number[];
}

/**
 * PCI Express to PCI/PCI-X bridge: what is below cannot be told apart by requester id (PCIe r5.0
 * §7.5.3.2).
 */
const pcieToPci = 7;

class PeBuilder {
  readonly peOf: (number | null)[];
  readonly connectors: Slot[] = [];
  phbPe = 0;
  private readonly growing: GrowingPe[] = [];
  private readonly frame: MachineFrame;
  private phb = 0;
  private nextAddr = 0;

  constructor(frame: MachineFrame) {
    this.frame = frame;
    this.peOf = new Array<number | null>(frame.pciDevs.length).fill(null);
  }

  openPhb(phb: number): void {
    this.phb = phb;
    this.nextAddr = 0;
    this.phbPe = this.open(null);
  }

  /** powernv: a PE for the functions of this bus, if any, and the same below. */
  busPe(bus: number, parent: number): void {
    const devices = this.frame.onBus[bus] ?? [];
    // A bus nobody sits on has no PE: PEs come and go with their functions.
    if (devices.length === 0) return;
    const pe = this.open(parent);
    for (const device of devices) {
      this.join(pe, device);
      for (const below of this.frame.below.get(device) ?? []) {
        if (this.frame.pciDevs[device]?.portType === pcieToPci) this.allBelow(below, pe);
        else this.busPe(below, pe);
      }
    }
  }

  /**
   * pseries: level 0 is a root bus, level 1 the buses below its bridges; deeper buses belong to a
   * slot of level 1.
   */
  slotPes(bus: number, parent: number, level: number): void {
    const groups = Map.groupBy(this.frame.onBus[bus] ?? [], (dev) => this.deviceNumber(dev));
    for (const group of groups.values()) {
      const pe = this.open(parent);
      for (const device of group) this.join(pe, device);
      const below = group.flatMap((device) => this.frame.below.get(device) ?? []);
      for (const child of below) {
        if (level === 0) this.slotPes(child, pe, 1);
        else this.joinAll(child, pe);
      }
      if (level === 1 || below.length === 0) this.addConnector(bus, pe);
    }
  }

  pes(): readonly Pe[] {
    return this.growing.map(({ addr, phb, parent, devices }) => ({
      addr,
      phb,
      parent,
      kind: parent === null ? 'PHB' : devices.length === 1 ? 'DEVICE' : 'BUS',
      devices: devices.toSorted((a, b) => a - b),
    }));
  }

  /** One PE of its own for everything below a PCIe-to-PCI bridge, hung below the bridge's PE. */
  private allBelow(bus: number, bridgePe: number): void {
    if ((this.frame.onBus[bus] ?? []).length === 0) return;
    this.joinAll(bus, this.open(bridgePe));
  }

  private joinAll(bus: number, pe: number): void {
    for (const device of this.frame.onBus[bus] ?? []) {
      this.join(pe, device);
      for (const below of this.frame.below.get(device) ?? []) this.joinAll(below, pe);
    }
  }

  private open(parent: number | null): number {
    this.growing.push({ addr: this.nextAddr, phb: this.phb, parent, devices: [] });
    this.nextAddr += 1;
    return this.growing.length - 1;
  }

  private join(pe: number, device: number): void {
    this.growing[pe]?.devices.push(device);
    this.peOf[device] = pe;
  }

  private deviceNumber(device: number): number {
    return (this.frame.pciDevs[device]?.devfn ?? 0) >> 3;
  }

  private addConnector(bus: number, pe: number): void {
    const bridge = this.frame.buses[bus]?.parentBridge ?? null;
    const source = bridge === null ? undefined : this.frame.sources[bridge];
    const capabilities = source?.pcie?.slot ?? null;
    this.connectors.push({ number: this.connectors.length + 1, bridge, capabilities, pe });
  }
}

/** powernv: a slot is a port with Slot Implemented. */
function registerSlots(frame: MachineFrame, peOf: readonly (number | null)[]): Slot[] {
  const slots: Slot[] = [];
  frame.sources.forEach((source, bridge) => {
    const capabilities = source.pcie?.slot ?? null;
    if (capabilities === null || source.bridge === null) return;
    const bus = frame.below.get(bridge)?.[0];
    const first = bus === undefined ? undefined : frame.onBus[bus]?.[0];
    const pe = first === undefined ? null : (peOf[first] ?? null);
    slots.push({ number: capabilities.number, bridge, capabilities, pe });
  });
  return slots;
}
