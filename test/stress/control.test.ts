import { afterAll, expect, test } from 'vitest';
import { StressPool } from '../../src/stress/pool.ts';
import { rounds, runDemo, untilFound } from './run_demo.ts';

const pool = new StressPool();
afterAll(() => pool.close());

const forever = { rounds: 1_000_000_000, millis: 60_000, roundMillis: 30_000, failures: 0 };

/** Aborts once the run has come to its rounds. */
function soon(): AbortSignal {
  return AbortSignal.timeout(300);
}

test.each([
  ['list', 5],
  ['crowd', 3],
  ['irq', 50],
  // One round that would never end.
  ['circles', 1],
])('%s stops within 100 ms of the signal', async (race, turns) => {
  // The workers are there and the system is loaded: what follows measures the stop alone.
  await runDemo(pool, race, { turns, limits: { ...forever, millis: 1 } });
  const result = await runDemo(pool, race, { turns, limits: forever, signal: soon() });
  expect(result.stoppedBy).toBe('signal');
  expect(result.stopLatencyMs).toBeLessThan(100);
});

test('12 actors on the CPUs there are make progress', async () => {
  const result = await runDemo(pool, 'crowd', { turns: 3, limits: rounds(20) });
  expect(result.outcomes.map((o) => o.outcome)).toEqual(['pass']);
  expect(result.rounds).toBe(20);
});

test('workers are taken again after a stop', async () => {
  const result = await runDemo(pool, 'list', { limits: rounds(20) });
  expect(result.stoppedBy).toBe('rounds');
  expect(result.rounds).toBe(20);
  expect(result.verdict).toBe('pass');
});

test('outcomes are counted: their sum is the number of rounds', async () => {
  const limits = rounds(300);
  const result = await runDemo(pool, 'bad-unlock', { limits, expected: ['bad-unlock'] });
  expect(result.outcomes.reduce((sum, o) => sum + o.count, 0)).toBe(300);
  expect(result.failures).toBe(300);
  expect(result.outcomes.map((o) => o.grade)).toContain('expected');
  expect(result.outcomes.map((o) => o.grade)).not.toContain('forbidden');
});

test('what was not expected is graded forbidden', async () => {
  const result = await runDemo(pool, 'leak', { limits: untilFound, expected: ['pass'] });
  expect(result.outcomes.map((o) => [o.verdict, o.grade])).toEqual([['leak', 'forbidden']]);
});

test.each([
  ['throws', 'a fault in the model'],
  ['exits', 'its thread exited with code 3'],
])('an actor whose thread dies (%s) is reported with what it held', async (race, reason) => {
  const result = await runDemo(pool, race, { limits: untilFound });
  expect(result.stoppedBy).toBe('death');
  expect(result.deaths).toEqual([{ actor: 'culprit', reason, held: ['demo.mutex_a'] }]);
  expect(result.outcomes[0]?.outcome).toBe(
    `assertion: culprit died: ${reason}; it held demo.mutex_a`,
  );
});

test('a fault of ours is thrown, and the pool goes on', async () => {
  const program = {
    systemModule: new URL('./programs/demo_system.ts', import.meta.url).href,
    request: { race: 'no such program', turns: 1 },
  };
  await expect(runDemo(pool, '', { program })).rejects.toThrow('no demo program');
  const nowhere = { systemModule: 'file:///no/such/system.ts', request: {} };
  await expect(runDemo(pool, '', { program: nowhere })).rejects.toThrow('/no/such/system.ts');
  const locks = { spinlock: 'none', mutex: 'futex', rwsem: 'futex-rwsem' };
  await expect(runDemo(pool, 'list', { locks })).rejects.toThrow('[hotrace bug] no lock none');
  const result = await runDemo(pool, 'list', { limits: rounds(5) });
  expect(result.verdict).toBe('pass');
});
