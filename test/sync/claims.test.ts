import { expect, test } from 'vitest';
import type { ExploreResult } from '../../src/explore/explore.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import type { LockAlgorithm } from '../../src/sync/algorithm.ts';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { buildMachine } from '../../src/topology/machine.ts';

installLowering('explored');
const { explore } = await import('../../src/explore/explore.ts');
const { lockSystem } = await import('../../src/scenarios/lock_system.ts');
const { FIFO } = await import('../../src/sync/algorithm.ts');
const { adaptive } = await import('../../src/sync/adaptive.ts');
const { brlock } = await import('../../src/sync/brlock.ts');
const { qrwlock } = await import('../../src/sync/qrwlock.ts');
const { ticketRw } = await import('../../src/sync/ticket_rw.ts');
const machine = buildMachine(defaultTopology, 'powernv');

function explored(lock: LockAlgorithm, design: string): ExploreResult {
  const system = lockSystem('claims', 'locks that claim too much', [lock]);
  const request = { race: lock.id, design, machine, machineName: 'default', quarantine: 0 };
  return explore(system.build(request), {
    strategy: 'dfs',
    bound: 2,
    beyondMs: 0,
    depth: 0,
    seed: 0,
    limits: { executions: 1e9, steps: 10_000, millis: 60_000 },
    reduce: true,
    subtree: undefined,
    minimiseTries: 200,
    now: () => performance.now(),
    stopped: () => false,
    progress: () => undefined,
  });
}

test.each([adaptive, qrwlock])(
  '$id does not come first that was first: fifo refuses it',
  (lock) => {
    const found = explored({ ...lock, fairness: FIFO }, '3x2');
    expect(found.counterexample?.finding.oracle).toBe('fifo');
  },
);

test.each([
  { lock: qrwlock, id: 'qrwlock', design: '3x2' },
  { lock: brlock, id: 'brlock', design: '3x2' },
  // Both writers of four threads were there before the reader.
  { lock: ticketRw, id: 'ticket-rw', design: '4x1' },
])('$id lets two writers in before a reader: readers-soon refuses it', ({ lock, design }) => {
  const found = explored({ ...lock, readerBypass: 1 }, design);
  expect(found.counterexample?.finding.oracle).toBe('readers-soon');
});
