/**
 * Races of eeh.md 2.3 that were found by reading code: `open` wherever no primary source has the
 * verdict.
 */
import { type ByDesign, known, open, RFC_A, race } from './eeh_pe_expected.ts';
import type { Race } from './system.ts';

const heldForEver = `${RFC_A}: a lock is held for ever after a crash in a callback`;
const T11d: ByDesign = {
  none: open('eeh.md 2.3 T11d: V4, V5 only'),
  'keep-flag': open('eeh.md 2.3 T11d: V4, V5 only'),
  'rescan-lock': known('V', heldForEver, 'deadlock', 'hung-task'),
  'rescan-lock-nolock': known('V', heldForEver, 'deadlock', 'hung-task'),
  refcount: known('V', heldForEver, 'pass'),
};

export const derivedRaces: readonly Race[] = [
  race('T11d', 'a driver crashes in its callback', 'a PE with two functions', T11d),
];
