/** What the designs of eeh-pe cost and leave behind: figures, never verdicts (eeh.md 7 #6). */
import type { Globals } from '../../actors/eeh/kernel.ts';
import { eeh_ledger, eeh_pe, eeh_snapshots } from '../../actors/eeh/structs.ts';
import type { Measure, MemoryView } from '../actor/program.ts';
import { edevsOf, entries, isPhbPe, stuckRecovering, zombies } from './eeh_pe_invariants.ts';

/** Leaked: PEs below a PHB that have neither devices nor PEs in them. */
function deserted(memory: MemoryView): number[] {
  return memory.live(eeh_pe.typeid).filter((pe) => {
    const children = entries(memory, pe + eeh_pe.child_list.at).length;
    return !isPhbPe(memory, pe) && children === 0 && edevsOf(memory, pe).length === 0;
  });
}

export function eehMeasures(globals: Globals): readonly Measure[] {
  const { ledger } = globals;
  const word = (offset: number) => (memory: MemoryView) => memory.read(ledger + offset);
  return [
    { name: 'edevs to visit', unit: 'edevs', read: word(eeh_ledger.edevs_existing) },
    { name: 'edevs visited once', unit: 'edevs', read: word(eeh_ledger.edevs_visited) },
    {
      name: 'traversals cut short',
      unit: 'traversals',
      read: word(eeh_ledger.traversals_incomplete),
    },
    {
      name: 'longest hold of pci_rescan_remove_lock',
      unit: 'ms',
      read: word(eeh_ledger.rescan_hold_ms),
    },
    {
      name: 'from detection to the end of recovery',
      unit: 'ms',
      read: (memory) => {
        const end = memory.read(ledger + eeh_ledger.recovered_ms);
        return end === 0 ? 0 : end - memory.read(ledger + eeh_ledger.detected_ms);
      },
    },
    { name: 'PEs left RECOVERING', unit: 'PEs', read: (m) => stuckRecovering(m).length },
    { name: 'PEs of no use left', unit: 'PEs', read: (m) => zombies(m).length },
    { name: 'PEs left without devices', unit: 'PEs', read: (m) => deserted(m).length },
    {
      name: 'from detection to isolation',
      unit: 'ms',
      read: (m) => m.read(globals.eeh_snapshots + eeh_snapshots.undecided_ms),
    },
  ];
}
