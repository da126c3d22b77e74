/** The statecharts of a document, laid out. */
import type { AnyStateMachine } from 'xstate';
import type { Program } from '../../actor/program.ts';
import { tableOf } from '../../actor/table.ts';
import { chartOf } from '../chart/chart_of.ts';
import { tuplesOf } from '../coverage/tuples.ts';
import { layoutMaker } from '../layout/layout_of.ts';
import type { DocumentMachine } from './document.ts';
import { chartJson, layoutJson } from './drawn.ts';
import type { Machines } from './moves.ts';

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
