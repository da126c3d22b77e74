import { describe, expect, test } from 'vitest';
import { VERDICTS } from '../../src/oracles/verdict.ts';
import { searched, system } from './phb_irq_map_cell.ts';

/** What exploration finds, open cells included: the oracle that tells, or nobody. */
const FOUND: Readonly<Record<string, readonly string[]>> = {
  //      F0, F1, F2, F3, F4, F5, F6, F7
  'I0-A': ['kasan', 'pass', 'pass', 'last-user-unmaps', 'pass', 'pass', 'pass', 'pass'],
  'I0-B': ['kasan', 'last-user-unmaps', 'pass', 'last-user-unmaps', 'pass', 'pass', 'pass', 'pass'],
  'I0-C': [
    'kasan',
    'interrupt-delivered',
    'interrupt-delivered',
    'pass',
    'pass',
    'pass',
    'pass',
    'pass',
  ],
  'I0-D': [
    'interrupt-delivered',
    'interrupt-delivered',
    'interrupt-delivered',
    'pass',
    'pass',
    'pass',
    'interrupt-delivered',
    'pass',
  ],
  'I0-E': [
    'mapping-outlives-handlers',
    'mapping-outlives-handlers',
    'mapping-outlives-handlers',
    'pass',
    'pass',
    'irq-is-mapped',
    'mapping-outlives-handlers',
    'irq-is-mapped',
  ],
  'I0-F': [
    'pass',
    'pass',
    'pass',
    'last-user-unmaps',
    'last-user-unmaps',
    'last-user-unmaps',
    'last-user-unmaps',
    'last-user-unmaps',
  ],
  'I0-G': ['kasan', 'kasan', 'kasan', 'last-user-unmaps', 'kasan', 'kasan', 'kasan', 'kasan'],
  'I0-G-V4': ['pass', 'pass', 'pass', 'last-user-unmaps', 'pass', 'pass', 'pass', 'pass'],
  'dlpar-phb': ['pass', 'pass', 'pass', 'last-user-unmaps', 'pass', 'pass', 'pass', 'pass'],
  'dlpar-phb-rescan': [
    'mapping-outlives-handlers',
    'mapping-outlives-handlers',
    'mapping-outlives-handlers',
    'last-user-unmaps',
    'count-is-users',
    'count-is-users',
    'kasan',
    'count-is-users',
  ],
  'link-cycle': [
    'pass',
    'pass',
    'pass',
    'pass',
    'irq-is-mapped',
    'irq-is-mapped',
    'irq-is-mapped',
    'pass',
  ],
};

for (const race of system.races) {
  describe(`phb-irq-map/${race.id}`, () => {
    test('has an expectation with a source for every design', () => {
      expect(Object.keys(race.expected)).toEqual(system.designs.map(({ id }) => id));
      for (const { source } of Object.values(race.expected)) expect(source).not.toBe('');
    });

    for (const [index, { id }] of system.designs.entries()) {
      const oracle = FOUND[race.id]?.[index] ?? '';
      test(`${id}: ${oracle === 'pass' ? 'sound at bound 2' : oracle}`, () => {
        const expected = race.expected[id]?.verdict;
        const result = searched(race.id, id, 2);
        expect(expected === 'open' ? VERDICTS : expected).toContain(result.verdict);
        expect(result.counterexample?.finding.oracle ?? result.verdict).toBe(oracle);
      });
    }
  });
}

test('I0-E under F5 needs one preemption: between the mapping and its count', () => {
  expect(searched('I0-E', 'F5', 0).verdict).toBe('pass');
  expect(searched('I0-E', 'F5', 1).counterexample?.preemptions).toBe(1);
});

test('I0-G under F5 is a NULL irq_data', () => {
  expect(searched('I0-G', 'F5', 2).verdict).toBe('null-dereference');
});
