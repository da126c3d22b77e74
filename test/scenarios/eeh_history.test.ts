import { describe, expect, test } from 'vitest';
import type { ExploreResult } from '../../src/explore/explore.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { buildMachine } from '../../src/topology/machine.ts';

installLowering('explored');
const { system } = await import('../../src/scenarios/eeh_history.ts');
const { explore } = await import('../../src/explore/explore.ts');

/**
 * What exploration without a bound on preemption finds: which oracle it is and what it says, or
 * pass. Where the record has a verdict it must allow this one; where it is open, this is the
 * laboratory's answer.
 */
const FOUND: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'edev-pdev-reread': ['kasan: null-dereference', 'pass'],
  'dead-phb-report': ['lockdep: recursive-lock', 'pass'],
  'dead-phbs-wrong-pe': ['driver-told: assertion', 'driver-told: assertion'],
  'dead-phbs-one-told': ['driver-told: assertion', 'pass'],
  'report-removed-device': ['kasan: null-dereference', 'pass'],
  'callback-vs-unbind': ['callback-protocol: assertion', 'pass'],
  'stale-no-handler': ['driver-told: assertion', 'pass'],
  'failure-not-told': ['driver-told: assertion', 'pass'],
  'keep-wrong-word': ['empty-pe-freed: leak', 'pass'],
  'bus-of-removed-device': ['kasan: use-after-free', 'pass'],
  'dead-card-false-positive': ['driver-told: assertion', 'pass'],
  'empty-pe-not-told': ['driver-told: assertion', 'pass'],
  'stale-edev-teardown': ['device-bound: assertion', 'pass'],
  'stale-primary-bus': ['kasan: use-after-free', 'pass'],
  'phb-after-bridge': ['kasan: use-after-free', 'pass'],
  'phb-before-device': ['kasan: use-after-free', 'pass'],
  'pdn-before-device': ['kasan: use-after-free', 'pass'],
  'slot-after-bus': ['kasan: use-after-free', 'pass'],
  'vf-removed-twice': ['kasan: use-after-free', 'pass'],
  'pf-with-vfs-removed': ['lockdep: recursive-lock', 'pass'],
  'numvfs-vs-pf-removal': ['hung-task: deadlock', 'pass'],
  'unlocked-stop-and-remove': ['pass', 'lockdep: assertion'],
  'surprise-plug-unnoticed': ['plug-noticed: lost-wakeup', 'pass'],
  'nested-slot-msi': ['warn-on: assertion', 'pass'],
  'nested-slot-walk': ['kasan: use-after-free', 'pass'],
  'slot-without-bridge': ['kasan: null-dereference', 'pass'],
  'slot-irq-stale-copy': ['kasan: null-dereference', 'pass'],
  'hotplug-irq-vs-removal': ['kasan: use-after-free', 'kasan: use-after-free'],
  'presence-vs-watchdog': ['kasan: null-dereference', 'pass'],
  'serial-ioctl-vs-recovery': ['kasan: null-dereference', 'pass'],
  'bnx2x-reset-twice': ['kasan: null-dereference', 'pass'],
  'nvme-subsystem-reset': ['disk-lives: assertion', 'pass'],
};

function searched(race: string, design: string): ExploreResult {
  const machine = buildMachine(defaultTopology, system.platformDefault(race));
  const program = system.build({ race, design, machine, machineName: 'default', quarantine: 8 });
  return explore(program, {
    strategy: 'dfs',
    bound: Number.POSITIVE_INFINITY,
    beyondMs: 0,
    depth: 3,
    seed: 0,
    limits: { executions: 1_000_000, steps: 5000, millis: 60_000 },
    reduce: true,
    subtree: undefined,
    minimiseTries: 300,
    // Nothing here depends on time: the limit is of executions.
    now: () => 0,
    stopped: () => false,
    progress: () => undefined,
  });
}

test('the table has every race', () => {
  expect(Object.keys(FOUND).toSorted()).toEqual(system.races.map(({ id }) => id).toSorted());
});

for (const race of system.races) {
  describe(`eeh-history/${race.id}`, () => {
    test.each([
      ['before', 0],
      ['after', 1],
    ] as const)('%s ends as the table has it, and as expected where that is known', (design, i) => {
      const { verdict, counterexample } = searched(race.id, design);
      const finding = counterexample?.finding;
      expect(finding === undefined ? verdict : `${finding.oracle}: ${verdict}`).toBe(
        FOUND[race.id]?.[i],
      );
      const expected = race.expected[design];
      expect(expected?.source).not.toBe('');
      if (expected !== undefined && expected.verdict !== 'open') {
        expect(expected.verdict).toContain(verdict);
      }
    });
  });
}

function messageOf(race: string, design: string): string | undefined {
  return searched(race, design).counterexample?.finding.message;
}

describe('messages', () => {
  test('#14 faults where the report has it: in mutex_lock at NULL+0x10, four words', () => {
    expect(messageOf('slot-irq-stale-copy', 'before')).toContain('lock access at NULL+4');
  });

  test('#32 leaves the second PHB’s driver untold, with the fix as without it', () => {
    for (const design of ['before', 'after']) {
      expect(messageOf('dead-phbs-wrong-pe', design)).toBe('driver tg3 was told 0 times');
    }
  });
});
