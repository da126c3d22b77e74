import { describe, expect, test } from 'vitest';
import type { Program } from '../../src/actor/program.ts';
import type { ExploreResult } from '../../src/explore/explore.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import type { LockNames, System } from '../../src/scenarios/system.ts';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { buildMachine } from '../../src/topology/machine.ts';

installLowering('explored');
const { explore } = await import('../../src/explore/explore.ts');
const { buildProgram } = await import('../../src/scenarios/build.ts');
const { loadZoo } = await import('../../src/scenarios/zoo.ts');
const { system: eeh } = await import('../../src/scenarios/eeh_pe.ts');
const zoo = await loadZoo();

function programOf(system: System, race: string, design: string, locks: LockNames): Program {
  const machine = buildMachine(defaultTopology, system.platformDefault(race));
  const request = { race, design, machine, machineName: 'default', quarantine: 8, locks };
  return buildProgram(system, request, zoo);
}

function explored(program: Program, bound: number): ExploreResult {
  return explore(program, {
    strategy: 'dfs',
    bound,
    beyondMs: 0,
    depth: 0,
    seed: 0,
    limits: { executions: 1e9, steps: 20_000, millis: 60_000 },
    reduce: true,
    subtree: undefined,
    minimiseTries: 200,
    now: () => performance.now(),
    stopped: () => false,
    progress: () => undefined,
  });
}

const NO_BOUND = Number.POSITIVE_INFINITY;
const someLocks = [
  { mutex: 'futex' },
  { mutex: 'ticket', spinlock: 'ttas' },
  { spinlock: 'ticket' },
];

describe.each(someLocks)('with %o behind the locks of eeh-pe', (locks) => {
  test('a fixed design passes every interleaving, down to the atomic accesses', () => {
    const result = explored(programOf(eeh, 'T1', 'rescan-lock-nolock', locks), NO_BOUND);
    expect(result.verdict).toBe('pass');
    expect(result.guarantee).toMatch(/^exhausted: every interleaving, no preemption bound/);
  });

  test('a use after free is found as with abstract locks', () => {
    expect(explored(programOf(eeh, 'T1', 'none', locks), 2).verdict).toBe('use-after-free');
  });

  test('a recursion is reported where it is taken, not as a spin without end', () => {
    const result = explored(programOf(eeh, 'T1', 'rescan-lock', locks), 2);
    expect(result.verdict).toBe('recursive-lock');
  });

  test('a lock that is never given back is a deadlock, however its waiters wait', () => {
    const result = explored(programOf(eeh, 'T11d', 'rescan-lock', locks), 2);
    expect(['deadlock', 'hung-task']).toContain(result.verdict);
  });
});

test('a lock that lets two in is reported by its name', () => {
  const program = programOf(eeh, 'T1', 'rescan-lock-nolock', { mutex: 'lock-busted' });
  const { verdict, counterexample } = explored(program, 2);
  expect(verdict).toBe('assertion');
  expect(counterexample?.finding.oracle).toBe('mutual-exclusion');
  expect(counterexample?.finding.message).toContain('pci_rescan_remove_lock is held already');
});
