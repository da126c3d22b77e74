import { describe, expect, test } from 'vitest';
import { searched, system } from './pciehp_cell.ts';
import { verdictsOf } from './pciehp_expected.ts';

const broken = ['A1', 'A3'];
/** The races of the mail; the others are in pciehp_command_ports.test.ts. */
const reported = system.races.filter(({ id }) => ['probe', 'hot-add', 'hot-remove'].includes(id));

for (const race of reported) {
  describe(`pciehp-command/${race.id}`, () => {
    test('has an expectation with a source for every design', () => {
      expect(Object.keys(race.expected)).toEqual(system.designs.map(({ id }) => id));
      for (const { source } of Object.values(race.expected)) expect(source).not.toBe('');
    });

    for (const { id } of system.designs) {
      const bad = broken.includes(id);
      const outcome = bad
        ? 'wedges the vector: event-delivered'
        : 'is sound, no bound on preemption';
      test(`${id} ${outcome}`, () => {
        const result = searched(race.id, id, bad ? 1 : Number.POSITIVE_INFINITY);
        expect(verdictsOf(race.id, id)).toContain(result.verdict);
        expect(result.verdict).toBe(bad ? 'lost-wakeup' : 'pass');
        expect(result.counterexample?.finding.oracle).toBe(bad ? 'event-delivered' : undefined);
      });
    }
  });
}

test('A1 needs one preemption, A3 none: its window is open until the second command', () => {
  for (const { id } of reported) {
    expect(searched(id, 'A1', 1).counterexample?.preemptions).toBe(1);
    expect(searched(id, 'A3', 1).counterexample?.preemptions).toBe(0);
  }
});

test('A2 prints no Timeout and declines no interrupt in any interleaving', () => {
  for (const { id } of reported) {
    const { measures } = searched(id, 'A2', Number.POSITIVE_INFINITY);
    const most = Object.fromEntries(measures.map(({ name, max }) => [name, max]));
    expect(most).toMatchObject({ 'command timeouts': 0, 'interrupts answered NONE': 0 });
  }
});

test('A5 declines the first interrupt in some interleavings and recovers', () => {
  const { measures } = searched('probe', 'A5', 2);
  expect(measures.find(({ name }) => name === 'interrupts answered NONE')?.max).toBe(1);
});
