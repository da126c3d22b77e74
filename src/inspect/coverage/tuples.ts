/**
 * What a machine can do: every state it can reach with every event that the state accepts, and the
 * edges of the chart that such a move takes, eventless ones after it included.
 */
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  fromCallback,
  initialTransition,
} from 'xstate';
import { stateName } from '../../actor/table.ts';
import { chartOf, edgeIdsOf } from '../chart/chart_of.ts';

/** A state (as the integer table names it) and an event that it accepts. */
export interface DefinedTuple {
  readonly state: string;
  readonly event: string;
  /** The state after it. */
  readonly to: string;
  /** Ids of the edges taken, in order. */
  readonly edges: readonly string[];
}

type Inert = ReturnType<typeof fromCallback>;

const STATES_MAX = 4096;

/**
 * Asks XState itself: an actor is put into each reachable state and sent each event.
 * @throws Error `[hotrace bug]` for a machine without an end of states.
 */
export function tuplesOf(machine: AnyStateMachine): DefinedTuple[] {
  const inert = machine.provide({ actors: inertActors(machine) });
  const edges = edgeIdsOf(inert);
  const events = [...new Set(inert.events)].filter((event) => !event.startsWith('xstate.'));
  const [first] = initialTransition(inert);
  const seen = new Set([stateName(first.value)]);
  const snapshots: AnyMachineSnapshot[] = [first];
  const found: DefinedTuple[] = [];
  // The list grows while it is walked: every state that an event leads to is asked in turn.
  for (const snapshot of snapshots) {
    const state = stateName(snapshot.value);
    for (const event of events) {
      if (snapshot.status !== 'active' || !snapshot.can({ type: event })) continue;
      const { after, taken } = moveOf(inert, snapshot, event, edges);
      const to = stateName(after.value);
      found.push({ state, event, to, edges: taken });
      if (seen.has(to)) continue;
      seen.add(to);
      snapshots.push(after);
    }
    if (snapshots.length > STATES_MAX) throw new Error(`[hotrace bug] ${machine.id}: endless`);
  }
  return found;
}

function moveOf(
  machine: AnyStateMachine,
  from: AnyMachineSnapshot,
  event: string,
  edges: ReadonlyMap<object, readonly string[]>,
): { readonly after: AnyMachineSnapshot; readonly taken: string[] } {
  const taken: string[] = [];
  let isListening = false;
  const snapshot = machine.resolveState({ value: from.value, context: from.context });
  const actor = createActor(machine, {
    snapshot,
    inspect: (seen) => {
      if (!isListening || seen.type !== '@xstate.microstep') return;
      for (const transition of seen._transitions) taken.push(...(edges.get(transition) ?? []));
    },
  });
  actor.start();
  isListening = true;
  actor.send({ type: event });
  isListening = false;
  const after = actor.getSnapshot();
  actor.stop();
  return { after, taken };
}

/** Enumerating must run nothing. */
function inertActors(machine: AnyStateMachine): Record<string, Inert> {
  const inert: Record<string, Inert> = {};
  for (const { invokes } of chartOf(machine).states) {
    for (const name of invokes) inert[name] = fromCallback(() => undefined);
  }
  return inert;
}
