/** The moves that were made on the statecharts of a document. */
import type { Trace } from '../../trace/record.ts';
import type { DocumentMachine, InspectDocument } from './document.ts';

export interface Machines {
  readonly machines: DocumentMachine[];
  /** Index into machines, by actor. */
  readonly ofActor: readonly number[];
  readonly watched: InspectDocument['watched'];
}

export const NO_MACHINES: Machines = { machines: [], ofActor: [], watched: [] };

/** Moves as indices. A move that the chart does not know (an old trace) is added to its machine. */
export function movesOf(trace: Trace, { machines, ofActor }: Machines): InspectDocument['moves'] {
  const at: number[] = [];
  const actor: number[] = [];
  const tuple: number[] = [];
  for (const move of trace.transitions) {
    const machine = machines[ofActor[move.actor] ?? -1];
    if (machine === undefined) continue;
    const { from, event, to } = move;
    const known = machine.tuples.findIndex((t) => t.from === from && t.event === event);
    at.push(Math.min(move.step, trace.steps.length));
    actor.push(move.actor);
    tuple.push(known < 0 ? machine.tuples.push({ from, event, to, edges: [] }) - 1 : known);
  }
  return { at, actor, tuple };
}
