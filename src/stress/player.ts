/** One actor's part in one round: its machine moves by table, its procedures run natively. */
import type { ActorSpec } from '../actor/program.ts';
import type { Table } from '../actor/table.ts';
import { recordTransition } from '../ops/native/checks.ts';
import { ACTOR, actorAt, CONTROL, STOP } from '../ops/native/control.ts';
import { retire } from '../ops/native/park.ts';
import { ActorStopped, ctl, fail, me } from '../ops/native/runtime.ts';
import type { SpanClock } from './spans.ts';

/** A procedure after lowering: a plain function that returns when the kernel's would. */
type LoweredProcedure = (...args: ActorSpec['args']) => number;

/** How an actor's part ended: its machine has nothing more to run, or the round was stopped. */
export type PartEnd = 'ended' | 'stopped';

/**
 * Runs the actor until its machine has no procedure to run, or the round is over.
 * @throws whatever a procedure throws: its thread dies in the kernel's sense.
 */
export function playPart(spec: ActorSpec, table: Table, clock?: SpanClock): PartEnd {
  try {
    walk(spec, table, clock);
  } catch (error) {
    // A daemon is stopped when all is quiet: what it has done by then counts.
    clock?.close(Atomics.load(ctl, CONTROL.stop) === STOP.quiet);
    if (error instanceof ActorStopped) return 'stopped';
    throw error;
  }
  clock?.close(true);
  retire();
  return 'ended';
}

function walk(spec: ActorSpec, table: Table, clock: SpanClock | undefined): void {
  const stateIndex = actorAt(me) + ACTOR.machineState;
  let state = table.initial;
  ctl[stateIndex] = state;
  for (;;) {
    const procedure = table.states[state]?.procedure;
    if (procedure === undefined) return;
    clock?.begin(state);
    const event = callLowered(procedure, spec.args);
    clock?.end(state);
    const next = table.next(state, event);
    if (next < 0) refuseEvent(table, state, event);
    recordTransition(state, event, next);
    state = next;
    ctl[stateIndex] = state;
  }
}

export function callLowered(procedure: unknown, args: ActorSpec['args']): number {
  // In this thread the module was lowered: what is typed as a generator function is a plain one.
  return (procedure as LoweredProcedure)(...args);
}

export function refuseEvent(table: Table, state: number, event: number): never {
  const name = table.states[state]?.name ?? '';
  const message = `${table.machine}: ${table.eventName(event)} is not accepted in state ${name}`;
  return fail('illegal-transition', 'machine', message, 0);
}
