/**
 * What must hold of EEH's memory when everything has come to rest (eeh.md 2.5). They look at memory
 * only: no design, no race, no actor. Objects that were freed are KASAN's business (#1, #2, #4).
 */
import { pci_driver } from '../../actors/driver/structs.ts';
import {
  EEH_DEV_IRQ_DISABLED,
  EEH_PE_CFG_BLOCKED,
  EEH_PE_INVALID,
  EEH_PE_ISOLATED,
  EEH_PE_KEEP,
  EEH_PE_ORPHAN,
  EEH_PE_PHB,
  EEH_PE_RECOVERING,
  EEH_PE_REMOVED,
  EEH_PE_RESET,
} from '../../actors/eeh/flags.ts';
import type { Globals } from '../../actors/eeh/kernel.ts';
import { eeh_dev, eeh_event, eeh_ledger, eeh_pe } from '../../actors/eeh/structs.ts';
import { pci_function, pe_regs } from '../../actors/hardware/phb_regs.ts';
import { pci_channel_io_normal, pci_dev, pci_dn } from '../../actors/pci/structs.ts';
import type { Invariant, MemoryView } from '../actor/program.ts';
import { irq_desc, list_head } from '../memory/kernel_structs.ts';
import type { Finding } from '../oracles/verdict.ts';
import { lostUntold, protocolBreach } from './eeh_pe_protocol.ts';

/** Entries that a list walk follows before it is taken for a loop. */
const WALK_MAX = 256;

type Breach = { readonly text: string; readonly addr: number } | null;
type Check = (memory: MemoryView, globals: Globals) => Breach;

function atEnd(name: string, cite: string, globals: Globals, check: Check): Invariant {
  return {
    name,
    cite,
    when: 'end',
    check: (memory): Finding | undefined => {
      const breach = check(memory, globals);
      if (breach === null) return;
      const { text: message, addr } = breach;
      return { verdict: 'assertion', oracle: name, message, addr };
    },
  };
}

/** The entries of a list, without its head. */
export function entries(memory: MemoryView, head: number): number[] {
  const found: number[] = [];
  let entry = memory.read(head + list_head.next);
  while (entry !== head && found.length < WALK_MAX) {
    found.push(entry);
    if (!memory.isLive(entry)) break;
    entry = memory.read(entry + list_head.next);
  }
  return found;
}

export function edevsOf(memory: MemoryView, pe: number): number[] {
  return entries(memory, pe + eeh_pe.edevs.at).map((entry) => entry - eeh_dev.entry.at);
}

export function isPhbPe(memory: MemoryView, pe: number): boolean {
  return (memory.read(pe + eeh_pe.type) & EEH_PE_PHB) !== 0;
}

/** A PE with an event in the queue is waited for by eehd. */
function queued(memory: MemoryView): Set<number> {
  const events = memory.live(eeh_event.typeid);
  return new Set(events.map((event) => memory.read(event + eeh_event.pe)));
}

/** #3: C in P.child_list <=> C.parent = P. */
const childLinks: Check = (memory) => {
  for (const pe of memory.live(eeh_pe.typeid)) {
    const children = entries(memory, pe + eeh_pe.child_list.at);
    for (const entry of children) {
      const child = entry - eeh_pe.child.at;
      if (memory.isLive(child) && memory.read(child + eeh_pe.parent) === pe) continue;
      const text = `${memory.name(child)} is a child of ${memory.name(pe)} and does not say so`;
      return { text, addr: child };
    }
    const parent = memory.read(pe + eeh_pe.parent);
    if (isPhbPe(memory, pe) || parent === 0) continue;
    const known =
      memory.isLive(parent) &&
      entries(memory, parent + eeh_pe.child_list.at).includes(pe + eeh_pe.child.at);
    if (known) continue;
    const text = `${memory.name(pe)} names ${memory.name(parent)} its parent and is not its child`;
    return { text, addr: pe };
  }
  return null;
};

/** #3: e in P.edevs <=> e.pe = P; e.pdev = D <=> D.edev = e. */
const deviceLinks: Check = (memory) => {
  for (const edev of memory.live(eeh_dev.typeid)) {
    const pe = memory.read(edev + eeh_dev.pe);
    if (pe !== 0 && !(memory.isLive(pe) && edevsOf(memory, pe).includes(edev))) {
      return { text: `${memory.name(edev)} is not in the PE that it names`, addr: edev };
    }
    const pdev = memory.read(edev + eeh_dev.pdev);
    if (pdev !== 0 && !(memory.isLive(pdev) && memory.read(pdev + pci_dev.edev) === edev)) {
      return { text: `${memory.name(edev)} names a pci_dev that does not know it`, addr: edev };
    }
  }
  for (const pe of memory.live(eeh_pe.typeid)) {
    const stranger = edevsOf(memory, pe).find((e) => memory.read(e + eeh_dev.pe) !== pe);
    if (stranger === undefined) continue;
    const text = `${memory.name(stranger)} is in ${memory.name(pe)} and does not say so`;
    return { text, addr: stranger };
  }
  for (const dev of memory.live(pci_dev.typeid)) {
    const edev = memory.read(dev + pci_dev.edev);
    if (edev === 0 || memory.read(edev + eeh_dev.pdev) === dev) continue;
    return { text: `${memory.name(dev)} names an eeh_dev that is bound elsewhere`, addr: dev };
  }
  return null;
};

/** #5: ISOLATED with devices in it, and nobody is going to recover it. */
const lostEvent: Check = (memory) => {
  const waiting = queued(memory);
  for (const pe of memory.live(eeh_pe.typeid)) {
    const state = memory.read(pe + eeh_pe.state);
    const handed = (state & (EEH_PE_REMOVED | EEH_PE_ORPHAN)) !== 0;
    const passed = memory.read(pe + eeh_pe.pass_dev_cnt) !== 0;
    if ((state & EEH_PE_ISOLATED) === 0 || handed || passed || waiting.has(pe)) continue;
    if (edevsOf(memory, pe).length === 0) continue;
    return { text: `${memory.name(pe)} is ISOLATED and no recovery is under way`, addr: pe };
  }
  return null;
};

/** T16, T20: a device whose PE is stopped, long after it was read from, and nobody knows. */
const unreported: Check = (memory) => {
  const waiting = queued(memory);
  for (const dev of memory.live(pci_dev.typeid)) {
    const edev = memory.read(dev + pci_dev.edev);
    if (edev === 0 || waiting.has(memory.read(edev + eeh_dev.pe))) continue;
    const hardware = memory.read(memory.read(dev + pci_dev.pdn) + pci_dn.function);
    if (memory.read(memory.read(hardware + pci_function.pe) + pe_regs.freeze_status) === 0)
      continue;
    return { text: `${memory.name(dev)} has failed and nobody recovers it`, addr: dev };
  }
  return null;
};

/** #6: RECOVERING is a promise that somebody keeps; a PE that was given up is REMOVED as well. */
export function stuckRecovering(memory: MemoryView): number[] {
  const waiting = queued(memory);
  return memory.live(eeh_pe.typeid).filter((pe) => {
    const state = memory.read(pe + eeh_pe.state);
    const alive = (state & (EEH_PE_RECOVERING | EEH_PE_REMOVED)) === EEH_PE_RECOVERING;
    return alive && !waiting.has(pe);
  });
}

const stickyRecovering: Check = (memory) => {
  const pe = stuckRecovering(memory)[0];
  if (pe === undefined) return null;
  const text = `${memory.name(pe)} is RECOVERING and no recovery is queued or running`;
  return { text, addr: pe };
};

/** T9a, T16: PEs that are INVALID or REMOVED, and that nobody will collect. */
export function zombies(memory: MemoryView): number[] {
  const waiting = queued(memory);
  return memory.live(eeh_pe.typeid).filter((pe) => {
    const invalid = (memory.read(pe + eeh_pe.type) & EEH_PE_INVALID) !== 0;
    const removed = (memory.read(pe + eeh_pe.state) & EEH_PE_REMOVED) !== 0;
    return (invalid || removed) && !waiting.has(pe);
  });
}

const zombiePe: Check = (memory) => {
  const pe = zombies(memory)[0];
  if (pe === undefined) return null;
  return { text: `${memory.name(pe)} is of no use any more and was never freed`, addr: pe };
};

/** #7: one freeze, one recovery. */
const countedOnce: Check = (memory, globals) => {
  const freezes = memory.read(globals.ledger + eeh_ledger.freezes);
  for (const pe of memory.live(eeh_pe.typeid)) {
    const count = memory.read(pe + eeh_pe.freeze_count);
    if (count <= freezes) continue;
    const text = `${memory.name(pe)} counts ${count} freezes, the hardware made ${freezes}`;
    return { text, addr: pe };
  }
  return null;
};

/** #11: "Recovery successful." was said, so nothing of the failure is left. */
const cleanAfterSuccess: Check = (memory, globals) => {
  if (memory.read(globals.ledger + eeh_ledger.successes) === 0) return null;
  const bits = EEH_PE_ISOLATED | EEH_PE_KEEP | EEH_PE_RESET | EEH_PE_CFG_BLOCKED;
  for (const pe of memory.live(eeh_pe.typeid)) {
    const left = memory.read(pe + eeh_pe.state) & bits;
    if (left !== 0) {
      return { text: `${memory.name(pe)} recovered with state 0x${left.toString(16)}`, addr: pe };
    }
    for (const edev of edevsOf(memory, pe)) {
      const text = traceOfFailure(memory, edev);
      if (text !== null) return { text: `${memory.name(edev)} recovered ${text}`, addr: edev };
    }
  }
  return null;
};

function traceOfFailure(memory: MemoryView, edev: number): string | null {
  const pdev = memory.read(edev + eeh_dev.pdev);
  const hardware = memory.read(memory.read(edev + eeh_dev.pdn) + pci_dn.function);
  const regs = memory.read(hardware + pci_function.pe);
  if (memory.read(regs + pe_regs.freeze_status) !== 0) return 'and its PE is still frozen';
  if (memory.read(hardware + pci_function.bar0) !== memory.read(hardware + pci_function.bar_addr)) {
    return 'without its base address';
  }
  if (pdev !== 0 && memory.read(pdev + pci_dev.error_state) !== pci_channel_io_normal) {
    return 'and its channel is not normal';
  }
  const line = pdev === 0 ? 0 : memory.read(pdev + pci_dev.irq);
  const off = line !== 0 && memory.read(line + irq_desc.depth) !== 0;
  return off || (memory.read(edev + eeh_dev.mode) & EEH_DEV_IRQ_DISABLED) !== 0
    ? 'and its interrupt is still off'
    : null;
}

/** #12: what each driver saw, in order. */
const callbackProtocol: Check = (memory) => {
  for (const driver of memory.live(pci_driver.typeid)) {
    const text = protocolBreach(memory, driver);
    if (text !== null) return { text: `${memory.name(driver)}: ${text}`, addr: driver };
  }
  return null;
};

/** 3 #31: a driver is told that its device is lost before it is taken away. */
const toldOfFailure: Check = (memory) => {
  const driver = memory.live(pci_driver.typeid).find((at) => lostUntold(memory, at));
  if (driver === undefined) return null;
  return { text: `${memory.name(driver)} lost its device and was not told`, addr: driver };
};

/** T14: a PHB has one PE of its own, and a PHB PE has a PHB. */
const stalePhbPe: Check = (memory) => {
  const phbs = new Set<number>();
  for (const pe of memory.live(eeh_pe.typeid).filter((p) => isPhbPe(memory, p))) {
    const phb = memory.read(pe + eeh_pe.phb);
    if (phbs.has(phb) || !memory.isLive(phb)) {
      return { text: `${memory.name(pe)} stands for a PHB that is not its own`, addr: pe };
    }
    phbs.add(phb);
  }
  return null;
};

/** RFC-A rule 10: an orphan is freed as soon as its last user is gone. */
const orphanPe: Check = (memory, globals) => {
  const waiting = queued(memory);
  const orphans = entries(memory, globals.eeh_orphan_pes).map((at) => at - eeh_pe.orphan.at);
  const pe = orphans.find((orphan) => !waiting.has(orphan));
  if (pe === undefined) return null;
  return { text: `${memory.name(pe)} was unlinked and is never freed`, addr: pe };
};

/** T22: each of the other PEs may go first once; more than that is starvation. */
const fairQueue: Check = (memory, globals) => {
  const others = memory.live(eeh_pe.typeid).filter((pe) => !isPhbPe(memory, pe)).length - 1;
  const times = memory.read(globals.ledger + eeh_ledger.overtaken);
  if (times <= others) return null;
  const text = `an event was overtaken ${times} times by those of ${others} other PEs`;
  return { text, addr: globals.eeh_eventlist };
};

const CHECKS: Readonly<Record<string, readonly [string, Check]>> = {
  'child-links': ['eeh.md 2.5 #3', childLinks],
  'device-links': ['eeh.md 2.5 #3, #4', deviceLinks],
  'lost-event': ['eeh.md 2.5 #5', lostEvent],
  'unreported-failure': ['eeh.md 2.3 T16, T20', unreported],
  'sticky-recovering': ['eeh.md 2.5 #6', stickyRecovering],
  'zombie-pe': ['eeh.md 2.3 T9a, T16', zombiePe],
  'counted-once': ['eeh.md 2.5 #7', countedOnce],
  'clean-after-success': ['eeh.md 2.5 #11', cleanAfterSuccess],
  'callback-protocol': ['eeh.md 2.5 #12', callbackProtocol],
  'told-of-failure': ['eeh.md 3 #31', toldOfFailure],
  'stale-phb-pe': ['eeh.md 2.3 T14', stalePhbPe],
  'fair-queue': ['eeh.md 2.3 T22', fairQueue],
  'orphan-pe': ['eeh.md 2.4 RFC-A rule 10', orphanPe],
};

export function eehInvariants(names: readonly string[], globals: Globals): readonly Invariant[] {
  return names.map((name) => {
    const known = CHECKS[name];
    if (known === undefined) throw new Error(`[hotrace bug] no eeh-pe invariant ${name}`);
    return atEnd(name, known[0], globals, known[1]);
  });
}
