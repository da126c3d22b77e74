import { afterAll, describe, expect, test } from 'vitest';
import { StressPool } from '../../src/stress/pool.ts';
import type { StressLowering } from '../../src/stress/protocol.ts';
import { type StressResult, stress } from '../../src/stress/stress.ts';
import { mutexes, rwsems, spinlocks } from '../../src/sync/zoo.ts';
import type { LockRequest } from './lock_system.ts';

const pool = new StressPool();
afterAll(() => pool.close());

const systemModule = new URL('./lock_system.ts', import.meta.url).href;

async function contend(
  lowering: StressLowering,
  request: LockRequest,
  rounds: number,
): Promise<StressResult> {
  return await stress({
    program: { systemModule, request },
    lowering,
    limits: { rounds, millis: 5_000, roundMillis: 5_000, failures: 0 },
    perturbation: { rate: 0.05, sleepShare: 0.1 },
    seed: 1,
    locks: { spinlock: 'ttas', mutex: 'futex', rwsem: 'futex' },
    expected: ['pass'],
    inspect: false,
    traceEvents: 64,
    pool,
    signal: undefined,
  });
}

const exclusive = [
  ...Object.keys(spinlocks).map((lock) => ['spinlock', lock] as const),
  ...Object.keys(mutexes).map((lock) => ['mutex', lock] as const),
];

describe.each(['native', 'sanitized'] as const)('%s', (lowering) => {
  test.each(exclusive)('%s %s: nobody is inside together', async (kind, lock) => {
    const request = { kind, lock, how: 'lock', actors: 3, turns: 20, start: 0 } as const;
    const result = await contend(lowering, request, 150);
    expect(result.outcomes.map((o) => o.outcome)).toEqual(['pass']);
  });

  test.each(exclusive)('%s %s: its trylock takes it or leaves it', async (kind, lock) => {
    const request = { kind, lock, how: 'trylock', actors: 2, turns: 20, start: 0 } as const;
    const result = await contend(lowering, request, 150);
    expect(result.outcomes.map((o) => o.outcome)).toEqual(['pass']);
  });

  test.each(Object.keys(rwsems))('rwsem %s: a writer is alone, readers agree', async (lock) => {
    const kind = 'rwsem';
    const request = { kind, lock, how: 'lock', actors: 4, turns: 10, start: 0 } as const;
    const result = await contend(lowering, request, 150);
    expect(result.outcomes.map((o) => o.outcome)).toEqual(['pass']);
  });

  test('ticket: both halves wrap', async () => {
    const start = 0xfff8_fff8 | 0;
    const kind = 'spinlock';
    const request = { kind, lock: 'ticket', how: 'lock', actors: 2, turns: 20, start } as const;
    const result = await contend(lowering, request, 150);
    expect(result.outcomes.map((o) => o.outcome)).toEqual(['pass']);
  });
});

// Each canary loses in a good share of its rounds: measured over 5 %, so 0.95^300 < 1e-6 for none.
test.each([
  ['spinlock', 'busted', 'assertion'],
  // Two hold one ticket, and the next one is never served.
  ['spinlock', 'torn-ticket', 'livelock'],
  ['mutex', 'sleepy', 'lost-wakeup'],
] as const)('canary %s %s is refused: %s', async (kind, lock, verdict) => {
  const request = { kind, lock, how: 'lock', actors: 3, turns: 10, start: 0 } as const;
  const result = await contend('sanitized', request, 300);
  expect(result.outcomes.map((o) => o.verdict)).toContain(verdict);
  expect(result.verdict).not.toBe('pass');
});
