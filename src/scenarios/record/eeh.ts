/**
 * The history table of eeh.md 3: every row, with the cells that replay it. All rows have
 * cells; what a row leaves out of its kernel or its hardware stands in `abstracted`.
 */
import { hotplugRows } from './eeh_hotplug.ts';
import { recoveryRows } from './eeh_recovery.ts';
import type { RecordEntry } from './entry.ts';

function numberOf({ row }: RecordEntry): number {
  return Number(row.slice(1));
}

/** By number. */
export const eehRecord: readonly RecordEntry[] = [...recoveryRows, ...hotplugRows].toSorted(
  (a, b) => numberOf(a) - numberOf(b),
);
