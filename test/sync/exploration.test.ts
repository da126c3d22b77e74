import { describe, expect, test } from 'vitest';
import type { ExploreResult } from '../../src/explore/explore.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import type { LockRequest } from './lock_system.ts';

installLowering('explored');
const { explore } = await import('../../src/explore/explore.ts');
const { system } = await import('./lock_system.ts');
const { mutexes, rwsems, spinlocks } = await import('../../src/sync/zoo.ts');

/** Every interleaving of every atomic access, whatever the number of preemptions. */
function explored(request: LockRequest): ExploreResult {
  return explore(system.build(request), {
    strategy: 'dfs',
    bound: Number.POSITIVE_INFINITY,
    beyondMs: 0,
    depth: 0,
    seed: 0,
    // The largest contest here is 20,000 executions: nothing comes near these.
    limits: { executions: 1_000_000, steps: 10_000, millis: 30_000 },
    reduce: true,
    subtree: undefined,
    minimiseTries: 200,
    now: () => performance.now(),
    stopped: () => false,
    progress: () => undefined,
  });
}

const exclusive = [
  ...Object.keys(spinlocks).map((lock) => ({ kind: 'spinlock', lock }) as const),
  ...Object.keys(mutexes).map((lock) => ({ kind: 'mutex', lock }) as const),
];
const readersWriter = Object.keys(rwsems).map((lock) => ({ kind: 'rwsem', lock }) as const);

describe.each([
  { actors: 2, turns: 2 },
  { actors: 3, turns: 1 },
])('$actors actors, $turns turns each, down to the last atomic access', (size) => {
  test.each([...exclusive, ...readersWriter])(
    '$kind $lock: nobody is inside together, nobody waits for ever',
    (lock) => {
      const { verdict, guarantee } = explored({ ...lock, ...size, how: 'lock', start: 0 });
      expect(verdict).toBe('pass');
      expect(guarantee).toMatch(/^exhausted: every interleaving, no preemption bound/);
    },
  );

  test.each(exclusive)('$kind $lock: its trylock takes it or leaves it', (lock) => {
    const { verdict, guarantee } = explored({ ...lock, ...size, how: 'trylock', start: 0 });
    expect(verdict).toBe('pass');
    expect(guarantee).toMatch(/^exhausted: every interleaving, no preemption bound/);
  });

  test.each([
    { kind: 'spinlock', lock: 'busted', verdict: 'assertion' },
    // Two hold one ticket, and the next one is never served.
    { kind: 'spinlock', lock: 'torn-ticket', verdict: 'livelock' },
    { kind: 'mutex', lock: 'sleepy', verdict: 'lost-wakeup' },
  ] as const)('canary $kind $lock is refused: $verdict', ({ verdict, ...lock }) => {
    const found = explored({ ...lock, ...size, how: 'lock', start: 0 });
    expect(found.verdict).toBe(verdict);
    expect(found.counterexample).toBeDefined();
  });
});

test('spinlock ticket: both halves wrap while two wait for each other', () => {
  // Ticket 0xffff is drawn and served, the next ones are 0 and 1.
  const start = 0xffff_ffff | 0;
  const size = { actors: 2, turns: 2 };
  for (const how of ['lock', 'trylock'] as const) {
    const { verdict } = explored({ kind: 'spinlock', lock: 'ticket', how, start, ...size });
    expect(verdict).toBe('pass');
  }
});
