import { describe, expect, test } from 'vitest';
import { searched, system } from './pciehp_cell.ts';
import { verdictsOf } from './pciehp_expected.ts';

const WEDGED = 'lost-wakeup event-delivered';

/** What one preemption finds, by design; a design that is not named passes. */
const FOUND: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'probe-7-2': { A1: WEDGED, A3: WEDGED },
  'hot-add-7-2': { A1: WEDGED, A3: WEDGED },
  'hot-remove-7-2': { A1: WEDGED, A3: WEDGED },
};

for (const [race, found] of Object.entries(FOUND)) {
  describe(`pciehp-command/${race}`, () => {
    for (const { id } of system.designs) {
      const outcome = found[id] ?? 'pass';
      test(`${id}: ${outcome}`, () => {
        const { verdict, counterexample } = searched(race, id, 1);
        expect(verdictsOf(race, id)).toContain(verdict);
        const oracle = counterexample?.finding.oracle;
        expect(oracle === undefined ? verdict : `${verdict} ${oracle}`).toBe(outcome);
      });
    }
  });
}

test('every race of the record is explored here or with the reported ones', () => {
  const reported = ['probe', 'hot-add', 'hot-remove'];
  const ids = system.races.map(({ id }) => id);
  expect(ids.toSorted()).toEqual([...reported, ...Object.keys(FOUND)].toSorted());
});
