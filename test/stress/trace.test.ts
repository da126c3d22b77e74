import { afterAll, expect, test } from 'vitest';
import { OPS } from '../../src/ops/vocabulary.ts';
import { StressPool } from '../../src/stress/pool.ts';
import { rounds, runDemo, untilFound } from './run_demo.ts';

const pool = new StressPool();
afterAll(() => pool.close());

test('the trace of a finding ends with the operation that was refused', async () => {
  const result = await runDemo(pool, 'use-after-free', { limits: untilFound });
  const failed = result.outcomes.find((o) => o.verdict === 'use-after-free');
  const last = failed?.trace?.steps.at(-1);
  expect(last?.kind).toBe(OPS.read.kind);
  expect(last?.operands[0]).toBe(failed?.finding?.addr);
  expect(last?.stack[0]).toMatchObject({
    procedure: 'uaf_reader',
    file: 'test/stress/programs/bad.ts',
  });
  // The free comes before the use, whoever's ring it was in.
  expect(failed?.trace?.steps.map((s) => s.kind)).toContain(OPS.kfree.kind);
  expect(failed?.trace?.steps.map((s) => s.step)).toEqual(failed?.trace?.steps.map((_, i) => i));
});

test('a lock is released in the trace before another actor takes it', async () => {
  const result = await runDemo(pool, 'list', { limits: rounds(50) });
  const steps = result.outcomes[0]?.trace?.steps ?? [];
  let holder = -1;
  for (const { actor, kind } of steps) {
    if (kind === OPS.spin_lock.kind) {
      expect(holder).toBe(-1);
      holder = actor;
    } else if (kind === OPS.spin_unlock.kind) {
      expect(holder).toBe(actor);
      holder = -1;
    }
  }
  expect(steps.length).toBeGreaterThan(100);
});

test('printk lines carry the virtual time', async () => {
  const result = await runDemo(pool, 'list', { limits: rounds(5) });
  expect(result.outcomes[0]?.trace?.log).toMatchObject([
    { actor: 3, timeMs: 1020, text: 'demo: slept 20 ms of virtual, 0 nodes\n' },
  ]);
});

test('moves of the machines stand between the steps', async () => {
  const result = await runDemo(pool, 'irq', { limits: rounds(5), turns: 2 });
  const trace = result.outcomes[0]?.trace;
  const moves = trace?.transitions.map(({ actor, from, event, to }) => [actor, from, event, to]);
  expect(moves).toContainEqual([2, 'WAIT', 'CAME', 'HANDLE']);
  expect(moves).toContainEqual([0, 'RUN', 'DONE', 'END']);
});

test('an endless spin keeps one turn in the ring, and what came before it', async () => {
  const result = await runDemo(pool, 'spin', { limits: untilFound });
  const steps = result.outcomes[0]?.trace?.steps ?? [];
  const spinning = steps.filter((s) => s.actor === 0);
  expect(spinning.at(-1)?.kind).toBe(OPS.cpu_relax.kind);
  expect(spinning.length).toBeLessThan(8);
});

test('inspected, XState itself runs the machines and comes to the same end', async () => {
  const result = await runDemo(pool, 'irq', { limits: rounds(20), inspect: true, turns: 3 });
  expect(result.outcomes.map((o) => o.outcome)).toEqual(['pass']);
  const [process, , irq] = result.inspections;
  expect(process?.at(-1)).toMatchObject({ type: '@xstate.snapshot', state: 'END' });
  expect(irq?.map((i) => i.event)).toContain('CAME');
  const bad = await runDemo(pool, 'illegal-event', { limits: untilFound, inspect: true });
  expect(bad.verdict).toBe('illegal-transition');
});
