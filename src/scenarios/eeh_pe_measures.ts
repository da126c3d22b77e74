/** What the designs of eeh-pe cost and leave behind: figures, never verdicts (eeh.md 7 #6). */
import type { Globals } from '../../actors/eeh/kernel.ts';
import { eeh_ledger, eeh_pe, eeh_snapshots } from '../../actors/eeh/structs.ts';
import type { Measure, MemoryView } from '../actor/program.ts';
import { mutex } from '../memory/kernel_structs.ts';
import { edevsOf, entries, isPhbPe, stuckRecovering, zombies } from './eeh_pe_invariants.ts';

type Read = (memory: MemoryView, globals: Globals) => number;

const inLedger =
  (offset: number): Read =>
  (memory, { ledger }) =>
    memory.read(ledger + offset);

/**
 * Of the devices that were in the subtree from the first to the last moment of a report to drivers,
 * how many that report visited exactly once, over all reports (2.5 #10). 100 where there were none.
 */
const completeness: Read = (memory, { ledger }) => {
  const existing = memory.read(ledger + eeh_ledger.edevs_existing);
  const visited = memory.read(ledger + eeh_ledger.edevs_visited);
  return existing === 0 ? 100 : Math.round((100 * visited) / existing);
};

/** Longest time that somebody held pci_rescan_remove_lock, or holds it when nothing moves. */
const rescanHold: Read = (memory, { ledger, pci_rescan_remove_lock }) => {
  const longest = memory.read(ledger + eeh_ledger.rescan_hold_ms);
  if (memory.read(pci_rescan_remove_lock + mutex.owner) === 0) return longest;
  return Math.max(longest, memory.nowMs - memory.read(ledger + eeh_ledger.rescan_since_ms));
};

/** From the first event in the queue to the end of the last recovery, of however many PHBs. */
const makespan: Read = (memory, { ledger }) => {
  const end = memory.read(ledger + eeh_ledger.recovered_ms);
  return end === 0 ? 0 : end - memory.read(ledger + eeh_ledger.detected_ms);
};

/** PEs below a PHB that have neither devices nor PEs in them. */
function deserted(memory: MemoryView): number[] {
  return memory.live(eeh_pe.typeid).filter((pe) => {
    const children = entries(memory, pe + eeh_pe.child_list.at).length;
    return !isPhbPe(memory, pe) && children === 0 && edevsOf(memory, pe).length === 0;
  });
}

/**
 * PEs that nobody will free: INVALID or REMOVED and without an event, without devices and PEs, or
 * unlinked and still referenced (RFC-A).
 */
const leaked: Read = (memory, { eeh_orphan_pes }) => {
  const orphans = entries(memory, eeh_orphan_pes).map((at) => at - eeh_pe.orphan.at);
  return new Set([...zombies(memory), ...deserted(memory), ...orphans]).size;
};

const MEASURES: readonly (readonly [string, string, Read])[] = [
  ['traversal completeness', '%', completeness],
  ['edevs to visit', 'edevs', inLedger(eeh_ledger.edevs_existing)],
  ['edevs visited once', 'edevs', inLedger(eeh_ledger.edevs_visited)],
  ['traversals cut short', 'traversals', inLedger(eeh_ledger.traversals_incomplete)],
  // From the failing MMIO read until the detector has put its event into the queue. A detector that
  // only takes spinlocks needs no virtual time for it.
  ['detector latency', 'ms', inLedger(eeh_ledger.detector_ms)],
  // From there until the PE is ISOLATED: not 0 only where eehd decides (2.4 D).
  [
    'decision latency',
    'ms',
    (memory, { eeh_snapshots: at }) => memory.read(at + eeh_snapshots.undecided_ms),
  ],
  ['longest hold of pci_rescan_remove_lock', 'ms', rescanHold],
  ['recovery makespan', 'ms', makespan],
  ['times an event was overtaken', 'events', inLedger(eeh_ledger.overtaken)],
  ['leaked PEs', 'PEs', leaked],
  ['PEs left RECOVERING', 'PEs', (memory) => stuckRecovering(memory).length],
];

export function eehMeasures(globals: Globals): readonly Measure[] {
  return MEASURES.map(([name, unit, read]) => ({
    name,
    unit,
    read: (memory) => read(memory, globals),
  }));
}
