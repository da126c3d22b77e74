import { expect, test } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { knownMachines } from '../../../src/cli/diagram_machines.ts';
import { ancestors, edgeId, edgeLabel, statesById } from '../../../src/inspect/chart/chart.ts';
import { chartOf, edgeIdsOf } from '../../../src/inspect/chart/chart_of.ts';
import { hostile, nested, regions } from '../machines.ts';

const chart = chartOf(nested);

test('edges have stable ids: state, event or `always`, index of the target', () => {
  const ids = chart.edges.map(({ id }) => id);
  expect(ids.slice(0, 11)).toEqual([
    'nested:RESET:0',
    'nested:KILL:0',
    'nested.A:GO:0',
    'nested.A:GO#1:0',
    'nested.A:STAY:0',
    'nested.A:AGAIN:0',
    'nested.A:DEEP:0',
    'nested.A:%61lways:0',
    'nested.A:BOTH:0',
    'nested.A:BOTH:1',
    'nested.A:always:0',
  ]);
  expect(chartOf(nested)).toEqual(chart);
});

test('an eventless transition is an edge, with its guard', () => {
  const always = chart.edges.filter(({ kind }) => kind === 'always');
  expect(always).toMatchObject([{ source: 'nested.A', target: 'nested.B', guard: 'hasty' }]);
  expect(always.map(edgeLabel)).toEqual(['always [hasty]']);
});

test('no two edges of any machine share an id, not even of one with hostile names', async () => {
  for (const machine of [nested, regions, hostile, ...(await knownMachines()).values()]) {
    const ids = chartOf(machine).edges.map(({ id }) => id);
    expect(new Set(ids).size, machine.id).toBe(ids.length);
  }
  expect(edgeId('a', 'event', 'b:0', 0, 0)).not.toBe(edgeId('a', 'event', 'b', 0, 0));
  expect(edgeId('a', 'event', 'b#1', 0, 0)).not.toBe(edgeId('a', 'event', 'b', 1, 0));
});

test('states carry kind, parent, children, initial state and what they run', () => {
  const states = statesById(chart);
  expect(states.get('nested.A')).toEqual({
    id: 'nested.A',
    name: 'A',
    parent: 'nested',
    kind: 'atomic',
    children: [],
    initial: '',
    invokes: ['prepare'],
    description: 'where it begins',
  });
  expect(states.get('nested.B')).toMatchObject({ kind: 'parallel', initial: '' });
  expect(states.get('nested.B.p')).toMatchObject({ kind: 'compound', initial: 'nested.B.p.x' });
  expect(states.get('nested.C')?.kind).toBe('final');
  expect(chartOf(regions).states[0]).toMatchObject({ kind: 'parallel', initial: '' });
  expect(ancestors(states, 'nested.B.p.x')).toEqual(['nested.B.p', 'nested.B', 'nested']);
});

test('a transition without a target stays where it is', () => {
  const stay = chart.edges.find(({ event }) => event === 'STAY');
  expect(stay).toMatchObject({ source: 'nested.A', target: 'nested.A', targetless: true });
});

test("XState's own events are told in words", () => {
  const labels = new Set(chart.edges.map(edgeLabel));
  expect(labels).toContain('done');
  expect(labels).toContain('after 10');
  expect(labels).toContain('GO [ready]');
});

test('the transitions that an inspection hands out lead to the edges', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'A',
    states: { A: { on: { GO: 'B' } }, B: { always: 'C' }, C: {} },
  });
  const ids = edgeIdsOf(machine);
  const taken: string[] = [];
  const actor = createActor(machine, {
    inspect: (event) => {
      if (event.type !== '@xstate.microstep') return;
      for (const one of event._transitions) taken.push(...(ids.get(one) ?? []));
    },
  });
  actor.start();
  actor.send({ type: 'GO' });
  expect(taken).toEqual(['m.A:GO:0', 'm.B:always:0']);
});
