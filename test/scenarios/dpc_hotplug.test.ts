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
    expect(measured('b-power', 'one-queue')).toMatchObject({
      'hotplug gave up after': 4100,
      contained: 4100,
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

test('(f): recovery stalls every other slot for its reset and a second', () => {
  const stalled = { 'other slots stalled': 2 + 1000 + 100, 'removals per device': 2 };
  for (const design of ['4-18', '4-19']) expect(measured('aer', design)).toMatchObject(stalled);
  expect(measured('aer', '4-20')).toMatchObject({ 'other slots stalled': 0, removals: 0 });
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

describe('a row of pciehp.md 4 is found before its repair and not after it', () => {
  const ROWS = [
    ['2', 'row-2', 'threaded', '4-19'],
    ['3', 'R3-off', '5-14', '6-13'],
    ['3', 'R3-sysfs', '5-14', '6-13'],
    ['3', 'R3-aer', '5-14', '6-13'],
    ['5', 'b', '4-20', '5-14'],
    ['5', 'b-power', '4-20', '5-14'],
    ['5', 'c', '4-20', '5-14'],
    ['6', 'b-inband', '6-13', '6-16'],
    ['7', 'vfio', '6-13', '6-16'],
    ['7', 'sysfs', '6-13', '6-16'],
    ['8', 'row-8', '5-14', '6-13'],
    ['9', 'R9', '4-20', '5-14'],
    ['10', 'R10', '5-14', '6-13'],
    ['11', 'row-11', '4-20', '5-14'],
    ['12', 'R12', 'early-exit', '5-14'],
    ['13', 'row-13', '4-20', '5-14'],
    ['14', 'pull', 'raw-child', '6-13'],
    ['32', 'row-32', 'threaded', '4-19'],
    ['33', 'R12', '4-20', '5-14'],
    ['34', 'row-34', '4-18', '4-19'],
    ['O2', 'slow-driver', '5-14', 'long-wait'],
  ] as const;
  test.each(ROWS)('row %s: %s, %s and %s', (_row, id, before, after) => {
    const expected = system.races.find((race) => race.id === id)?.expected ?? {};
    expect(expected[before]?.verdict).not.toContain('pass');
    expect(expected[before]?.mark).toBe('S');
    expect(expected[after]?.verdict).toEqual(['pass']);
  });

  test('row 4, which was not read: two reset_locks of one class, then of two', () => {
    expect(searched('row-4', '5-14', BOUND).verdict).toBe('recursive-lock');
    expect(searched('row-4', 'annotated', BOUND).verdict).toBe('pass');
  });

  test('row O1 ends with its proposal', () => {
    expect(searched('O1', '6-16', BOUND).verdict).toBe('deadlock');
    expect(searched('O1', 'skip-gone', BOUND).verdict).toBe('pass');
  });
});

test('Surprise Down is not recovered from: RP_BUSY is sat out, and a like card is noticed', () => {
  expect(measured('surprise', '6-16')).toMatchObject({ contained: 50, 'removals per device': 1 });
  expect(searched('surprise-swap', '6-16', BOUND).verdict).toBe('pass');
  expect(searched('surprise-swap', 'no-surprise', BOUND).verdict).toBe('lost-wakeup');
});

test('D1 and D2 deadlock in every kernel that recovers by callbacks, up to 6.16', () => {
  for (const design of ['4-20', '5-14', '6-13', '6-16']) {
    expect(searched('D1', design, BOUND).verdict).toBe('deadlock');
    expect(searched('D2', design, BOUND).verdict).toBe('deadlock');
  }
});
