import { describe, expect, test } from 'vitest';
import { MISUSED } from '../../src/scenarios/lock_contests.ts';
import { explored, exploredOf, locks } from './explored.ts';

const exclusive = locks.filter(({ kind, broken }) => kind === 'exclusive' && broken === undefined);

describe.each(Object.entries(MISUSED))('%s', (contest, verdict) => {
  test.each(exclusive)('$id: it is reported as what it is', ({ id }) => {
    expect(explored(id, contest, 2).verdict).toBe(verdict);
  });
});

test('a queue node that is written to when it is in no queue is reported', async () => {
  const { system } = await import('./late_node.ts');
  const { verdict, counterexample } = exploredOf(system, 'late-node', '2x1', 2);
  expect(verdict).toBe('assertion');
  expect(counterexample?.finding.oracle).toBe('unpublished-node');
});
