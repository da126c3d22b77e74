/** The statecharts of a document, and the moves that were made on them. */
import type { AnyStateMachine } from 'xstate';
import type { Program } from '../../actor/program.ts';
import { tableOf } from '../../actor/table.ts';
import type { Trace } from '../../trace/record.ts';
import { chartOf } from '../chart/chart_of.ts';
import { tuplesOf } from '../coverage/tuples.ts';
import { layoutMaker } from '../layout/layout_of.ts';
import type { DocumentMachine, InspectDocument } from './document.ts';
import { chartJson, layoutJson } from './drawn.ts';

export interface Machines {
  readonly machines: DocumentMachine[];
  /** Index into machines, by actor. */
  readonly ofActor: readonly number[];
  readonly watched: InspectDocument['watched'];
}

export const NO_MACHINES: Machines = { machines: [], ofActor: [], watched: [] };

/** Each machine once, laid out: those of the actors, then those of watched words. */
export async function machinesOf(program: Program): Promise<Machines> {
  const layout = await layoutMaker();
  const found: AnyStateMachine[] = [];
  const indexOf = (machine: AnyStateMachine): number => {
    const known = found.indexOf(machine);
    return known < 0 ? found.push(machine) - 1 : known;
  };
  const ofActor = program.actors.map(({ binding }) => indexOf(binding.machine));
  const watched = program.watched.map(({ machine, addr, states }) => ({
    addr,
    machine: indexOf(machine),
    states: Object.entries(states).map(([value, name]) => ({ value: Number(value), name })),
  }));
  const machines: DocumentMachine[] = [];
  for (const machine of found) {
    const chart = chartOf(machine);
    const binding = program.actors[ofActor.indexOf(machines.length)]?.binding;
    const table = binding === undefined ? undefined : tableOf(binding);
    machines.push({
      chart: chartJson(chart),
      layout: layoutJson(await layout(chart)),
      initial: table?.states[table.initial]?.name ?? '',
      tuples: tuplesOf(machine).map(({ state, event, to, edges }) => {
        return { from: state, event, to, edges: [...edges] };
      }),
    });
  }
  return { machines, ofActor, watched };
}

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
