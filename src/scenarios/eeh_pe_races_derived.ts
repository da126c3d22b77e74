/**
 * Races of eeh.md 2.3 that were found by reading code: `open` wherever no primary source has the
 * verdict.
 */
import { type ByDesign, known, oneFunction, open, RFC_A, race } from './eeh_pe_expected.ts';
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
const nothingUnplugged = allOpen('7 #6');

function derived(id: string, title: string): Race {
  return race(id, title, oneFunction, allOpen(`2.3 ${id}`));
}

export const derivedRaces: readonly Race[] = [
  race('T11d', 'a driver crashes in its callback', 'a PE with two functions', T11d),
  derived('T7', 'pe->state is written by eehd and by a detector'),
  derived('T14', 'the PE of a PHB outlives its PHB'),
  derived('T15', 'the slot that eehd asks is deregistered'),
  derived('T16', 'a replacement card joins the PE of the one that was given up'),
  derived('T18', 'VFIO resets a PE that eehd begins to recover'),
  derived('T19', 'a device fails again during its recovery'),
  derived('T20', 'there is no memory for the event'),
  derived('T21', 'a writer of `power` against the removal of its slot'),
  race('T22', 'a PE that fails again and again goes first', twoPhbs, allOpen('2.3 T22')),
  // How long recoveries of several PHBs take together: a measure; nothing is unplugged.
  race('N2', 'two PHBs fail at once', twoPhbs, nothingUnplugged),
  race('N3', 'three PHBs fail at once', 'three PHBs with a function each', nothingUnplugged),
];
