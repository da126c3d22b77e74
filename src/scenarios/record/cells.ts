/** How a row's cells are written down. */
import type { RecordEntry } from './entry.ts';

type Cell = RecordEntry['cells'][number];

/** A race of eeh-history, where designs are called by their side of the fix. */
export function history(race: string): Cell {
  return { target: `eeh-history/${race}`, before: 'before', after: 'after' };
}

/** A race of eeh-history that has no fix. */
export function unfixed(race: string): Cell {
  return { target: `eeh-history/${race}`, before: 'before', after: null };
}

/** A race of another system, between two of its designs. */
export function cell(target: string, before: string, after: string | null): Cell {
  return { target, before, after };
}
