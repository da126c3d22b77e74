import { describe, expect, test } from 'vitest';
import { measured, searched, system } from './dpc_cell.ts';

/** Known cells are exhausted to it; what is open is looked at less deeply, to save time. */
const BOUND = 2;
const OPEN_BOUND = 0;

for (const race of system.races) {
  describe(`dpc-hotplug/${race.id}`, () => {
    test('has an expectation with a source for every design', () => {
      expect(Object.keys(race.expected)).toEqual(system.designs.map(({ id }) => id));
      for (const { source } of Object.values(race.expected)) expect(source).not.toBe('');
    });

    for (const { id } of system.designs) {
      const known = race.expected[id]?.verdict ?? 'open';
      test(`${id}: ${known === 'open' ? 'has an answer' : known.join(' or ')}`, () => {
        const { verdict } = searched(race.id, id, known === 'open' ? OPEN_BOUND : BOUND);
        expect(verdict).not.toBe('limit-reached');
        if (known !== 'open') expect(known).toContain(verdict);
      });
    }
  });
}

describe('the time that hotplug holds a contained link', () => {
  test('is 2100 ms without power control, if all services share one queue', () => {
    expect(measured('b', 'one-queue')).toMatchObject({
      'hotplug gave up after': 2100,
      contained: 2100,
      outage: 2220,
    });
  });

  test('is 4100 ms with power control, and the slot stays OFF', () => {
    expect(measured('a-power', 'one-queue')).toMatchObject({
      'hotplug gave up after': 4100,
      contained: 7600,
      'slot state': 0,
    });
  });

  test('is 1020 ms since 4.20, which does not poll for a card without a link', () => {
    expect(measured('a', '4-20')).toMatchObject({ 'hotplug gave up after': 1020 });
  });

  test('is none since 5.14: the outage is that of recovery alone, nothing is removed', () => {
    for (const design of ['5-14', '6-13', 'same-card', '6-16']) {
      const measures = measured('a-power', design);
      expect(measures).toMatchObject({ 'hotplug gave up after': 0, outage: 3620, removals: 0 });
    }
  });
});

test('DPC sits out a busy root port of 45 ms, looking every 10 ms', () => {
  expect(measured('b-busy', '5-14')).toMatchObject({ contained: 50, outage: 170 });
});

test('4.18 and 4.19 remove a device twice in (b), after recovery was reported successful', () => {
  for (const design of ['4-18', '4-19']) {
    const { counterexample, measures } = searched('b', design, BOUND);
    expect(counterexample?.finding.oracle).toBe('success-is-true');
    expect(measures.find(({ name }) => name === 'removals')?.max).toBe(2);
  }
});

test('D1 and D2 deadlock in every kernel that recovers by callbacks, up to 6.16', () => {
  for (const design of ['4-20', '5-14', '6-13', '6-16']) {
    expect(searched('D1', design, BOUND).verdict).toBe('deadlock');
    expect(searched('D2', design, BOUND).verdict).toBe('deadlock');
  }
});
