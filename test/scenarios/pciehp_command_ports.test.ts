import { describe, expect, test } from 'vitest';
import { searched, system } from './pciehp_cell.ts';
import { verdictsOf } from './pciehp_expected.ts';

const WEDGED = 'lost-wakeup event-delivered';
const STALE = 'assertion slot-ctrl-tells-enables';
const DECLINED = 'lost-wakeup interrupt-not-declined';
const MASKED = 'assertion masked-not-served';
const IGNORED = 'lost-wakeup slot-follows-user';
const TIMEOUT = 'hung-task command-completes';
/** Every design, unless it says something else. */
function all(outcome: string): Readonly<Record<string, string>> {
  return Object.fromEntries(system.designs.map(({ id }) => [id, outcome]));
}

/** What a preemption at most finds, by design; a design that is not named passes. */
const FOUND: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'probe-7-2': { A1: WEDGED, A3: WEDGED },
  'hot-add-7-2': { A1: WEDGED, A3: WEDGED },
  'hot-remove-7-2': { A1: WEDGED, A3: WEDGED },
  // The latency may be shorter than the window, and then nothing differs from QEMU.
  'probe-async': { A1: WEDGED, A3: STALE },
  'hot-add-async': { A1: WEDGED, A3: STALE },
  'hot-remove-async': { A1: WEDGED, A3: WEDGED },
  // A5 clears Command Completed with the rest, and nobody clears cmd_busy.
  'probe-async-no-erratum': { A1: WEDGED, A3: DECLINED, A5: TIMEOUT },
  // Milliseconds are longer than A1's window; A3's is open until the next command.
  'probe-slow': { A3: STALE },
  'hot-add-slow': { A3: STALE },
  'hot-remove-slow': { A3: WEDGED },
  // The line stays asserted: nothing is lost.
  'probe-intx': { A3: STALE },
  'hot-add-intx': { A3: STALE },
  // No command follows, so the storm of A3 does not end before the line is masked.
  'hot-remove-intx': { A3: WEDGED },
  'probe-no-erratum': { A1: WEDGED, A3: DECLINED, A5: TIMEOUT },
  'hot-add-no-erratum': { A1: WEDGED, A3: DECLINED, A5: TIMEOUT },
  'hot-remove-no-erratum': { A1: WEDGED, A3: WEDGED, A5: TIMEOUT },
  // The enabling command is not completed, so nothing can be declined.
  'probe-erratum': { A3: STALE },
  'hot-add-erratum': { A3: STALE },
  'hot-remove-erratum': { A3: WEDGED },
  // A2 publishes HPIE=0 before it is so; A0 acts while masked; A5 clears what it declines.
  disable: { A0: MASKED, A1: WEDGED, A2: DECLINED, A3: WEDGED, A5: IGNORED },
  'shared-vector': { A0: MASKED, A1: WEDGED, A2: DECLINED, A3: WEDGED, A5: IGNORED },
  'disable-no-resend': all(WEDGED),
  // QEMU 2018 takes the write that unmasks an empty slot's interrupt for consent to remove.
  'disable-hot-add': { ...all(IGNORED), A3: WEDGED },
  // The presence check asks for what the button has asked for already.
  'disable-hot-add-7-2': { ...all(IGNORED), A0: MASKED, A3: WEDGED },
  'shared-vector-hot-add-7-2': { ...all(IGNORED), A0: MASKED, A3: WEDGED },
  // A0 issues no second command at boot in either of these.
  'probe-poll': { ...all(TIMEOUT), A0: 'pass' },
  'hot-add-poll': all(TIMEOUT),
  'hot-remove-poll': all('hung-task slot-follows-in-time'),
  'probe-poll-fixed': { A3: STALE },
  'hot-add-poll-fixed': { A3: STALE },
  'hot-remove-poll-fixed': { A3: STALE },
  // A0 issues no second command at boot, so it does not wait: the engine stays busy.
  'probe-erratum-no-rule': { ...all(TIMEOUT), A0: 'assertion command-engine-idle' },
};

for (const [race, found] of Object.entries(FOUND)) {
  describe(`pciehp-command/${race}`, () => {
    for (const { id } of system.designs) {
      const outcome = found[id] ?? 'pass';
      test(`${id}: ${outcome}`, () => {
        // The long races are searched further by `hotrace matrix`.
        const bound = race.startsWith('probe') || found[id] !== undefined ? 1 : 0;
        const { verdict, counterexample } = searched(race, id, bound);
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

test('by INTx A1 declines the asserted line again and again until slot_ctrl is cached', () => {
  const { measures } = searched('probe-intx', 'A1', 1);
  expect(measures.find(({ name }) => name === 'interrupts answered NONE')?.max).toBeGreaterThan(1);
});

test('the erratum rule lets a command follow one that was not completed', () => {
  const overlaps = (race: string) => {
    const { measures } = searched(race, 'A2', 1);
    return measures.find(({ name }) => name === 'commands over an outstanding one')?.max;
  };
  expect(overlaps('probe-async')).toBe(1);
  expect(overlaps('probe-async-no-erratum')).toBe(0);
});
