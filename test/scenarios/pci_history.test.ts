import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../src/oracles/verdict.ts';
import { brokenBy, searched, system } from './pci_history_cell.ts';

/** What is open in the record, as exploration of every interleaving answers it. */
const FOUND: Readonly<Record<string, readonly [before: Verdict, after: Verdict]>> = {
  'sriov-attribute': ['deadlock', 'pass'],
  'vfio-pair': ['deadlock', 'deadlock'],
};

for (const race of system.races) {
  describe(`pci-history/${race.id}`, () => {
    test('has an expectation with a source for both designs', () => {
      expect(Object.keys(race.expected)).toEqual(['before', 'after']);
      for (const { source } of Object.values(race.expected)) expect(source).toMatch(/row \w+: \S/);
    });

    ['before', 'after'].forEach((design, i) => {
      const known = race.expected[design]?.verdict ?? 'open';
      const verdicts = known === 'open' ? [FOUND[race.id]?.[i]] : known;
      test(`${design} the fix: ${verdicts.join(' or ')}`, () => {
        expect(verdicts).toContain(searched(race.id, design).verdict);
      });
    });
  });
}

test('each finding is what the row says, in memory', () => {
  const message = (race: string): string | undefined =>
    searched(race, 'before').counterexample?.finding.message;
  expect(message('is-added')).toMatch(/pci_dev\.driver is 0x1: the device was removed/);
  expect(message('aer-multi')).toMatch(/root_port\.root_status is 0x2: errors are pending/);
  expect(message('slot-queue')).toMatch(/slot\.enabled is 0x0: the link is up/);
  expect(message('slot-trylock')).toMatch(/unlock of (bridge|child).*holds it|it is not held/);
});

test('one thread is enough for rows 20 and 22', () => {
  for (const race of ['nested-flush', 'stop-first']) {
    expect(searched(race, 'before').counterexample?.preemptions, race).toBe(0);
  }
});

test('the proposal of O1 checks before it waits: the mark may come in between', () => {
  const { counterexample } = searched('vfio-pair', 'after');
  expect(counterexample?.preemptions).toBeGreaterThan(0);
  expect(counterexample?.finding.verdict).toBe('deadlock');
});

test('every invariant sees the word that it is about', () => {
  const words: Readonly<Record<string, readonly [word: string, invariant: string]>> = {
    'is-added': ['pci_dev.driver', 'driver-released'],
    'aer-multi': ['root_port.root_status', 'errors-are-taken'],
    'bridge-enable': ['bridge.command', 'bridge-is-enabled'],
    lnkctl: ['port.lnkctl', 'link-control-has-both'],
    'slot-reset-lock': ['bridge_regs.bridge_control', 'bridge-control'],
    'cfg-block': ['child_regs.block_cfg_access', 'config-unblocked'],
    'slot-queue': ['slot.enabled', 'last-event-wins'],
  };
  for (const [race, [word, invariant]] of Object.entries(words)) {
    expect(brokenBy(race, word), race).toEqual([invariant]);
  }
});
