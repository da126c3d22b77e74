/**
 * XState's own actors beside a replay: each is started, is sent every event its procedures
 * returned, and must stand where the integer table stood. Their inspection events are what a viewer
 * draws.
 */
import { createActor, fromCallback, type InspectionEvent } from 'xstate';
import type { Program } from '../actor/program.ts';
import { stateName } from '../actor/table.ts';
import type { TraceTransition } from '../trace/record.ts';

/** One move as XState's inspection reported it. */
export interface Inspected {
  /** Actor index of the program. */
  readonly actor: number;
  readonly machine: string;
  /** `@xstate.snapshot`, `@xstate.event`, ... */
  readonly type: string;
  readonly event: string;
  readonly state: string;
}

export interface Shadow {
  readonly inspected: readonly Inspected[];
  /** The first place where XState and the table differ, or undefined. */
  readonly mismatch: string | undefined;
}

/** Runs the actors of a program through recorded moves. */
export function shadowMoves(program: Program, moves: readonly TraceTransition[]): Shadow {
  const inspected: Inspected[] = [];
  const actors = program.actors.map(({ binding }, index) => {
    const inert: Record<string, ReturnType<typeof fromCallback>> = {};
    for (const name of Object.keys(binding.procedures)) inert[name] = fromCallback(() => undefined);
    const machine = binding.machine.provide({ actors: inert });
    const actor = createActor(machine, {
      inspect: (event) => {
        const seen = inspectedOf(index, machine.id, event);
        if (seen !== undefined) inspected.push(seen);
      },
    });
    actor.start();
    return actor;
  });
  let mismatch: string | undefined;
  for (const move of moves) {
    const actor = actors[move.actor];
    if (actor === undefined) continue;
    actor.send({ type: move.event });
    const state = stateName(actor.getSnapshot().value);
    if (state === move.to || mismatch !== undefined) continue;
    const name = program.actors[move.actor]?.name ?? '?';
    mismatch = `${name} on ${move.event}: XState is in ${state}, the table in ${move.to}`;
  }
  for (const actor of actors) actor.stop();
  return { inspected, mismatch };
}

function inspectedOf(
  actor: number,
  machine: string,
  event: InspectionEvent,
): Inspected | undefined {
  if (event.type !== '@xstate.snapshot') return undefined;
  const { snapshot } = event;
  if (!('value' in snapshot)) return undefined;
  const state = stateName(snapshot.value);
  return { actor, machine, type: event.type, event: event.event.type, state };
}
