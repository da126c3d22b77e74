import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  type AnyStateMachine,
  createActor,
  createMachine,
  fromCallback,
  initialTransition,
  isMachineSnapshot,
  transition,
} from 'xstate';
import type { Binding } from '../../src/actor/program.ts';
import { stateName, type Table, tableOf } from '../../src/actor/table.ts';
import { eventCodes } from '../../src/ops/events.ts';

const folder = fileURLToPath(new URL('../../machines/', import.meta.url));
const machines: AnyStateMachine[] = [];
for (const file of readdirSync(folder)) {
  const module: Readonly<Record<string, unknown>> = await import(`${folder}${file}`);
  for (const value of Object.values(module)) if (isMachine(value)) machines.push(value);
}

function isMachine(value: unknown): value is AnyStateMachine {
  return typeof value === 'object' && value !== null && 'transition' in value && 'root' in value;
}

/** A binding whose procedures do nothing: deriving a table must run none. */
function bindingOf(machine: AnyStateMachine): Binding {
  const names = new Set<string>();
  const visit = (node: AnyStateMachine['root']): void => {
    for (const { src } of node.invoke) names.add(String(src));
    for (const child of Object.values(node.states)) visit(child);
  };
  visit(machine.root);
  const inert = (): never => {
    throw new Error('a procedure ran while a table was derived');
  };
  return { machine, procedures: Object.fromEntries([...names].map((name) => [name, inert])) };
}

function inertly(binding: Binding): AnyStateMachine {
  const actors: Record<string, ReturnType<typeof fromCallback>> = {};
  for (const name of Object.keys(binding.procedures)) actors[name] = fromCallback(() => undefined);
  return binding.machine.provide({ actors });
}

function codeOf(event: string): number {
  return eventCodes(event)[event] ?? 0;
}

/** Checks every (state, event) of a table against XState's transition() and a started actor. */
function conform(binding: Binding, table: Table): number {
  const machine = inertly(binding);
  const events = [...new Set(machine.events)].filter((event) => !event.startsWith('xstate.'));
  const [first] = initialTransition(machine);
  const known = new Map([[table.initial, first]]);
  let checked = 0;
  expect(table.states[table.initial]?.name).toBe(stateName(first.value));
  for (const [state, snapshot] of known) {
    expect(table.states[state]?.final).toBe(snapshot.status === 'done');
    for (const event of [...events, 'NO_SUCH_EVENT']) {
      checked++;
      const to = table.next(state, codeOf(event));
      const accepted = snapshot.status === 'active' && snapshot.can({ type: event });
      expect(to >= 0, `${machine.id}: ${stateName(snapshot.value)} on ${event}`).toBe(accepted);
      if (!accepted) continue;
      const [after] = transition(machine, snapshot, { type: event });
      expect(table.states[to]?.name).toBe(stateName(after.value));
      expect(startedFrom(machine, snapshot, event)).toBe(stateName(after.value));
      if (!known.has(to)) known.set(to, after);
    }
  }
  expect(known.size).toBe(table.states.length);
  return checked;
}

/** Where a running actor of XState's own stands after an event. */
function startedFrom(machine: AnyStateMachine, snapshot: object, event: string): string {
  // A persisted snapshot of this very machine; its type is the machine's secret.
  const restored = JSON.parse(JSON.stringify(snapshot)) as never;
  const actor = createActor(machine, { snapshot: restored });
  actor.start();
  actor.send({ type: event });
  const now = actor.getSnapshot();
  actor.stop();
  return isMachineSnapshot(now) ? stateName(now.value) : '';
}

test('machines/ holds machines', () => {
  expect(machines.length).toBeGreaterThanOrEqual(10);
});

for (const machine of machines) {
  test(`${machine.id}: table and XState agree on every state and event`, () => {
    const binding = bindingOf(machine);
    expect(conform(binding, tableOf(binding))).toBeGreaterThan(0);
  });
}

test('always-transitions are in the table', () => {
  const machine = createMachine({
    id: 'hop',
    initial: 'A',
    states: {
      A: { on: { GO: 'B' } },
      B: { always: 'C' },
      C: { on: { GO: 'D' } },
      D: { type: 'final' },
    },
  });
  const table = tableOf({ machine, procedures: {} });
  expect(table.states.map((s) => s.name)).toEqual(['A', 'C', 'D']);
  conform({ machine, procedures: {} }, table);
});

test('nested and parallel states each have one entry for each configuration', () => {
  const machine = createMachine({
    id: 'both',
    type: 'parallel',
    states: {
      x: { initial: 'A', states: { A: { on: { X: 'B' } }, B: {} } },
      y: { initial: 'A', states: { A: { on: { Y: 'B' } }, B: {} } },
    },
  });
  const table = tableOf({ machine, procedures: {} });
  expect(table.states.length).toBe(4);
  conform({ machine, procedures: {} }, table);
});

test('a state that invokes what its binding lacks is our fault, named', () => {
  const machine = createMachine({
    id: 'lost',
    initial: 'A',
    states: { A: { invoke: { src: 'nobody' } } },
  });
  expect(() => tableOf({ machine, procedures: {} })).toThrow('[hotrace bug] lost: no procedure');
});
