/** Where coverage comes from: a search, a recorded trace, the inspection of a stress round. */
import type { AnyStateMachine } from 'xstate';
import type { Program } from '../../actor/program.ts';
import type { Move } from '../../explore/moves.ts';
import type { Inspected } from '../../stress/inspected.ts';
import type { TraceTransition } from '../../trace/record.ts';
import type { Seen } from './coverage.ts';

type Actors = Pick<Program, 'actors'>;

/** Machines of a program's actors. Watched words are no events, so their machines have none. */
export function machinesIn(program: Actors): AnyStateMachine[] {
  return [...new Set(program.actors.map(({ binding }) => binding.machine))];
}

/** What a search counted. */
export function seenInSearch(program: Actors, moves: readonly Move[]): Seen[] {
  return moves.map(({ actor, state, event, count }) => {
    return { machine: machineOf(program, actor), state, event, count };
  });
}

/** The moves of one recorded execution. */
export function seenInTrace(program: Actors, moves: readonly TraceTransition[]): Seen[] {
  return moves.map(({ actor, from, event }) => {
    return { machine: machineOf(program, actor), state: from, event, count: 1 };
  });
}

/** Inspection events of a round, by actor: each snapshot names the event that led to it. */
export function seenInInspection(
  program: Actors,
  inspections: readonly (readonly Inspected[])[],
): Seen[] {
  return inspections.flatMap((events, actor) => {
    const machine = machineOf(program, actor);
    const seen: Seen[] = [];
    let state = '';
    for (const { type, event, state: after } of events) {
      if (type !== '@xstate.snapshot' || after === '') continue;
      if (!event.startsWith('xstate.')) seen.push({ machine, state, event, count: 1 });
      state = after;
    }
    return seen;
  });
}

function machineOf(program: Actors, actor: number): string {
  const spec = program.actors[actor];
  if (spec === undefined) throw new Error(`[hotrace bug] there is no actor ${actor}`);
  return spec.binding.machine.id;
}
