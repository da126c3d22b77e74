// Which part of a machine a race takes place in: races ask for shapes ("a PE with 2 endpoints"),
// and the smallest part of that shape is the one whose interleavings are explored.

import { nowhere, TopologyError } from './error.ts';
import { hasText, needText } from './host-words.ts';
import type { Machine } from './machine.ts';
import { type DeviceRange, MachineView } from './machine-view.ts';

/**
 * What a race needs. Everything asked for must be found below one PHB, and that on `phbs` of them.
 */
export interface Need {
  /**
   * Functions, endpoints where there are enough; 1, or 0 where slots or child bridges are asked
   * for.
   */
  readonly devices?: number;
  /** All of them in one PE. */
  readonly samePe?: boolean;
  /** All of them on buses of their own. */
  readonly differentBuses?: boolean;
  /**
   * The first of them is an endpoint, and below its PHB PE is the PE of a bridge above it (PHB PE,
   * bridge PE, its PE).
   */
  readonly bridgeAboveEndpoint?: boolean;
  /** A slot that is hot-plug capable, with `devices` below it; on pseries any DR connector. */
  readonly hotplugSlot?: boolean;
  /**
   * With hotplugSlot: nothing sits in it, and `devices` are elsewhere below the PHB; false:
   * something does.
   */
  readonly emptySlot?: boolean;
  /** One bus with so many bridges on it. */
  readonly childBridges?: number;
  /** PHBs, each with all of the above. */
  readonly phbs?: number;
}

/** Indexes into the machine's arrays, each list ascending. */
export interface Host {
  readonly phbs: readonly number[];
  readonly buses: readonly number[];
  /** Those asked for, and all from the root buses down to the devices and slots. */
  readonly bridges: readonly number[];
  /** Those asked for. */
  readonly devices: readonly number[];
  /** The PHB PEs, and those of bridges and devices with all PEs above them. */
  readonly pes: readonly number[];
  readonly slots: readonly number[];
}

/**
 * `missing` and `has` are noun phrases: "a PE with 2 endpoints", "3 PHBs, 2 bridges, ...".
 */
export type HostResult =
  | { readonly found: true; readonly host: Host }
  | { readonly found: false; readonly missing: string; readonly has: string };

/**
 * The part that meets the need with the fewest functions, bridges included; of equal ones the first
 * by address.
 */
export function findHost(machine: Machine, need: Need): HostResult {
  const view = new MachineView(machine);
  const slots = slotsByPhb(view, need);
  const parts: Part[] = [];
  machine.phbs.forEach((_, phb) => {
    const part = partOfPhb(view, need, phb, slots.get(phb) ?? []);
    if (part !== null) parts.push(part);
  });
  const wanted = need.phbs ?? 1;
  const chosen = parts.toSorted((a, b) => a.functions.size - b.functions.size).slice(0, wanted);
  if (chosen.length < wanted) {
    return { found: false, missing: needText(need), has: hasText(view) };
  }
  return { found: true, host: hostOf(view, chosen) };
}

/** The error for a failed search: "race T2 needs a PE with 2 endpoints; FILE has 3 PHBs ...". */
export function misfit(
  race: string,
  machineName: string,
  lacking: { readonly missing: string; readonly has: string },
): TopologyError {
  const message = `race ${race} needs ${lacking.missing}; ${machineName} has ${lacking.has}`;
  return new TopologyError(message, nowhere);
}

interface Part {
  readonly phb: number;
  readonly devices: readonly number[];
  readonly slot: number | null;
  /** The devices, the bridges asked for, and all bridges above them and the slot. */
  readonly functions: ReadonlySet<number>;
}

function partOfPhb(view: MachineView, need: Need, phb: number, slots: number[]): Part | null {
  const siblings = siblingBridges(view, need, phb);
  if (siblings === null) return null;
  let best: Part | null = null;
  const consider = (devices: readonly number[], slot: number | null): void => {
    const functions = withWay(view, [...siblings, ...devices], slot);
    if (best === null || functions.size < best.functions.size)
      best = { phb, devices, slot, functions };
  };
  const asked = need.hotplugSlot === true || need.childBridges !== undefined;
  const count = need.devices ?? (asked ? 0 : 1);
  for (const { slot, range } of places(view, need, phb, slots)) {
    if (count === 0) consider([], slot);
    else for (const devices of deviceSets(view, need, count, range)) consider(devices, slot);
  }
  return best;
}

/** Where the devices may be: below the PHB, or below each slot. */
function places(
  view: MachineView,
  need: Need,
  phb: number,
  slots: readonly number[],
): { slot: number | null; range: readonly number[] }[] {
  const everywhere = view.ofPhb(phb);
  if (need.hotplugSlot !== true) return [{ slot: null, range: listed(everywhere) }];
  if (need.emptySlot === true) {
    // The slot and the devices have only the PHB in common, so the nearest slot is good enough for
    // all of them.
    const sizes = slots.map((slot) => ({ slot, size: withWay(view, [], slot).size }));
    const nearest = sizes.reduce((a, b) => (b.size < a.size ? b : a), {
      slot: -1,
      size: Number.POSITIVE_INFINITY,
    });
    return nearest.slot < 0 ? [] : [{ slot: nearest.slot, range: listed(everywhere) }];
  }
  return slots.map((slot) => {
    const { bridge = null, pe = null } = view.machine.slots[slot] ?? {};
    const connected = pe === null ? [] : (view.machine.pes[pe]?.devices ?? []);
    const isConnector = view.machine.platform === 'pseries' || bridge === null;
    return { slot, range: isConnector ? connected : listed(view.belowBridge(bridge)) };
  });
}

function listed({ from, to }: DeviceRange): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
}

function slotsByPhb(view: MachineView, need: Need): Map<number, number[]> {
  const byPhb = new Map<number, number[]>();
  if (need.hotplugSlot !== true) return byPhb;
  view.machine.slots.forEach((slot, at) => {
    const capable = view.machine.platform === 'pseries' || slot.capabilities?.hotplug === true;
    const empty = slot.pe === null;
    if (!capable || (need.emptySlot ?? empty) !== empty) return;
    const onRoot = slot.pe === null ? -1 : (view.machine.pes[slot.pe]?.phb ?? -1);
    const phb = slot.bridge === null ? onRoot : view.phbOf(slot.bridge);
    const there = byPhb.get(phb);
    if (there === undefined) byPhb.set(phb, [at]);
    else there.push(at);
  });
  return byPhb;
}

/** The first bus with enough bridges that is nearest to the PHB; null when there is none. */
function siblingBridges(view: MachineView, need: Need, phb: number): readonly number[] | null {
  const wanted = need.childBridges ?? 0;
  if (wanted === 0) return [];
  const bridges = listed(view.ofPhb(phb)).filter((at) => view.isBridge(at));
  const byBus = Map.groupBy(bridges, (at) => view.machine.pciDevs[at]?.bus ?? -1);
  const enough = [...byBus.values()].filter((set) => set.length >= wanted);
  const depth = (set: readonly number[]): number => view.bridgesAbove(set[0] ?? -1).length;
  const nearest = enough.toSorted((a, b) => depth(a) - depth(b))[0];
  return nearest?.slice(0, wanted) ?? null;
}

/** Sets of `count` functions that stand together or apart as the need wants them. */
function deviceSets(
  view: MachineView,
  need: Need,
  count: number,
  range: readonly number[],
): readonly (readonly number[])[] {
  if (need.samePe === true) {
    const byPe = Map.groupBy(range, (at) => view.peOf[at] ?? -1);
    return [...byPe.values()].flatMap((group) => sets(view, need, count, group).slice(0, 1));
  }
  return sets(view, need, count, range);
}

/** Endpoints that are neighbours by address: neighbours share most of their way. */
function sets(
  view: MachineView,
  need: Need,
  count: number,
  range: readonly number[],
): readonly (readonly number[])[] {
  const endpoints = range.filter((at) => !view.isBridge(at));
  const pool = need.differentBuses === true ? onePerBus(view, endpoints) : endpoints;
  const found: number[][] = [];
  for (let at = 0; at + count <= pool.length; at += 1) {
    const first = pool[at] ?? -1;
    if (need.bridgeAboveEndpoint !== true || view.pesAbove(first).length >= 3) {
      found.push(pool.slice(at, at + count));
    }
  }
  return found;
}

function onePerBus(view: MachineView, endpoints: readonly number[]): number[] {
  const byBus = Map.groupBy(endpoints, (at) => view.machine.pciDevs[at]?.bus ?? -1);
  return [...byBus.values()].flatMap((group) => group.slice(0, 1));
}

function withWay(
  view: MachineView,
  functions: readonly number[],
  slot: number | null,
): Set<number> {
  const all = new Set<number>();
  const add = (device: number): void => {
    all.add(device);
    for (const bridge of view.bridgesAbove(device)) all.add(bridge);
  };
  functions.forEach(add);
  const slotBridge = slot === null ? null : (view.machine.slots[slot]?.bridge ?? null);
  if (slotBridge !== null) add(slotBridge);
  return all;
}

function hostOf(view: MachineView, parts: readonly Part[]): Host {
  const { machine } = view;
  const phbs = parts.map((part) => part.phb);
  const functions = parts.flatMap((part) => [...part.functions]);
  const devices = parts.flatMap((part) => part.devices);
  const asked = new Set(devices);
  const slots = parts.flatMap((part) => (part.slot === null ? [] : [part.slot]));
  const roots = phbs.map((phb) => machine.phbs[phb]?.rootBus ?? -1);
  const onBuses = functions.map((at) => machine.pciDevs[at]?.bus ?? -1);
  const behindSlots = slots.map((slot) => {
    const bridge = machine.slots[slot]?.bridge ?? -1;
    return machine.pciDevs[bridge]?.subordinateBus ?? -1;
  });
  const pes = functions.flatMap((at) => view.pesAbove(at));
  return {
    phbs: ascending(phbs),
    buses: ascending([...roots, ...onBuses, ...behindSlots]),
    bridges: ascending(functions.filter((at) => !asked.has(at))),
    devices: ascending(devices),
    pes: ascending([...phbs.map((phb) => view.phbPe(phb)), ...pes]),
    slots: ascending(slots),
  };
}

/** Without doubles, and without the -1 that stands for none. */
function ascending(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].filter((number) => number >= 0).sort((a, b) => a - b);
}
