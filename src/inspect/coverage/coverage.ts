/**
 * Which (machine, state, event) were taken, refused, or never seen. Plain values that merge: runs
 * of other races, designs and modes add to one another, in any order.
 */
import type { AnyStateMachine } from 'xstate';
import { tuplesOf } from './tuples.ts';

export interface CoverageTuple {
  readonly state: string;
  readonly event: string;
  /** The machine accepts the event in this state. */
  readonly defined: boolean;
  /** How often the event came to the state. */
  readonly count: number;
}

/** `refused`: the event came and the state does not accept it. */
export type TupleStatus = 'taken' | 'refused' | 'never';

export interface MachineCoverage {
  readonly machine: string;
  /** Sorted by state, then event. */
  readonly tuples: readonly CoverageTuple[];
}

export interface Coverage {
  readonly runs: number;
  /** Sorted by id. */
  readonly machines: readonly MachineCoverage[];
}

/** An event that came to a state of a machine. */
export interface Seen {
  readonly machine: string;
  readonly state: string;
  readonly event: string;
  readonly count: number;
}

export function statusOf({ defined, count }: CoverageTuple): TupleStatus {
  if (!defined) return 'refused';
  return count > 0 ? 'taken' : 'never';
}

/** One run: what its machines can do, and what was seen of it. */
export function coverageOf(machines: readonly AnyStateMachine[], seen: readonly Seen[]): Coverage {
  const possible = machines.map((machine): MachineCoverage => {
    const tuples = tuplesOf(machine).map(({ state, event }) => {
      return { state, event, defined: true, count: 0 };
    });
    return { machine: machine.id, tuples };
  });
  const found = seen.map(({ machine, state, event, count }): MachineCoverage => {
    return { machine, tuples: [{ state, event, defined: false, count }] };
  });
  return { runs: 1, machines: joined([...possible, ...found]) };
}

/** Adds coverages up. A tuple is defined if any of them says so. */
export function mergeCoverage(all: readonly Coverage[]): Coverage {
  return {
    runs: all.reduce((sum, { runs }) => sum + runs, 0),
    machines: joined(all.flatMap(({ machines }) => machines)),
  };
}

function joined(parts: readonly MachineCoverage[]): MachineCoverage[] {
  const machines = new Map<string, Map<string, CoverageTuple>>();
  for (const { machine, tuples } of parts) {
    const mine = machines.get(machine) ?? new Map<string, CoverageTuple>();
    machines.set(machine, mine);
    for (const { state, event, defined, count } of tuples) {
      const key = JSON.stringify([state, event]);
      const before = mine.get(key);
      mine.set(key, {
        state,
        event,
        defined: defined || before?.defined === true,
        count: count + (before?.count ?? 0),
      });
    }
  }
  return [...machines]
    .map(([machine, tuples]) => ({ machine, tuples: [...tuples.values()].sort(byName) }))
    .sort((a, b) => compare(a.machine, b.machine));
}

function byName(a: CoverageTuple, b: CoverageTuple): number {
  return compare(a.state, b.state) || compare(a.event, b.event);
}

/** By code units: the same order on every machine. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export interface CoverageFigures {
  readonly taken: number;
  readonly refused: number;
  readonly never: number;
  /** Taken of what is defined, 0 to 100; 100 where nothing is defined. */
  readonly percent: number;
}

export function figuresOf(machines: readonly MachineCoverage[]): CoverageFigures {
  const figures = { taken: 0, refused: 0, never: 0 };
  for (const { tuples } of machines) for (const tuple of tuples) figures[statusOf(tuple)]++;
  const defined = figures.taken + figures.never;
  return { ...figures, percent: defined === 0 ? 100 : (100 * figures.taken) / defined };
}

/** How often each edge of a machine's chart was taken: by its id, 0 for never. */
export function edgeCounts(machine: AnyStateMachine, coverage: Coverage): Map<string, number> {
  const mine = coverage.machines.find((one) => one.machine === machine.id)?.tuples ?? [];
  const counts = new Map(mine.map((one) => [JSON.stringify([one.state, one.event]), one.count]));
  const edges = new Map<string, number>();
  for (const tuple of tuplesOf(machine)) {
    const count = counts.get(JSON.stringify([tuple.state, tuple.event])) ?? 0;
    for (const id of tuple.edges) edges.set(id, (edges.get(id) ?? 0) + count);
  }
  return edges;
}
