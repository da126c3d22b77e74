/**
 * The same part, played by the XState actor itself: its machine invokes the procedures, and what
 * XState's inspection reports is recorded. Slower, for runs that are looked at.
 */
import { createActor, fromCallback, type InspectionEvent } from 'xstate';
import type { ActorSpec } from '../actor/program.ts';
import { stateName, type Table } from '../actor/table.ts';
import { recordTransition } from '../ops/native/checks.ts';
import { ACTOR, actorAt } from '../ops/native/control.ts';
import { retire } from '../ops/native/park.ts';
import { ActorStopped, ctl, me } from '../ops/native/runtime.ts';
import { callLowered, type PartEnd, refuseEvent } from './player.ts';

/** One inspection event of XState, as data. */
export interface Inspected {
  /** `@xstate.snapshot`, `@xstate.event`, ... */
  readonly type: string;
  /** The event that came, '' where there is none. */
  readonly event: string;
  /** The machine's state after it, '' where there is none. */
  readonly state: string;
}

/** @throws whatever a procedure throws. */
export function playInspected(spec: ActorSpec, table: Table, inspections: Inspected[]): PartEnd {
  let failure: unknown;
  const run = { state: table.initial };
  const actors: Record<string, ReturnType<typeof fromCallback>> = {};
  for (const [name, procedure] of Object.entries(spec.binding.procedures)) {
    actors[name] = fromCallback(({ sendBack }) => {
      if (failure !== undefined) return;
      try {
        const event = callLowered(procedure, spec.args);
        run.state = step(table, run.state, event);
        sendBack({ type: table.eventName(event) });
      } catch (error) {
        // XState would report it as an error of the invoked actor; it is the end of the round.
        failure = error;
      }
    });
  }
  ctl[actorAt(me) + ACTOR.machineState] = run.state;
  const actor = createActor(spec.binding.machine.provide({ actors }), {
    inspect: (event) => {
      // The machine itself; the procedures it invokes are actors to XState, too.
      if (event.actorRef.sessionId === event.rootId) inspections.push(asData(event));
    },
  });
  actor.start();
  const reached = stateOf(actor.getSnapshot());
  actor.stop();
  if (failure instanceof ActorStopped) return 'stopped';
  if (failure !== undefined) throw failure;
  checkSame(table, run.state, reached);
  retire();
  return 'ended';
}

/** The table is derived from the machine, so both must have come to the same end. */
function checkSame(table: Table, state: number, reached: string): void {
  const expected = table.states[state];
  if (reached === expected?.name && expected.procedure === undefined) return;
  const difference = `XState is in ${reached}, the table in ${expected?.name ?? '?'}`;
  const hint = 'a state that is entered again from itself needs `reenter: true`';
  throw new Error(`[hotrace bug] ${table.machine}: ${difference} (${hint})`);
}

function step(table: Table, state: number, event: number): number {
  const next = table.next(state, event);
  if (next < 0) refuseEvent(table, state, event);
  recordTransition(state, event, next);
  ctl[actorAt(me) + ACTOR.machineState] = next;
  return next;
}

function asData(event: InspectionEvent): Inspected {
  return {
    type: event.type,
    event: 'event' in event ? event.event.type : '',
    state: 'snapshot' in event ? stateOf(event.snapshot) : '',
  };
}

function stateOf(snapshot: unknown): string {
  if (typeof snapshot !== 'object' || snapshot === null || !('value' in snapshot)) return '';
  return stateName(snapshot.value);
}
