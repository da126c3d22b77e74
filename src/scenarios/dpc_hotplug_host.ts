/** Which port of a machine a race of dpc-hotplug takes place at. */
import { nowhere, TopologyError } from '../topology/error.ts';
import type { Machine, PciDev } from '../topology/machine.ts';
import { busText } from '../topology/topology.ts';
import type { BuildRequest } from './system.ts';

/** A port, and what is behind it. */
export interface PortPlace {
  readonly address: string;
  /** `dddd:bb` of its secondary bus. */
  readonly bus: string;
  /** Addresses of the functions on that bus; the first one is in the slot. */
  readonly functions: readonly string[];
}

/** What a race needs, in words. */
export const NEEDS = {
  slot: 'a hot-plug slot with a card in it',
  nested: 'a hot-plug slot whose card has a hot-plug slot of its own',
  slots: 'two hot-plug slots with a card in each',
  below: 'a PCI Express port above a hot-plug slot with a card in it',
  port: 'a PCI Express port with a card behind it',
} as const;

export type Shape = keyof typeof NEEDS;

/** Device/port types with a link below them (PCIe r5.0, sec 7.5.3.2): root and downstream port. */
const DOWNWARD: ReadonlySet<number | null> = new Set([4, 6]);
/** The model's card has at most as many as one device number has (PCIe r5.0, sec 7.5.1.1). */
const FUNCTIONS_MAX = 8;

/** A dock, as in row 13: its own port is in the slot of the machine's. */
const DOCK: readonly PortPlace[] = [
  { address: '0000:00:1c.0', bus: '0000:05', functions: ['0000:05:00.0'] },
  { address: '0000:05:00.0', bus: '0000:06', functions: ['0000:06:00.0'] },
];

/**
 * The port of the race, and for `nested`, `below` and `slots` the second one. Of several the one
 * with the fewest functions is taken; without a topology, `nested` is on a dock.
 * @throws TopologyError when the machine has no such port (says what the race needs).
 */
export function placesFor(request: BuildRequest, shape: Shape): readonly PortPlace[] {
  if (shape === 'nested' && request.machineName === 'default') return DOCK;
  const places = FINDERS[shape](request.machine);
  if (places !== undefined) return places;
  throw new TopologyError(
    `race ${request.race} needs ${NEEDS[shape]}; ${request.machineName} has ` +
      hasText(request.machine),
    nowhere,
  );
}

function hasText(machine: Machine): string {
  const capable = slotBridges(machine);
  const taken = capable.filter((dev) => portOf(machine, dev, isEndpoint) !== undefined);
  const ports = machine.pciDevs.filter(({ portType }) => DOWNWARD.has(portType));
  return (
    `${ports.length} ports, ${capable.length} of them with a hot-plug slot, ` +
    `${taken.length} of these with an endpoint in it`
  );
}

type Finder = (machine: Machine) => readonly PortPlace[] | undefined;

const FINDERS: Readonly<Record<Shape, Finder>> = {
  slot: (machine) => smallest(machine, slotBridges(machine))?.slice(0, 1),
  slots: (machine) => {
    const found = smallest(machine, slotBridges(machine));
    return found === undefined || found.length < 2 ? undefined : found.slice(0, 2);
  },
  port: (machine) => {
    const ports = machine.pciDevs.filter(({ portType }) => DOWNWARD.has(portType));
    return smallest(machine, ports)?.slice(0, 1);
  },
  below: (machine) => {
    for (const slot of slotBridges(machine)) {
      const second = portOf(machine, slot, isEndpoint);
      const above = machine.pciDevs.find((dev) => {
        return DOWNWARD.has(dev.portType) && isBelow(machine, slot, dev);
      });
      const first = above && portOf(machine, above, ({ isBridge }) => isBridge);
      if (first !== undefined && second !== undefined) return [first, second];
    }
    return;
  },
  nested: (machine) => {
    const slots = slotBridges(machine);
    for (const outer of slots) {
      const inner = slots.filter((dev) => isBelow(machine, dev, outer));
      const second = smallest(machine, inner)?.[0];
      const first = portOf(machine, outer, ({ isBridge }) => isBridge);
      if (first !== undefined && second !== undefined) return [first, second];
    }
    return;
  },
};

/** Ports with a hot-plug capable slot. pseries has connectors instead: none of them is one. */
function slotBridges(machine: Machine): readonly PciDev[] {
  return machine.slots.flatMap(({ bridge, capabilities }) => {
    const dev = bridge === null ? undefined : machine.pciDevs[bridge];
    return dev !== undefined && capabilities?.hotplug === true ? [dev] : [];
  });
}

/** Those with endpoints behind them, the fewest functions first; undefined without any. */
function smallest(machine: Machine, ports: readonly PciDev[]): readonly PortPlace[] | undefined {
  const found = ports.flatMap((dev) => portOf(machine, dev, isEndpoint) ?? []);
  if (found.length === 0) return;
  return found.toSorted((a, b) => a.functions.length - b.functions.length);
}

function isEndpoint({ isBridge }: PciDev): boolean {
  return !isBridge;
}

function portOf(
  machine: Machine,
  dev: PciDev,
  wanted: (dev: PciDev) => boolean,
): PortPlace | undefined {
  const behind = dev.subordinateBus;
  const bus = behind === null ? undefined : machine.buses[behind];
  if (bus === undefined) return;
  const functions = machine.pciDevs.filter((below) => below.bus === behind && wanted(below));
  if (functions.length === 0) return;
  return {
    address: dev.address,
    bus: busText(bus.domain, bus.number),
    functions: functions.slice(0, FUNCTIONS_MAX).map(({ address }) => address),
  };
}

/** Whether `outer` is a bridge somewhere above `dev`. */
function isBelow(machine: Machine, dev: PciDev, outer: PciDev): boolean {
  let above = machine.buses[dev.bus]?.parentBridge ?? null;
  while (above !== null) {
    const bridge = machine.pciDevs[above];
    if (bridge === undefined) return false;
    if (bridge === outer) return true;
    above = machine.buses[bridge.bus]?.parentBridge ?? null;
  }
  return false;
}
