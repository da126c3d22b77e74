// From functions in any order to a machine: sorted, bus numbers guessed where the input shows none,
// and a parent bridge for every bus that can be reached.

import { inferBusNumbers } from './infer.ts';
import type { Bus, Device, Domain, Topology, TopologyKind } from './topology.ts';
import { busText, notesMax } from './topology.ts';

/**
 * Builds the topology; `notes` are those of the reading, to which those of the assembly are added.
 */
export function assemble(
  kind: TopologyKind,
  found: readonly Device[],
  notes: readonly string[],
): Topology {
  const all = new Notes(notes);
  const sorted = found.toSorted(byAddress);
  noteDuplicates(sorted, all);
  const devices: Device[] = [];
  const domains: Domain[] = [];
  const buses: Bus[] = [];
  for (let from = 0; from < sorted.length; ) {
    const number = sorted[from]?.domain ?? 0;
    let to = from;
    while (sorted[to]?.domain === number) to += 1;
    const members = inferBusNumbers(sorted.slice(from, to));
    const own = domainBuses(number, members, all);
    for (const member of members) devices.push(member);
    for (const bus of own) buses.push(bus);
    const roots = own.filter((bus) => bus.parent === null);
    domains.push({ number, rootBuses: roots.map((bus) => bus.number) });
    from = to;
  }
  return { kind, domains, buses, devices, notes: all.list };
}

class Notes {
  readonly list: string[];

  constructor(notes: readonly string[]) {
    this.list = notes.slice(0, notesMax);
  }

  add(note: string): void {
    if (this.list.length < notesMax && !this.list.includes(note)) this.list.push(note);
  }
}

function byAddress(a: Device, b: Device): number {
  return a.domain - b.domain || a.bus - b.bus || a.device - b.device || a.fn - b.fn;
}

function noteDuplicates(sorted: readonly Device[], notes: Notes): void {
  sorted.forEach(({ address }, at) => {
    const isSecond = sorted[at - 1]?.address === address && sorted[at - 2]?.address !== address;
    if (isSecond) notes.add(`${address} is there more than once`);
  });
}

/** The buses of one domain, ascending, each with the bridge that leads to it. */
function domainBuses(domain: number, members: readonly Device[], notes: Notes): Bus[] {
  const exists = new Array<boolean>(256).fill(false);
  const parents = new Array<Device | null>(256).fill(null);
  const bridges: Device[] = [];
  for (const member of members) {
    exists[member.bus] = true;
    if (member.bridge !== null && leadsSomewhere(member, notes)) bridges.push(member);
  }
  claimBuses(bridges, exists, parents, notes);
  cutLoops(domain, exists, parents, notes);
  const buses: Bus[] = [];
  for (let number = 0; number < 256; number += 1) {
    if (exists[number] !== true) continue;
    buses.push({ domain, number, parent: parents[number]?.address ?? null });
  }
  return buses;
}

function leadsSomewhere(device: Device, notes: Notes): boolean {
  const { secondary, subordinate } = device.bridge ?? { secondary: 0, subordinate: 0 };
  // Secondary 0 is the reset value: nobody configured this bridge (PCI-to-PCI bridge r1.2
  // §3.2.5.3).
  if (secondary === 0) return false;
  if (subordinate < secondary) notes.add(`${device.address}: subordinate bus below secondary bus`);
  return true;
}

/**
 * Every bus in a bridge's range is below the bridge with the narrowest such range (SR-IOV puts
 * functions on buses that no bridge has as its secondary), except that a bridge's own secondary bus
 * is always below it.
 */
function claimBuses(
  bridges: readonly Device[],
  exists: boolean[],
  parents: (Device | null)[],
  notes: Notes,
): void {
  const widestFirst = bridges.toSorted((a, b) => width(b) - width(a));
  for (const device of widestFirst) {
    const { secondary, subordinate } = device.bridge ?? { secondary: 1, subordinate: 0 };
    for (let number = secondary; number <= subordinate; number += 1) {
      if (number !== device.bus) parents[number] = device;
    }
  }
  const claimed = new Set<number>();
  for (const device of bridges) {
    const secondary = device.bridge?.secondary ?? 0;
    exists[secondary] = true;
    if (claimed.has(secondary)) {
      notes.add(`bus ${busText(device.domain, secondary)} is the secondary bus of several bridges`);
    }
    claimed.add(secondary);
    if (secondary !== device.bus) parents[secondary] = device;
    else notes.add(`${device.address} leads to the bus it sits on`);
  }
}

function width(device: Device): number {
  return (device.bridge?.subordinate ?? 0) - (device.bridge?.secondary ?? 0);
}

/**
 * Makes one bus of every circle of bridges a root bus: the first that the walk from the lowest bus
 * comes back to.
 */
function cutLoops(
  domain: number,
  exists: readonly boolean[],
  parents: (Device | null)[],
  notes: Notes,
): void {
  const walkOf = new Array<number>(256).fill(-1);
  for (let start = 0; start < 256; start += 1) {
    if (exists[start] !== true) continue;
    let bus = start;
    while (walkOf[bus] === -1) {
      walkOf[bus] = start;
      const parent = parents[bus];
      if (parent === null || parent === undefined) break;
      if (walkOf[parent.bus] === start) {
        parents[parent.bus] = null;
        notes.add(`bus ${busText(domain, parent.bus)} is below itself and taken for a root bus`);
        break;
      }
      bus = parent.bus;
    }
  }
}
