/**
 * What must hold of the slot when everything is quiet: J1 to J11 of pciehp.md 3.2.5 (J3 and J6 are
 * the laboratory's own oracles: kasan, refcounts, wait-for graph). No design is known here; a
 * kernel gives two numbers, the state of a slot that is on and the removals of its policy.
 */
import {
  CARD_INSERTED,
  CARD_PULLED,
  CARD_STAYS,
  CARD_SWAPPED,
  dpc_ghost,
  PCI_DPC_RECOVERED,
  PCI_DPC_RECOVERING,
  PCI_LINK_CHANGED,
  PCI_LINK_CHANGING,
  REMOVALS_MAX,
  SLOT_DISABLED,
} from '../../actors/dpc/structs.ts';
import { LINK_READY, link_port } from '../../actors/hardware/link_regs.ts';
import { PCI_EXP_SLTCTL_PCC } from '../../actors/hardware/pci_regs.ts';
import {
  controller,
  pci_bus,
  pci_channel_io_normal,
  pci_dev,
} from '../../actors/pciehp/structs.ts';
import type { Invariant, Measure, MemoryView } from '../actor/program.ts';
import type { Finding, Verdict } from '../oracles/verdict.ts';

/** Addresses of what is looked at, and the two numbers of the kernel. */
export interface Watched {
  readonly port: number;
  readonly ctrl: number;
  readonly pdev: number;
  readonly bus: number;
  readonly ghost: number;
  readonly functions: number;
  readonly enables: number;
  readonly restingOn: number;
  readonly removals: number;
}

type Check = (memory: MemoryView, at: Watched) => Finding | undefined;

/** pciehp.md 3.2.3: the wait for a link that cannot come, without power control. */
const HOSTAGE_MS = 2100;
const LEFTOVERS = PCI_DPC_RECOVERED | PCI_DPC_RECOVERING | PCI_LINK_CHANGED | PCI_LINK_CHANGING;

const CHECKS: readonly (readonly [string, string, Check])[] = [
  ['settles', 'pciehp.md 3.2.5 J1, J2; livelock: off and on without an end', checkSettles],
  ['slot-comes-back', 'pciehp.md 3.2.5 J1; lost-wakeup: no event is left to bring it up', checkUp],
  ['removal-noticed', 'pciehp.md 3.2.5 J5', checkPulled],
  [
    'link-not-hostage',
    'pciehp.md 3.2.5 J4; hung-task: a poll that recovery could not end',
    checkHeld,
  ],
  ['success-is-true', 'pciehp.md 3.2.5 J8', checkTold],
  ['removed-once', 'pciehp.md 3.2.5 J2', checkRemovals],
  ['reset-undisturbed', 'pciehp.md 3.2.5 J7', checkPower],
  ['port-idle-at-release', 'pciehp.md 3.2.5 J9', checkBusy],
  ['enables-kept', 'pciehp.md 3.2.5 J10', checkEnables],
  ['write-means-done', 'pciehp.md 4 row 11', checkWriter],
  ['nothing-left', 'pciehp.md 3.2.5 J11', checkLeft],
];

export function dpcInvariants(at: Watched): readonly Invariant[] {
  return CHECKS.map(([name, cite, check]) => {
    return { name, cite, when: 'end', check: (memory) => check(memory, at) };
  });
}

export function dpcMeasures(at: Watched): readonly Measure[] {
  const word = (name: string, unit: string, field: number): Measure => {
    return { name, unit, read: (memory) => memory.read(at.ghost + field) };
  };
  return [
    { name: 'outage', unit: 'ms', read: (memory) => outageOf(memory, at) },
    word('contained', 'ms', dpc_ghost.contained_ms),
    word('hotplug gave up after', 'ms', dpc_ghost.gave_up_ms),
    word('other slots stalled', 'ms', dpc_ghost.stalled_ms),
    word('removals', 'times', dpc_ghost.removals),
    { name: 'removals per device', unit: 'times', read: (memory) => perDevice(memory, at) },
    word('decisions during reset', 'times', dpc_ghost.read_in_reset),
    { name: 'slot state', unit: 'number', read: (m) => m.read(at.ctrl + controller.state) },
  ];
}

/** Rounded up: a function removed twice counts as the whole card. */
function perDevice(memory: MemoryView, at: Watched): number {
  return Math.ceil(memory.read(at.ghost + dpc_ghost.removals) / at.functions);
}

/** From the error until the driver could work again; until now if it cannot. */
function outageOf(memory: MemoryView, at: Watched): number {
  const until = usable(memory, at) ? memory.read(at.ghost + dpc_ghost.usable_at) : memory.nowMs;
  return until - memory.read(at.ghost + dpc_ghost.fault_at);
}

function finding(verdict: Verdict, message: string, addr: number): Finding {
  // The engine writes the invariant's name here.
  return { verdict, oracle: '', message, addr };
}

/** The functions that the bus lists; a list without an end is cut off. */
function devicesOf(memory: MemoryView, { bus, functions }: Watched): readonly number[] {
  const devs: number[] = [];
  const head = bus + pci_bus.devices.at;
  let entry = memory.read(head);
  while (entry !== head && devs.length <= functions) {
    devs.push(entry - pci_dev.bus_list.at);
    entry = memory.read(entry);
  }
  return devs;
}

/** The first of them, 0 if none. */
function deviceOf(memory: MemoryView, at: Watched): number {
  return devicesOf(memory, at)[0] ?? 0;
}

function usable(memory: MemoryView, at: Watched): boolean {
  const devs = devicesOf(memory, at);
  return devs.length === at.functions && devs.every((dev) => isUsable(memory, at, dev));
}

function isUsable(memory: MemoryView, at: Watched, dev: number): boolean {
  return (
    memory.read(at.port + link_port.ltssm) === LINK_READY &&
    memory.read(dev + pci_dev.id) === memory.read(at.port + link_port.card) &&
    memory.read(dev + pci_dev.driver) === 1 &&
    memory.read(dev + pci_dev.error_state) === pci_channel_io_normal
  );
}

function checkUp(memory: MemoryView, at: Watched): Finding | undefined {
  const { port, ctrl } = at;
  if (memory.read(port + link_port.card) === 0) return undefined;
  if (memory.read(at.ghost + dpc_ghost.moved) === SLOT_DISABLED) return undefined;
  const state = memory.read(ctrl + controller.state);
  const addr = ctrl + controller.state;
  if (usable(memory, at)) {
    if (state === at.restingOn) return undefined;
    return finding('assertion', `the device works, but the slot's state is ${state}`, addr);
  }
  const power = (memory.read(port + link_port.sltctl) & PCI_EXP_SLTCTL_PCC) === 0 ? 'on' : 'off';
  const link = memory.read(port + link_port.ltssm) === LINK_READY ? 'up' : 'down';
  const device = deviceOf(memory, at) === 0 ? 'no device' : 'a device that does not work';
  const message =
    `card present, yet power is ${power}, the link ${link}, the bus has ${device}, and no event ` +
    'is pending';
  return finding('lost-wakeup', message, addr);
}

function checkPulled(memory: MemoryView, at: Watched): Finding | undefined {
  const moved = memory.read(at.ghost + dpc_ghost.moved);
  const dev = deviceOf(memory, at);
  if (dev === 0) return undefined;
  if (moved === CARD_SWAPPED) return checkMade(memory, at, dev);
  if (moved !== CARD_PULLED && moved !== SLOT_DISABLED) return undefined;
  const what = moved === CARD_PULLED ? 'the card was pulled' : 'the slot was turned off';
  return finding('lost-wakeup', `${what}, its device stays on the bus`, dev);
}

/** Of a card of the same model, the ids do not tell. */
function checkMade(memory: MemoryView, at: Watched, dev: number): Finding | undefined {
  const made = memory.read(at.ghost + dpc_ghost.scanned);
  if (made === memory.read(at.port + link_port.serial)) return undefined;
  return finding('lost-wakeup', 'the card was swapped, the old device stays on the bus', dev);
}

function checkHeld(memory: MemoryView, at: Watched): Finding | undefined {
  const addr = at.ghost + dpc_ghost.gave_up_ms;
  const took = memory.read(addr);
  if (took < HOSTAGE_MS) return undefined;
  const message = `hotplug held the link for ${took} ms and gave the slot up, its card is there`;
  return finding('hung-task', message, addr);
}

function checkTold(memory: MemoryView, at: Watched): Finding | undefined {
  const addr = at.ghost + dpc_ghost.removed_after_ok;
  if (memory.read(at.ghost + dpc_ghost.moved) !== CARD_STAYS) return undefined;
  if (memory.read(addr) === 0) return undefined;
  return finding('assertion', 'removed after its recovery was reported successful', addr);
}

function checkRemovals(memory: MemoryView, at: Watched): Finding | undefined {
  const moved = memory.read(at.ghost + dpc_ghost.moved);
  if (moved !== CARD_STAYS && moved !== CARD_INSERTED) return undefined;
  const addr = at.ghost + dpc_ghost.removals;
  const removals = memory.read(addr);
  const policy = at.removals * at.functions;
  if (removals <= policy) return undefined;
  const message = `removed ${removals} times, ${policy} by the policy, no card was pulled`;
  return finding('assertion', message, addr);
}

function checkSettles(memory: MemoryView, at: Watched): Finding | undefined {
  const addr = at.ghost + dpc_ghost.removals;
  const removals = memory.read(addr);
  if (removals < REMOVALS_MAX * at.functions) return undefined;
  return finding('livelock', `removed ${removals} times, and it goes on`, addr);
}

function checkPower(memory: MemoryView, at: Watched): Finding | undefined {
  const addr = at.ghost + dpc_ghost.power_in_reset;
  if (memory.read(addr) === 0) return undefined;
  return finding('assertion', 'slot power was switched while recovery reset the link', addr);
}

function checkWriter(memory: MemoryView, at: Watched): Finding | undefined {
  const addr = at.ghost + dpc_ghost.returned_early;
  if (memory.read(addr) === 0) return undefined;
  return finding('assertion', 'the power file was written, the slot was not off yet', addr);
}

function checkBusy(memory: MemoryView, at: Watched): Finding | undefined {
  const addr = at.ghost + dpc_ghost.busy_cleared;
  if (memory.read(addr) === 0) return undefined;
  return finding('assertion', 'DPC TRIGGER was cleared while the root port was busy', addr);
}

function checkEnables(memory: MemoryView, at: Watched): Finding | undefined {
  const addr = at.port + link_port.sltctl;
  const now = memory.read(addr) & ~PCI_EXP_SLTCTL_PCC;
  if (now === at.enables) return undefined;
  const message = `enables are 0x${now.toString(16)}, were 0x${at.enables.toString(16)}`;
  return finding('assertion', message, addr);
}

function checkLeft(memory: MemoryView, at: Watched): Finding | undefined {
  const pending = memory.read(at.ctrl + controller.pending_events);
  if (pending !== 0) {
    return finding('assertion', 'pending_events is not empty', at.ctrl + controller.pending_events);
  }
  // A port without hotplug has nobody who would take them.
  if (at.enables === 0) return undefined;
  const addr = at.pdev + pci_dev.priv_flags;
  const flags = memory.read(addr) & LEFTOVERS;
  if (flags === 0) return undefined;
  const message = `priv_flags keep 0x${flags.toString(16)}: the next change may be swallowed`;
  return finding('assertion', message, addr);
}
