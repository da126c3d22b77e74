/** Two documents at their first difference: what is shown of it. */
import type { InspectDocument } from '../../document/document.ts';
import { type Aligned, align } from '../../export/align.ts';
import { traceOf } from '../../export/trace_of.ts';

export interface DiffRow {
  /** Steps, -1: the run has none here. */
  readonly a: number;
  readonly b: number;
  readonly kind: 'same' | 'only-a' | 'only-b';
}

export interface Divergence extends Aligned {
  readonly rows: readonly DiffRow[];
  /** Why they cannot be compared, '' if they can. */
  readonly problem: string;
}

/** Rows before and after the first difference. */
const BEFORE = 6;
const AFTER = 24;

export function divergenceOf(a: InspectDocument, b: InspectDocument): Divergence {
  const aligned = align(traceOf(a), traceOf(b));
  const problem = a.target === b.target ? '' : `${a.target} and ${b.target} are different races`;
  return { ...aligned, problem, rows: rowsOf(aligned) };
}

/**
 * Merges the runs in an order that both agree with: what is the same stands in one row. From a
 * little before the first difference of either on.
 */
function rowsOf(aligned: Aligned): DiffRow[] {
  const { inSecond, inFirst, first, second } = aligned;
  const all: DiffRow[] = [];
  let b = 0;
  const taken = new Uint8Array(inFirst.length);
  const giveOwn = (): void => {
    for (; b < inFirst.length && (taken[b] === 1 || inFirst[b] === -1); b++) {
      if (taken[b] === 0) all.push({ a: -1, b, kind: 'only-b' });
    }
  };
  giveOwn();
  for (let a = 0; a < inSecond.length; a++) {
    const same = inSecond[a] ?? -1;
    if (same < 0) {
      all.push({ a, b: -1, kind: 'only-a' });
      continue;
    }
    taken[same] = 1;
    all.push({ a, b: same, kind: 'same' });
    giveOwn();
  }
  for (; b < inFirst.length; b++) {
    if (taken[b] === 0 && inFirst[b] === -1) all.push({ a: -1, b, kind: 'only-b' });
  }
  if (first === undefined && second === undefined) return all.slice(-BEFORE);
  const at = all.findIndex(({ kind }) => kind !== 'same');
  return all.slice(Math.max(0, at - BEFORE), at + AFTER);
}
