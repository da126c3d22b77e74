import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../src/oracles/verdict.ts';
import { searched, system } from './vmap_alias_cell.ts';

/**
 * What exploration without a bound on preemption finds, in the order A B C D E F G M. Where the
 * record has a verdict it must allow this one; where it is open, this is the laboratory's answer.
 */
const ok = 'pass';
const bad = 'assertion';
const wild = 'wild-device-access';
const FOUND: Readonly<Record<string, readonly Verdict[]>> = {
  'I1-A': [bad, ok, ok, ok, ok, bad, ok, bad],
  'I1-A-phb': [bad, ok, ok, ok, ok, bad, ok, bad],
  'I1-A-qemu': [bad, ok, ok, ok, ok, bad, ok, bad],
  'I1-A-5.15': [ok, ok, ok, ok, ok, ok, ok, ok],
  'I1-A-large': [ok, ok, ok, ok, ok, ok, ok, bad],
  'I1-B': [wild, ok, ok, wild, ok, ok, ok, bad],
  'I1-B-radix': [wild, ok, ok, wild, ok, ok, ok, bad],
  'I1-B-5.15': [ok, ok, ok, ok, ok, ok, ok, ok],
  'I1-B-powervm': [bad, ok, ok, wild, ok, bad, ok, bad],
  'I1-B-phb': [bad, ok, ok, wild, ok, bad, ok, bad],
  'I1-B-gone': [ok, ok, ok, ok, ok, ok, ok, ok],
  'I1-B-sysfs': [wild, wild, ok, wild, ok, ok, wild, bad],
  'I1-B-strict': [bad, bad, bad, bad, ok, bad, bad, bad],
  'I1-C': [bad, bad, bad, ok, ok, bad, ok, bad],
  'I1-C-begun': [bad, bad, bad, ok, ok, bad, ok, bad],
  'I1-C-large': [ok, bad, bad, ok, ok, ok, ok, bad],
  'I1-C-late': [bad, bad, bad, ok, bad, bad, ok, bad],
  'I1-D': [ok, ok, ok, ok, ok, ok, ok, wild],
  'I1-D-full': [ok, ok, ok, ok, ok, ok, ok, wild],
};

const EVERY = Number.POSITIVE_INFINITY;

function most(race: string, design: string, measure: string): number | undefined {
  return searched(race, design, EVERY).measures.find(({ name }) => name === measure)?.max;
}

for (const race of system.races) {
  describe(`vmap-alias/${race.id}`, () => {
    test('has an expectation with a source for every design', () => {
      expect(Object.keys(race.expected)).toEqual(system.designs.map(({ id }) => id));
      for (const { source } of Object.values(race.expected)) expect(source).not.toBe('');
    });

    system.designs.forEach(({ id }, i) => {
      const found = FOUND[race.id]?.[i];
      test(`${id} ends with ${found}`, () => {
        const expected = race.expected[id]?.verdict ?? [];
        const result = searched(race.id, id, EVERY);
        expect(result.verdict).toBe(found);
        if (expected !== 'open') expect(expected).toContain(result.verdict);
      });
    });
  });
}

describe('a wild device access', () => {
  test('says whose BAR was hit, where, and who was meant', () => {
    const message = searched('I1-B', 'A', 2).counterexample?.finding.message;
    expect(message).toBe(
      'wild device access: a store through a mapping that was made for D1 (0000:01:00.0) ' +
        'hit BAR 0 of D2 (0000:01:00.0 too, plugged later) at 0x10000',
    );
  });

  test('is found the other way round where an address is mapped again too early', () => {
    const message = searched('I1-D', 'M', 2).counterexample?.finding.message;
    expect(message).toMatch(/made for D2 \(.*\) hit BAR 0 of D1 \(.*\) at 0x10000$/);
  });

  test('needs one preemption: the late user is slower than the exchange of the devices', () => {
    for (const race of ['I1-B', 'I1-B-radix', 'I1-B-sysfs']) {
      expect(searched(race, 'A', 2).counterexample?.preemptions, race).toBe(1);
    }
  });
});

describe('a late user', () => {
  test('faults in some interleavings once somebody flushes, and in none where nobody does', () => {
    expect(most('I1-B-gone', 'B', 'accesses that faulted')).toBe(1);
    expect(most('I1-B-gone', 'A', 'accesses that faulted')).toBe(0);
  });

  test('meets an empty slot where nobody flushes: an EEH check for a device that is gone', () => {
    expect(most('I1-B-gone', 'A', 'accesses nobody answered')).toBe(1);
    expect(most('I1-B-gone', 'B', 'accesses nobody answered')).toBe(0);
  });
});

test('with PowerVM the refusal comes before any alias: D2 is never plugged', () => {
  for (const race of ['I1-B-powervm', 'I1-B-phb']) {
    expect(searched(race, 'A', 2).counterexample?.finding.oracle, race).toBe('owners-agree');
  }
});

test('a purge that is going on keeps a large BAR from being flushed by its own iounmap()', () => {
  expect(searched('I1-A-large', 'A', EVERY).verdict).toBe('pass');
  expect(searched('I1-C-large', 'B', 2).counterexample?.finding.oracle).toBe('owners-agree');
});

test('the allocation purges by itself when address space runs out', () => {
  expect(most('I1-D-full', 'A', 'purges that flushed')).toBe(1);
  expect(most('I1-D', 'A', 'purges that flushed')).toBe(0);
});
