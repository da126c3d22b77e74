/** How often transitions were taken: in this run, or in all runs of a coverage. */
import {
  type Coverage,
  type CoverageTuple,
  mergeCoverage,
  statusOf,
  type TupleStatus,
} from '../../coverage/coverage.ts';
import type { DocumentMachine, InspectDocument } from '../../document/document.ts';
import { csvText } from '../../export/csv.ts';

export interface CoverageRow {
  readonly machine: string;
  readonly state: string;
  readonly event: string;
  readonly status: TupleStatus;
  readonly count: number;
}

export type CoverageColumn = keyof CoverageRow;

/** The coverage of a document alone. What a machine refused is a move that leads nowhere. */
export function runCoverage({ machines, actors, moves }: InspectDocument): Coverage {
  const counts = machines.map((machine) => machine.tuples.map(() => 0));
  for (let i = 0; i < moves.at.length; i++) {
    const mine = counts[actors[moves.actor[i] ?? 0]?.machine ?? -1];
    const tuple = moves.tuple[i] ?? 0;
    if (mine?.[tuple] !== undefined) mine[tuple] = (mine[tuple] ?? 0) + 1;
  }
  const found = machines.map(({ chart, tuples }, m) => ({
    machine: chart.machine,
    tuples: tuples.map((tuple, i): CoverageTuple => {
      const { from: state, event, edges } = tuple;
      // A move that no edge of the chart stands for was not defined (document/machines.ts).
      return { state, event, defined: edges.length > 0, count: counts[m]?.[i] ?? 0 };
    }),
  }));
  // Machines of watched words have no moves: events do not come to them.
  const moved = new Set(actors.map(({ machine }) => machine));
  return mergeCoverage([{ runs: 1, machines: found.filter((_, i) => moved.has(i)) }]);
}

/** Counts by edge of a machine's chart. */
export function edgeCountsIn(
  { chart, tuples }: DocumentMachine,
  coverage: Coverage,
): ReadonlyMap<string, number> {
  const mine = coverage.machines.find(({ machine }) => machine === chart.machine)?.tuples ?? [];
  const byTuple = new Map(mine.map(({ state, event, count }) => [keyOf(state, event), count]));
  const counts = new Map<string, number>();
  for (const { from, event, edges } of tuples) {
    const count = byTuple.get(keyOf(from, event)) ?? 0;
    for (const edge of edges) counts.set(edge, (counts.get(edge) ?? 0) + count);
  }
  return counts;
}

function keyOf(state: string, event: string): string {
  return JSON.stringify([state, event]);
}

export function coverageRows({ machines }: Coverage): CoverageRow[] {
  return machines.flatMap(({ machine, tuples }) =>
    tuples.map((tuple) => {
      const { state, event, count } = tuple;
      return { machine, state, event, status: statusOf(tuple), count };
    }),
  );
}

/** Rows that compare alike keep their order. */
export function sortedRows(
  rows: readonly CoverageRow[],
  column: CoverageColumn,
  isDescending: boolean,
): CoverageRow[] {
  const sign = isDescending ? -1 : 1;
  return rows.toSorted((a, b) => sign * compared(a[column], b[column]));
}

function compared(a: string | number, b: string | number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export function coverageCsv(rows: readonly CoverageRow[]): string {
  const cells = rows.map((r) => [r.machine, r.state, r.event, r.status, r.count]);
  return csvText(['machine', 'state', 'event', 'status', 'count'], cells);
}
