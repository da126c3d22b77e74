/**
 * A machine as an integer table, derived from XState itself: its own pure transition() is asked
 * once for every (state, event), always-transitions included, and both runs step the table.
 */
import { type AnyMachineSnapshot, fromCallback, initialTransition, transition } from 'xstate';
import { eventCodes } from '../ops/events.ts';
import type { Procedure } from '../ops/reference.ts';
import type { Binding } from './program.ts';

export interface TableState {
  /** `P5`, `RUNNING.WAIT`, `{"a":"X","b":"Y"}` for parallel states. */
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: parameters differ by machine (see Binding).
  readonly procedure: Procedure<any, number> | undefined;
  readonly procedureName: string;
  readonly final: boolean;
}

export interface Table {
  readonly machine: string;
  readonly states: readonly TableState[];
  readonly initial: number;
  /** The state after an event code, or -1 when the state does not accept it. */
  readonly next: (state: number, eventCode: number) => number;
  /** Event name of a code, or its number. */
  readonly eventName: (eventCode: number) => string;
}

const STATES_MAX = 4096;

/**
 * Derives the table. Pure: no actor is started.
 * @throws Error `[hotrace bug]` when a state invokes a procedure that the binding does not have,
 * invokes more than one, or the machine has no end of states.
 */
export function tableOf(binding: Binding): Table {
  const machine = withInertActors(binding);
  const events = [...new Set(machine.events)].filter((e) => !e.startsWith('xstate.'));
  const codes = new Map<number, string>();
  for (const event of events) codes.set(eventCodes(event)[event] ?? 0, event);
  const [first] = initialTransition(machine);
  const index = new Map<string, number>([[keyOf(first), 0]]);
  const snapshots: AnyMachineSnapshot[] = [first];
  const moves: Map<number, number>[] = [];
  // The list grows while it is walked: every state that an event leads to is asked in turn.
  for (const snapshot of snapshots) {
    const row = new Map<number, number>();
    for (const [code, type] of codes) {
      if (snapshot.status !== 'active' || !snapshot.can({ type })) continue;
      const [after] = transition(machine, snapshot, { type });
      const key = keyOf(after);
      if (!index.has(key)) {
        index.set(key, snapshots.length);
        snapshots.push(after);
      }
      row.set(code, index.get(key) ?? -1);
    }
    if (snapshots.length > STATES_MAX) throw new Error(`[hotrace bug] ${machine.id}: endless`);
    moves.push(row);
  }
  return {
    machine: machine.id,
    states: snapshots.map((snapshot) => stateOf(binding, snapshot)),
    initial: 0,
    next: (state, code) => moves[state]?.get(code) ?? -1,
    eventName: (code) => codes.get(code) ?? String(code),
  };
}

/** transition() wants an implementation for every invoke; deriving a table must run none. */
function withInertActors(binding: Binding): Binding['machine'] {
  const actors: Record<string, ReturnType<typeof fromCallback>> = {};
  for (const name of Object.keys(binding.procedures)) actors[name] = fromCallback(() => undefined);
  return binding.machine.provide({ actors });
}

function keyOf(snapshot: AnyMachineSnapshot): string {
  return `${snapshot.status} ${JSON.stringify(snapshot.value)}`;
}

function stateOf(binding: Binding, snapshot: AnyMachineSnapshot): TableState {
  const names: string[] = [];
  collectInvokes(binding.machine.root, snapshot.value, names);
  const id = binding.machine.id;
  if (names.length > 1) throw new Error(`[hotrace bug] ${id}: two procedures in one state`);
  const procedureName = names[0] ?? '';
  const procedure = binding.procedures[procedureName];
  if (procedureName !== '' && procedure === undefined) {
    throw new Error(`[hotrace bug] ${id}: no procedure ${procedureName} in its binding`);
  }
  return {
    name: stateName(snapshot.value),
    procedure,
    procedureName,
    final: snapshot.status === 'done',
  };
}

interface NodeLike {
  readonly invoke: readonly { readonly src: unknown }[];
  readonly states: Readonly<Record<string, NodeLike>>;
}

function collectInvokes(node: NodeLike, value: unknown, names: string[]): void {
  for (const invoke of node.invoke) names.push(String(invoke.src));
  if (typeof value === 'string') {
    const child = node.states[value];
    if (child !== undefined) collectInvokes(child, undefined, names);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      const child = node.states[name];
      if (child !== undefined) collectInvokes(child, inner, names);
    }
  }
}

/** A state value as one name: nested states joined by dots, parallel ones as JSON. */
export function stateName(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length !== 1 || only === undefined) return JSON.stringify(value);
  const inner = stateName(only[1]);
  return inner === '' ? only[0] : `${only[0]}.${inner}`;
}
