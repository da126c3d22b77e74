// The machine the models run on: PHBs, buses, functions, PEs and slots with numbers for references,
// ready to be written into a memory image. Names follow the kernel's objects: pci_controller,
// pci_bus, pci_dev, eeh_pe, pci_slot.

import { buildPes } from './pes.ts';
import type { Device, SlotCapabilities, Topology } from './topology.ts';
import { busText } from './topology.ts';

export type Platform = 'powernv' | 'pseries';

/** All references are indexes into the arrays of the same machine. */
export interface Machine {
  readonly platform: Platform;
  /** One per root bus: host bridges that share a PCI domain are PHBs of their own. */
  readonly phbs: readonly Phb[];
  /** Parents before children. */
  readonly buses: readonly MachineBus[];
  /** In the order of the buses, by address on each; bridges before what is below them. */
  readonly pciDevs: readonly PciDev[];
  /** Parents before children; the first of each PHB is its PHB PE. */
  readonly pes: readonly Pe[];
  readonly slots: readonly Slot[];
}

export interface Phb {
  readonly domain: number;
  /** Index into buses. */
  readonly rootBus: number;
}

export interface MachineBus {
  readonly domain: number;
  /** 0 to 255. */
  readonly number: number;
  readonly phb: number;
  /** Index into pciDevs; null for a root bus. Several buses may name one bridge (SR-IOV). */
  readonly parentBridge: number | null;
}

export interface PciDev {
  /** `dddd:bb:dd.f`. */
  readonly address: string;
  readonly bus: number;
  /** device << 3 | function. */
  readonly devfn: number;
  readonly isBridge: boolean;
  /** Index into buses: the bridge's secondary bus; null for endpoints and unconfigured bridges. */
  readonly subordinateBus: number | null;
  readonly headerType: number;
  /** PCI Express device/port type (PCIe r5.0 §7.5.3.2); null where the input shows none. */
  readonly portType: number | null;
  readonly name: string;
  /** Has MSI or MSI-X. */
  readonly msi: boolean;
}

/**
 * DEVICE and BUS as the kernel types its PEs: DEVICE with one function, BUS with more (eeh.md
 * §1.3.3 tree_insert).
 */
export type PeKind = 'PHB' | 'BUS' | 'DEVICE';

export interface Pe {
  /** Unique per PHB, 0 for the PHB PE. */
  readonly addr: number;
  readonly phb: number;
  /** Index into pes; null for a PHB PE. */
  readonly parent: number | null;
  readonly kind: PeKind;
  /** Indexes into pciDevs, ascending. Every function is in exactly one PE. */
  readonly devices: readonly number[];
}

export interface Slot {
  /** powernv: Physical Slot Number. pseries: counted from 1, as one DR connector each. */
  readonly number: number;
  /** Index into pciDevs: the bridge above the slot; null for a slot on a root bus (pseries). */
  readonly bridge: number | null;
  /** Null where no slot registers stand behind it (pseries). */
  readonly capabilities: SlotCapabilities | null;
  /** Index into pes: what sits in the slot; null when the slot is empty. */
  readonly pe: number | null;
}

/**
 * The machine a topology describes. Functions whose address was met before are left out. powernv:
 * one PE per bus, so all functions of a card share it and a bridge is in the PE of the bus it sits
 * on; everything below a PCIe-to-PCI bridge shares one PE. pseries: a PE for each device number on
 * a root bus, and for each one below a bridge on a root bus, with all its functions and everything
 * further below.
 */
export function buildMachine(topology: Topology, platform: Platform): Machine {
  const frame = buildFrame(topology);
  const { pes, slots } = buildPes(frame, platform);
  const { phbs, buses, pciDevs } = frame;
  return { platform, phbs, buses, pciDevs, pes, slots };
}

/** The part that is the same on every platform, with what building PEs needs. */
export interface MachineFrame {
  readonly phbs: readonly Phb[];
  readonly buses: readonly MachineBus[];
  readonly pciDevs: readonly PciDev[];
  /** What pciDevs[i] was in the topology. */
  readonly sources: readonly Device[];
  /** pciDevs on buses[i], ascending. */
  readonly onBus: readonly (readonly number[])[];
  /** Buses below pciDevs[i], secondary bus first; absent for endpoints. */
  readonly below: ReadonlyMap<number, readonly number[]>;
}

interface GrowingFrame {
  readonly phbs: Phb[];
  readonly buses: MachineBus[];
  readonly pciDevs: PciDev[];
  readonly sources: Device[];
  readonly onBus: number[][];
  readonly below: Map<number, number[]>;
}

interface Index {
  readonly devices: ReadonlyMap<string, readonly Device[]>;
  /** Bridge address -> its buses, secondary first. */
  readonly buses: ReadonlyMap<string, readonly number[]>;
}

function buildFrame(topology: Topology): MachineFrame {
  const index = indexed(topology);
  const frame: GrowingFrame = {
    phbs: [],
    buses: [],
    pciDevs: [],
    sources: [],
    onBus: [],
    below: new Map(),
  };
  for (const { number: domain, rootBuses } of topology.domains) {
    for (const rootBus of rootBuses) {
      frame.phbs.push({ domain, rootBus: frame.buses.length });
      addBus(frame, index, domain, rootBus, null);
    }
  }
  return frame;
}

/**
 * Recursion ends after at most 256 steps: following parents ends, and a domain has no more buses.
 */
function addBus(
  frame: GrowingFrame,
  index: Index,
  domain: number,
  number: number,
  parentBridge: number | null,
): number {
  const bus = frame.buses.length;
  frame.buses.push({ domain, number, phb: frame.phbs.length - 1, parentBridge });
  const here: number[] = [];
  frame.onBus.push(here);
  const devices = index.devices.get(busText(domain, number)) ?? [];
  for (const source of devices) {
    here.push(frame.pciDevs.length);
    frame.pciDevs.push(pciDev(source, bus));
    frame.sources.push(source);
  }
  devices.forEach((source, at) => {
    const dev = here[at];
    if (dev !== undefined && source.bridge !== null) addBelow(frame, index, dev, source);
  });
  return bus;
}

function addBelow(frame: GrowingFrame, index: Index, dev: number, source: Device): void {
  const numbers = index.buses.get(source.address) ?? [];
  const below = numbers.map((number) => addBus(frame, index, source.domain, number, dev));
  frame.below.set(dev, below);
  const pciDevice = frame.pciDevs[dev];
  const first = below[0];
  if (pciDevice !== undefined && first !== undefined && numbers[0] === source.bridge?.secondary) {
    frame.pciDevs[dev] = { ...pciDevice, subordinateBus: first };
  }
}

function pciDev(source: Device, bus: number): PciDev {
  return {
    address: source.address,
    bus,
    devfn: (source.device << 3) | source.fn,
    isBridge: source.bridge !== null,
    subordinateBus: null,
    headerType: source.headerType ?? (source.bridge === null ? 0 : 1),
    portType: source.pcie?.portType ?? null,
    name: source.name,
    msi: source.msi !== null || source.msix !== null,
  };
}

function indexed(topology: Topology): Index {
  const devices = new Map<string, Device[]>();
  let before = '';
  for (const device of topology.devices) {
    // Sorted by address: a second function with the same one follows the first.
    if (device.address === before) continue;
    before = device.address;
    append(devices, busText(device.domain, device.bus), device);
  }
  const buses = new Map<string, number[]>();
  for (const bus of topology.buses) {
    // Ascending, and no bus below a bridge is lower than its secondary bus, so that one comes
    // first.
    if (bus.parent !== null) append(buses, bus.parent, bus.number);
  }
  return { devices, buses };
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
