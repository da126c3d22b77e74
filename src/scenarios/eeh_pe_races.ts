/**
 * The races of eeh-pe with what is known of each under each design (eeh.md 2.3, 2.4). A verdict is
 * given where a primary source has it; `open` where it was derived from reading code, so that what
 * the laboratory finds is the answer.
 */
import {
  type ByDesign,
  below,
  CRASH,
  FIX_KEEP,
  FIX_NOLOCK,
  FIX_RESCAN,
  FIX_SNAPSHOT,
  known,
  oneFunction,
  open,
  RFC_A,
  race,
} from './eeh_pe_expected.ts';
import { derivedRaces } from './eeh_pe_races_derived.ts';
import type { Race } from './system.ts';

const T1: ByDesign = {
  none: known('V', FIX_KEEP, ...CRASH),
  'keep-flag': known('V', FIX_KEEP, 'pass'),
  // A guest: every recovery that finds a device takes the lock twice (T10).
  'rescan-lock': known('V', FIX_NOLOCK, 'recursive-lock'),
  'rescan-lock-nolock': known('V', FIX_NOLOCK, 'pass'),
  refcount: known('V', `${RFC_A}: an event owns a reference`, 'pass'),
};

const T2: ByDesign = {
  none: known('V', FIX_RESCAN, ...CRASH),
  'keep-flag': known('V', FIX_RESCAN, ...CRASH),
  'rescan-lock': known('V', FIX_RESCAN, 'pass'),
  'rescan-lock-nolock': known('V', FIX_RESCAN, 'pass'),
  refcount: known('V', `${RFC_A}: "does not protect the list of eeh_dev in each eeh_pe"`, ...CRASH),
};

const T3: ByDesign = {
  none: known('V', FIX_RESCAN, ...CRASH),
  'keep-flag': known('V', FIX_RESCAN, ...CRASH),
  'rescan-lock': known('V', FIX_RESCAN, 'pass'),
  'rescan-lock-nolock': known('V', FIX_RESCAN, 'pass'),
  // eeh_pe_next() is safe there; the removal also takes an eeh_dev and a pci_dev from under eehd.
  refcount: known(
    'V',
    `${RFC_A}: eeh_dev lists and pdev "both of which are also affected by races"`,
    ...CRASH,
  ),
};

const detectorsUncovered = 'eeh.md 2.3 T4: all versions, detectors take no mutex';
// The record states these without a mark of its own: not verified in a primary source.
const T4: ByDesign = {
  none: known('D', detectorsUncovered, ...CRASH),
  'keep-flag': known('D', detectorsUncovered, ...CRASH),
  'rescan-lock': known('D', detectorsUncovered, ...CRASH),
  'rescan-lock-nolock': known('D', detectorsUncovered, ...CRASH),
  refcount: known('D', `${RFC_A}: edevs unprotected`, ...CRASH),
};

const T5: ByDesign = {
  none: known('V', `${FIX_KEEP} (T1: the event is queued unprotected)`, ...CRASH),
  'keep-flag': open('eeh.md 2.3 T5'),
  'rescan-lock': open('eeh.md 2.3 T5'),
  'rescan-lock-nolock': open('eeh.md 2.3 T5'),
  refcount: open('eeh.md 2.3 T5, 2.4 RFC-A'),
};

const T6: ByDesign = {
  // Which of the ways it goes wrong is met first depends on the schedule.
  none: known('V', FIX_SNAPSHOT, 'bad-unlock', 'hung-task', 'assertion', 'livelock', ...CRASH),
  // The unlock is right since then; hotplug in the middle of a recovery is not harmless yet.
  'keep-flag': open('eeh.md 2.3 T6 fixed by 2e25505147b8, T2 and 2.5 #11 remain'),
  'rescan-lock': known('V', FIX_SNAPSHOT, 'pass'),
  'rescan-lock-nolock': known('V', FIX_SNAPSHOT, 'pass'),
  refcount: open('eeh.md 3 #8: teardown at the last put, until 466381ecdc74'),
};

const T8: ByDesign = {
  none: known('V', FIX_RESCAN, ...CRASH),
  'keep-flag': known('V', FIX_RESCAN, ...CRASH),
  'rescan-lock': open('eeh.md 2.3 T8: the cached bus is not invalidated'),
  'rescan-lock-nolock': open('eeh.md 2.3 T8: the cached bus is not invalidated'),
  refcount: open('eeh.md 2.3 T8, 2.4 RFC-A'),
};

const T9: ByDesign = {
  none: known('V', `${FIX_KEEP} (T1)`, ...CRASH),
  'keep-flag': open('eeh.md 2.3 T9b'),
  'rescan-lock': open('eeh.md 2.3 T16'),
  'rescan-lock-nolock': open('eeh.md 2.3 T16'),
  refcount: open('eeh.md 2.3 T9b, 2.4 RFC-A'),
};

const T9a: ByDesign = {
  none: open('eeh.md 2.3 T3'),
  'keep-flag': open('eeh.md 2.3 T9a'),
  'rescan-lock': open('eeh.md 2.3 T9a'),
  'rescan-lock-nolock': open('eeh.md 2.3 T9a'),
  refcount: open('eeh.md 2.3 T9a'),
};

const T10: ByDesign = {
  none: known('V', `${FIX_NOLOCK}: the lock is not held before`, 'pass'),
  'keep-flag': known('V', `${FIX_NOLOCK}: the lock is not held before`, 'pass'),
  'rescan-lock': known('V', FIX_NOLOCK, 'recursive-lock'),
  'rescan-lock-nolock': known('V', FIX_NOLOCK, 'pass'),
  refcount: known('V', `${RFC_A}: the lock is not held`, 'pass'),
};

const T11a: ByDesign = {
  none: open('eeh.md 2.3 T11a: V4, V5 only'),
  'keep-flag': open('eeh.md 2.3 T11a: V4, V5 only'),
  'rescan-lock': open('eeh.md 2.3 T11a'),
  'rescan-lock-nolock': open('eeh.md 2.3 T11a'),
  refcount: open('eeh.md 2.3 T11a: V4, V5 only'),
};

const T11e: ByDesign = {
  none: open('eeh.md 2.3 T11e: V4, V5 only'),
  'keep-flag': open('eeh.md 2.3 T11e: V4, V5 only'),
  'rescan-lock': open('eeh.md 2.3 T11e'),
  'rescan-lock-nolock': open('eeh.md 2.3 T11e'),
  refcount: open('eeh.md 2.3 T11e: V4, V5 only'),
};

export const races: readonly Race[] = [
  race('T1', 'a queued event outlives its PE', oneFunction, T1),
  race('T2', 'the edev that a walk has read ahead is removed', 'a PE with two functions', T2),
  race('T3', 'eeh_pe_next() on a PE that was freed meanwhile', below, T3),
  race('T4', 'a detector looks at a PE that is being freed', oneFunction, T4),
  race('T5', 'ISOLATED and not yet RECOVERING', oneFunction, T5),
  race('T6', 'the mutex that is unlocked is not the one that was locked', oneFunction, T6),
  race('T8', 'the bus that a PE remembers is removed', below, T8),
  race('T9', 'surprise removal, and the wrong word in eeh_pe_cleanup()', oneFunction, T9),
  race('T9a', 'PEs that nobody collects after a recovery', below, T9a),
  race('T10', 'eehd takes pci_rescan_remove_lock twice', 'two PHBs with a function each', T10),
  race('T11a', 'a driver without handlers in a reset', 'a PE with two functions', T11a),
  race('T11e', 'device_lock and rescan lock in both orders', oneFunction, T11e),
  ...derivedRaces,
];

const links = ['child-links', 'device-links', 'callback-protocol', 'orphan-pe'];
const always = [
  'child-links',
  'device-links',
  'lost-event',
  'counted-once',
  'clean-after-success',
  'callback-protocol',
  'orphan-pe',
];
const flagsToo = [...always, 'sticky-recovering', 'zombie-pe'];

/**
 * Invariants of each race. In T1, T5 and T6 the device may be gone before eehd looks, which leaves
 * the PE's flags behind by the document's own words (T16, T20): there they are measured, and judged
 * where the life of the flags is the race's question. T8 gives its devices up on purpose (T16).
 */
export const INVARIANTS: Readonly<Record<string, readonly string[]>> = {
  T1: always,
  T2: flagsToo,
  T3: flagsToo,
  T4: always,
  T5: always,
  T6: always,
  T8: [...always, 'sticky-recovering'],
  T9: flagsToo,
  T9a: flagsToo,
  T10: flagsToo,
  T11a: flagsToo,
  T11e: flagsToo,
  // eehd is dead: what it was to do stays undone.
  T11d: links,
  T7: [...flagsToo, 'unreported-failure'],
  // The PE has no device and was given up: only its life is the question.
  T12: links,
  T12b: always,
  T13: always,
  T13b: always,
  T13c: always,
  T14: ['stale-phb-pe'],
  T15: always,
  // What becomes of the flags of the PE that was given up shows when it fails again.
  T16: [...links, 'unreported-failure'],
  T17: flagsToo,
  T18: always,
  // The second recovery may find the device removed, after a first one that was successful.
  T19: [...links, 'counted-once'],
  T20: [...always, 'unreported-failure'],
  T21: always,
  T11b: [...links, 'counted-once'],
  T11c: always,
  // The child's PE stays behind as in T9a.
  T11f: always,
  B6: always,
  // A PE that was given up stays RECOVERING (T16).
  B31: [...always, 'told-of-failure'],
  T22: [...links, 'fair-queue'],
  N2: flagsToo,
  N2h: flagsToo,
  N3: flagsToo,
};

/**
 * Context switches of the document's own tables, for comparison with minimised counterexamples. T1:
 * CPU2 (busy), CPU0, CPU1, CPU2. T2: CPU0, CPU1, CPU0. T3: CPU0, CPU1, CPU0, CPU1, CPU0. Not in the
 * tables of T2 and T3: the failure itself (PHB) and its detection (MMIO), two more switches.
 */
export const HAND_SWITCHES: Readonly<Record<'T1' | 'T2' | 'T3', number>> = { T1: 3, T2: 2, T3: 4 };
