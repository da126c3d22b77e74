import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../src/oracles/verdict.ts';
import { searched, system } from './eeh_pe_cell.ts';

/**
 * What exploration at preemption bound 2 finds, in the order none, keep-flag, rescan-lock,
 * rescan-lock-nolock, refcount, snapshot, global-mutex, two-lock, deferral. Where the record has a
 * verdict it must allow this one; where it is open, this is the laboratory's answer, pinned so that
 * a change of the models shows.
 */
const uaf = 'use-after-free';
const stuck = 'deadlock';
const bad = 'assertion';
const cycle = 'lock-inversion';
const nil = 'null-dereference';
const FOUND: Readonly<Record<string, readonly Verdict[]>> = {
  T1: [uaf, 'pass', 'recursive-lock', 'pass', 'pass', 'pass', uaf, 'pass', 'pass'],
  T2: [uaf, uaf, 'pass', 'pass', uaf, uaf, nil, nil, 'pass'],
  T3: [uaf, uaf, 'pass', 'pass', uaf, uaf, nil, 'assertion', 'pass'],
  T4: [uaf, uaf, uaf, uaf, uaf, uaf, uaf, 'pass', 'pass'],
  T5: [uaf, uaf, uaf, uaf, uaf, uaf, uaf, uaf, 'pass'],
  T6: [
    'bad-unlock',
    'assertion',
    'pass',
    'pass',
    'assertion',
    'assertion',
    'assertion',
    'assertion',
    'pass',
  ],
  T8: [uaf, uaf, uaf, uaf, uaf, uaf, uaf, uaf, 'pass'],
  T9: [uaf, uaf, 'assertion', 'assertion', 'pass', 'pass', uaf, uaf, 'pass'],
  T9a: [uaf, bad, bad, bad, bad, 'assertion', nil, nil, 'pass'],
  T10: ['pass', 'pass', 'recursive-lock', 'pass', 'pass', 'pass', 'pass', 'pass', 'pass'],
  T11a: [
    'pass',
    'pass',
    'recursive-lock',
    'recursive-lock',
    'pass',
    'pass',
    'pass',
    'pass',
    'recursive-lock',
  ],
  T11e: ['pass', 'pass', 'deadlock', 'deadlock', 'pass', 'pass', 'pass', 'pass', 'deadlock'],
  T11d: ['pass', 'pass', stuck, stuck, 'pass', 'pass', stuck, 'pass', stuck],
  T7: [bad, bad, bad, bad, bad, bad, bad, bad, 'pass'],
  T14: [bad, bad, bad, bad, bad, bad, bad, bad, bad],
  T15: ['pass', uaf, uaf, uaf, uaf, uaf, 'pass', uaf, uaf],
  T16: [uaf, bad, bad, bad, bad, bad, uaf, bad, bad],
  T18: [uaf, uaf, 'pass', 'pass', uaf, uaf, uaf, uaf, 'pass'],
  T19: [uaf, uaf, uaf, uaf, uaf, uaf, uaf, uaf, 'pass'],
  T20: [bad, bad, bad, bad, bad, bad, bad, bad, bad],
  T21: [cycle, cycle, cycle, cycle, cycle, cycle, cycle, cycle, cycle],
};

for (const race of system.races) {
  describe(`eeh-pe/${race.id}`, () => {
    test('has an expectation with a source for every design', () => {
      expect(Object.keys(race.expected)).toEqual(system.designs.map(({ id }) => id));
      for (const { source } of Object.values(race.expected)) expect(source).not.toBe('');
    });

    system.designs.forEach(({ id }, i) => {
      const found = FOUND[race.id]?.[i];
      test(`${id} ends with ${found}`, () => {
        const expected = race.expected[id]?.verdict ?? [];
        const result = searched(race.id, id, 2);
        expect(result.verdict).toBe(found);
        if (expected !== 'open') expect(expected).toContain(result.verdict);
      });
    });
  });
}

test('T1 to T3 are sound with rescan-lock-nolock without any bound on preemption', () => {
  for (const race of ['T1', 'T2', 'T3']) {
    expect(searched(race, 'rescan-lock-nolock', Number.POSITIVE_INFINITY).verdict).toBe('pass');
  }
});
