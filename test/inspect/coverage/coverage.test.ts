import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { tableOf } from '../../../src/actor/table.ts';
import { knownMachines } from '../../../src/cli/diagram_machines.ts';
import { chartOf } from '../../../src/inspect/chart/chart_of.ts';
import {
  coverageOf,
  edgeCounts,
  figuresOf,
  mergeCoverage,
  statusOf,
} from '../../../src/inspect/coverage/coverage.ts';
import { coverageJson, readCoverage } from '../../../src/inspect/coverage/coverage_json.ts';
import { tuplesOf } from '../../../src/inspect/coverage/tuples.ts';
import { eventCodes } from '../../../src/ops/events.ts';
import { hostile } from '../machines.ts';

const known = await knownMachines();
const all = [...known.values()];

function machineNamed(id: string): (typeof all)[number] {
  const found = known.get(id);
  if (found === undefined) throw new Error(`no machine ${id}`);
  return found;
}

const slot = machineNamed('slot_static');
const seen = [
  { machine: 'slot_static', state: 'STATIC', event: 'ENABLE', count: 3 },
  { machine: 'slot_static', state: 'STATIC', event: 'FINISHED', count: 1 },
];

test('what a machine accepts is what its integer table accepts', () => {
  for (const machine of all) {
    const names = chartOf(machine).states.flatMap(({ invokes }) => invokes);
    // biome-ignore lint/correctness/useYield: only its name is asked for.
    const inert = function* inert(): Generator<never, number> {
      return 0;
    };
    const procedures = Object.fromEntries(names.map((name) => [name, inert]));
    const table = tableOf({ machine, procedures });
    const moves = table.states.flatMap((state, from) =>
      machine.events.flatMap((event) => {
        const to = table.states[table.next(from, eventCodes(event)[event] ?? 0)];
        return to === undefined ? [] : [`${state.name} ${event} ${to.name}`];
      }),
    );
    const tuples = tuplesOf(machine).map(({ state, event, to }) => `${state} ${event} ${to}`);
    expect(tuples.sort(), machine.id).toEqual(moves.sort());
  }
});

test('together the tuples of each of our machines take every edge of its chart', () => {
  for (const machine of all) {
    const taken = new Set(tuplesOf(machine).flatMap(({ edges }) => edges));
    const edges = chartOf(machine).edges.map(({ id }) => id);
    expect([...taken].sort(), machine.id).toEqual(edges.sort());
  }
});

test('a tuple knows the eventless edges that it takes, in parallel regions too', () => {
  const machine = createMachine({
    id: 'm',
    type: 'parallel',
    states: {
      p: {
        initial: 'a',
        states: { a: { on: { GO: 'b' } }, b: { always: 'c' }, c: {} },
      },
      q: { initial: 'a', states: { a: { on: { GO: 'b' } }, b: {} } },
    },
  });
  const from = '{"p":"a","q":"a"}';
  expect(tuplesOf(machine)).toEqual([
    {
      state: from,
      event: 'GO',
      to: '{"p":"c","q":"b"}',
      edges: ['m.p.a:GO:0', 'm.q.a:GO:0', 'm.p.b:always:0'],
    },
  ]);
  const bounded = tuplesOf(hostile).map(({ edges }) => edges.length);
  expect(bounded).toEqual([1, 1, 1, 1, 1, 1]);
});

test('tuples are taken, refused or never seen', () => {
  const { machines } = coverageOf([slot], seen);
  const [first] = machines;
  const statuses = first?.tuples.map((one) => `${one.state}:${one.event} ${statusOf(one)}`);
  expect(statuses).toContain('STATIC:ENABLE taken');
  expect(statuses).toContain('STATIC:FINISHED refused');
  expect(statuses).toContain('STATIC:DISABLE never');
  expect(figuresOf(machines)).toEqual({ taken: 1, refused: 1, never: 7, percent: 12.5 });
});

test('merging adds, in any order and grouping', () => {
  const a = coverageOf([slot], seen);
  const b = coverageOf([slot, machineNamed('eehd')], [{ ...seen[0], count: 4 } as never]);
  const c = coverageOf([machineNamed('phb')], []);
  const whole = mergeCoverage([a, b, c]);
  expect(mergeCoverage([c, mergeCoverage([b, a])])).toEqual(whole);
  expect(whole.runs).toBe(3);
  const [counted] = whole.machines.filter(({ machine }) => machine === 'slot_static');
  expect(counted?.tuples).toContainEqual({
    state: 'STATIC',
    event: 'ENABLE',
    defined: true,
    count: 7,
  });
});

test('nothing defined is wholly covered, and nothing seen not at all', () => {
  expect(figuresOf([]).percent).toBe(100);
  expect(figuresOf(coverageOf(all, []).machines)).toMatchObject({ taken: 0, percent: 0 });
});

test('edges carry the counts of the tuples that take them', () => {
  const counts = edgeCounts(slot, coverageOf([slot], seen));
  expect(counts.get('slot_static.STATIC:ENABLE:0')).toBe(3);
  expect(counts.get('slot_static.STATIC:DISABLE:0')).toBe(0);
  expect(counts.size).toBe(chartOf(slot).edges.length);
});

test('JSON comes back the same, hostile names too', () => {
  const odd = { machine: hostile.id, state: 'end', event: hostile.id, count: 1 };
  const coverage = coverageOf([slot, hostile], [...seen, odd]);
  expect(readCoverage(coverageJson(coverage))).toEqual(coverage);
});

test.each([
  ['', 'no JSON'],
  ['[]', 'expected object'],
  ['{"format":"other"}', 'format'],
  ['{"format":"hotrace-coverage-1","runs":1,"machines":[{"machine":1}]}', 'machines.0.machine'],
  ['{"format":"hotrace-coverage-1","runs":-1,"machines":[]}', 'runs'],
])('%j is no coverage', (text, why) => {
  const found = readCoverage(text);
  expect(typeof found).toBe('string');
  expect(String(found)).toContain(why);
});
