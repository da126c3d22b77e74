/**
 * Races of eeh.md 2.3 that were found by reading code: `open` wherever no primary source has the
 * verdict.
 */
import {
  type ByDesign,
  below,
  CRASH,
  FIX_NOLOCK,
  known,
  oneFunction,
  open,
  RFC_A,
  race,
} from './eeh_pe_expected.ts';
import type { Race } from './system.ts';

const heldForEver = `${RFC_A}: a lock is held for ever after a crash in a callback`;
const T11d: ByDesign = {
  none: open('eeh.md 2.3 T11d: V4, V5 only'),
  'keep-flag': open('eeh.md 2.3 T11d: V4, V5 only'),
  'rescan-lock': known('V', heldForEver, 'deadlock', 'hung-task'),
  'rescan-lock-nolock': known('V', heldForEver, 'deadlock', 'hung-task'),
  refcount: known('V', heldForEver, 'pass'),
};

function allOpen(where: string): ByDesign {
  const source = `eeh.md ${where}`;
  return {
    none: open(source),
    'keep-flag': open(source),
    'rescan-lock': open(source),
    'rescan-lock-nolock': open(source),
    refcount: open(source),
  };
}

const twoPhbs = 'two PHBs with a function each';
const cve = 'eeh.md 3 #6: Linux a1216e62d039, CVE-2024-41064';
const B6: ByDesign = {
  none: known('V', cve, ...CRASH),
  'keep-flag': known('V', cve, ...CRASH),
  // A guest: every recovery that finds a device takes the lock twice (T10).
  'rescan-lock': known('V', FIX_NOLOCK, 'recursive-lock'),
  'rescan-lock-nolock': known('V', FIX_NOLOCK, 'pass'),
  refcount: known('V', `${RFC_A}: edev and pdev are not protected`, ...CRASH),
};

const untold = 'eeh.md 3 #31: the channel is set before the report until 5.15, after it in 6.16';
const B31: ByDesign = {
  none: open(untold),
  'keep-flag': known('V', untold, 'assertion'),
  'rescan-lock': known('V', untold, 'pass'),
  'rescan-lock-nolock': known('V', untold, 'pass'),
  refcount: open(untold),
};

const onlyFailures = allOpen('7 #6');

function derived(id: string, title: string, where = `2.3 ${id}`): Race {
  return race(id, title, oneFunction, allOpen(where), where);
}

export const derivedRaces: readonly Race[] = [
  race('T11d', 'a driver crashes in its callback', 'a PE with two functions', T11d),
  derived('T7', 'pe->state is written by eehd and by a detector'),
  derived('T12', 'the last references to a PE are dropped (RFC-A)'),
  derived('T12b', 'the reference of an event that was never made (RFC-A)', '2.3 T12, 2.4'),
  derived('T13', 'a mutex in the interrupt handler of a slot (RFC-B)'),
  derived('T13b', 'an ioctl returns with the mutex held (RFC-B)', '2.3 T13, 2.4'),
  derived('T13c', 'an ioctl gives back a mutex that it does not hold (RFC-B)', '2.3 T13, 2.4'),
  derived('T14', 'the PE of a PHB outlives its PHB'),
  derived('T15', 'the slot that eehd asks is deregistered'),
  derived('T16', 'a replacement card joins the PE of the one that was given up'),
  derived('T17', 'one freeze is found by a detector and by the firmware'),
  derived('T18', 'VFIO resets a PE that eehd begins to recover'),
  derived('T19', 'a device fails again during its recovery'),
  derived('T20', 'there is no memory for the event'),
  derived('T21', 'a writer of `power` against the removal of its slot'),
  race(
    'T11b',
    'an eeh_dev without a pci_dev in a report',
    'a PE with two functions',
    allOpen('2.3 T11b'),
  ),
  race('T11c', 'hotplug waits for a slow recovery of another PHB', twoPhbs, allOpen('2.3 T11c')),
  race('T11f', 'a bridge driver removes its children in its callback', below, allOpen('2.3 T11f')),
  race(
    'B6',
    'the bus of a PE is looked up through a device that is removed',
    oneFunction,
    B6,
    '3 #6',
  ),
  race('B31', 'a driver is not told that its device is lost', oneFunction, B31, '3 #31'),
  race('T22', 'a PE that fails again and again goes first', twoPhbs, allOpen('2.3 T22')),
  // How long recoveries of several PHBs take together: a measure; nothing is unplugged.
  race('N2', 'two PHBs fail at once', twoPhbs, onlyFailures, '7 #6'),
  race('N2h', 'two PHBs fail at once and are unplugged', twoPhbs, onlyFailures, '7 #6'),
  race('N3', 'three PHBs fail at once', 'three PHBs with a function each', onlyFailures, '7 #6'),
];
