import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { tableOf } from '../../src/actor/table.ts';
import { CONTROL, newControl } from '../../src/ops/native/control.ts';
import { newSpanMemory, readSpans, SpanClock } from '../../src/stress/spans.ts';

const machine = createMachine({
  id: 'timed',
  initial: 'A',
  states: {
    A: { invoke: { src: 'first' }, on: { NEXT: 'B' } },
    B: { invoke: { src: 'second' }, on: { NEXT: 'C' } },
    C: { invoke: { src: 'third' }, on: { NEXT: 'END' } },
    END: { type: 'final' },
  },
});
const never = () => {
  throw new Error('only its name counts');
};
const table = tableOf({ machine, procedures: { first: never, second: never, third: never } });
const [a = 0, b = 0, c = 0] = ['A', 'B', 'C'].map((name) =>
  table.states.findIndex((state) => state.name === name),
);

const spans = [
  { name: 'both', procedures: ['first', 'second'] },
  { name: 'last', procedures: ['third'] },
];

/** Runs states one after the other; each takes so many virtual ms. */
function run(clock: SpanClock, control: Int32Array, states: readonly [number, number][]): void {
  for (const [state, ms] of states) {
    clock.begin(state);
    control[CONTROL.nowMs] = (control[CONTROL.nowMs] ?? 0) + ms;
    clock.end(state);
  }
}

test('a sample is the sum over a round of what belongs to the span', () => {
  const memory = newSpanMemory(spans, 2);
  const control = newControl();
  const clock = new SpanClock(memory, control, table, 1);
  run(clock, control, [
    [a, 5],
    [c, 100],
    [b, 7],
  ]);
  clock.close(true);
  run(clock, control, [[a, 1]]);
  clock.close(true);
  const [both, last] = readSpans(memory, 2);
  expect(both).toMatchObject({ name: 'both', virtualMs: [12, 1] });
  expect(last).toMatchObject({ name: 'last', virtualMs: [100] });
  expect(both?.realNs.every((ns) => ns >= 0 && ns < 1e9)).toBe(true);
});

test('a round that was stopped leaves no sample, and nothing for the next one', () => {
  const memory = newSpanMemory(spans, 1);
  const control = newControl();
  const clock = new SpanClock(memory, control, table, 0);
  run(clock, control, [[a, 50]]);
  clock.close(false);
  run(clock, control, [[b, 3]]);
  clock.close(true);
  expect(readSpans(memory, 1).map(({ virtualMs }) => virtualMs)).toEqual([[3], []]);
});

test('the last samples are kept, of whichever actor', () => {
  const memory = newSpanMemory(spans, 2);
  const control = newControl();
  const first = new SpanClock(memory, control, table, 0);
  const second = new SpanClock(memory, control, table, 1);
  for (let round = 0; round < 5000; round++) {
    run(first, control, [[c, 1]]);
    first.close(true);
  }
  run(second, control, [[c, 2]]);
  second.close(true);
  const virtualMs = readSpans(memory, 2)[1]?.virtualMs ?? [];
  expect(virtualMs).toHaveLength(4096 + 1);
  expect(virtualMs.at(-1)).toBe(2);
});
