/**
 * The races of phb-irq-map with what is known of each under each design (eeh.md 2.1.1, 2.1.3).
 */
import type { Verdict } from '../oracles/verdict.ts';
import { NEEDS } from './phb_irq_map_host.ts';
import type { Expectation, Mark, Race } from './system.ts';

function known(mark: Mark, source: string, ...verdict: readonly Verdict[]): Expectation {
  return { verdict, mark, source };
}

function open(source: string): Expectation {
  return { verdict: 'open', mark: 'D', source };
}

const DESIGN_IDS = ['F0', 'F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7'] as const;
type ByDesign = Readonly<Record<(typeof DESIGN_IDS)[number], Expectation>>;

const LOG = 'POWER9 log of trinity on 5.9.0-next-20201013 (eeh.md 2.1.1 I0-A)';
const SEED =
  'Cédric Le Goater, 25 September 2020, "[PATCH] powerpc/pci: Fix PHB removal/rescan on PowerNV"';
const OLIVER =
  'Oliver O’Halloran, 8 October 2020, "Re: [PATCH] powerpc/pci: Fix PHB removal/rescan on PowerNV"';
const REVERT = 'Linux ffd0b25ca049: back to mappings that are never disposed of (eeh.md 2.1.3 F3)';
const FINAL = 'Linux 450be4960a0f';
const RFC = 'eeh.md 2.1.3 F4';
const NOTIFIER = 'eeh.md 2.1.3 F6';
const REMAP = 'Ocheretnyi, August 2024 (eeh.md 2.1.3 F5)';

/** Freed memory is touched, or freed again: whichever comes first. */
const FREED: readonly Verdict[] = ['use-after-free', 'double-free'];
/** A function has lost its mapping: told by whoever meets it first. */
const LOST: readonly Verdict[] = ['lost-wakeup', 'assertion', 'use-after-free'];

const nested: ByDesign = {
  F0: known('V', LOG, ...FREED),
  F1: known('V', 'eeh.md 2.1.3 F1: no double free', 'pass'),
  F2: known('V', 'eeh.md 2.1.3 F2: no double free', 'pass'),
  F3: known('V', REVERT, 'leak'),
  F4: open(RFC),
  F5: known('V', FINAL, 'pass'),
  F6: open(NOTIFIER),
  F7: open(REMAP),
};

const again: ByDesign = {
  F0: known('S', SEED, ...FREED),
  F1: known('V', 'eeh.md 2.1.3 F1: mappings leak after a remove and a rescan', 'leak'),
  F2: known('S', SEED, 'pass'),
  F3: known('V', REVERT, 'leak'),
  F4: open(RFC),
  F5: known('V', FINAL, 'pass'),
  F6: open(NOTIFIER),
  F7: open(REMAP),
};

const sibling: ByDesign = {
  F0: known('S', OLIVER, ...LOST, 'double-free'),
  F1: known('V', 'eeh.md 2.1.3 F1: I0-C remains', ...LOST),
  F2: known('S', OLIVER, ...LOST),
  F3: known('V', 'eeh.md 2.1.3 F3: nothing is disposed of', 'pass'),
  F4: open(RFC),
  F5: known('V', FINAL, 'pass'),
  F6: open(NOTIFIER),
  F7: open(REMAP),
};

const shared: ByDesign = {
  F0: known('S', OLIVER, ...LOST),
  F1: known('V', 'eeh.md 2.1.3 F1: I0-C remains', ...LOST),
  F2: known('S', OLIVER, ...LOST),
  F3: known('V', 'eeh.md 2.1.3 F3: nothing is disposed of', 'pass'),
  F4: open(RFC),
  F5: known('V', FINAL, 'pass'),
  F6: known('V', `${FINAL}: why it counts users (eeh.md 2.1.1 I0-D)`, ...LOST),
  F7: open(REMAP),
};

function derived(section: string): ByDesign {
  const expected: Partial<Record<string, Expectation>> = {};
  for (const id of DESIGN_IDS) expected[id] = open(section);
  // Every design was given one just above.
  return expected as ByDesign;
}

const window: ByDesign = {
  ...derived('eeh.md 2.1.1 I0-E'),
  F3: known('V', 'eeh.md 2.1.3 F3: nothing is disposed of', 'pass'),
};

const msi: ByDesign = { ...derived('eeh.md 2.1.1 I0-F'), F3: known('V', REVERT, 'leak') };

const isolate: ByDesign = {
  F0: known('V', 'Linux 3a3181e16fbd: what it was made for', 'pass'),
  F1: known('V', 'Linux 3a3181e16fbd: what it was made for', 'pass'),
  F2: known('V', 'Linux 3a3181e16fbd: what it was made for', 'pass'),
  F3: known('V', REVERT, 'leak'),
  F4: open(RFC),
  F5: known('V', FINAL, 'pass'),
  F6: open(NOTIFIER),
  F7: open(REMAP),
};

const linkCycle: ByDesign = {
  ...derived('eeh.md 2.1.3 F5'),
  F3: known('V', 'eeh.md 2.1.3 F3: nothing is disposed of', 'pass'),
  F5: known('V', REMAP, 'assertion'),
  F7: known('V', REMAP, 'pass'),
};

export const irqRaces: readonly Race[] = [
  {
    id: 'I0-A',
    title: 'remove of a bridge with nested buses: irq_map is freed with each of them',
    section: 'eeh.md 2.1.1 I0-A',
    expected: nested,
    needs: NEEDS.nested,
  },
  {
    id: 'I0-B',
    title: 'remove, rescan, remove: the record of the first life is used in the second',
    section: 'eeh.md 2.1.1 I0-B',
    expected: again,
    needs: NEEDS.bridge,
  },
  {
    id: 'I0-C',
    title: 'remove and rescan of one bus against the driver of a function on another one',
    section: 'eeh.md 2.1.1 I0-C',
    expected: sibling,
    needs: NEEDS.twoBridges,
  },
  {
    id: 'I0-D',
    title: 'remove of one of two functions that share an interrupt line',
    section: 'eeh.md 2.1.1 I0-D',
    expected: shared,
    needs: NEEDS.twoBridges,
  },
  {
    id: 'I0-E',
    title: 'DLPAR add of a function against sysfs remove of one on the same line',
    section: 'eeh.md 2.1.1 I0-E',
    expected: window,
    needs: NEEDS.twoBridges,
  },
  {
    id: 'I0-F',
    title: 'DLPAR remove of a PHB below which a driver leaves MSI on, and isolate',
    section: 'eeh.md 2.1.1 I0-F',
    expected: msi,
    needs: NEEDS.endpoint,
  },
  {
    id: 'I0-G',
    title: 'eehd disables and enables the interrupt of a function that is removed meanwhile',
    section: 'eeh.md 2.1.1 I0-G',
    expected: { ...derived('eeh.md 2.1.1 I0-G'), F3: known('V', REVERT, 'leak') },
    needs: NEEDS.bridge,
  },
  {
    id: 'I0-G-V4',
    title: 'the same where eehd holds the rescan lock over the whole recovery',
    section: 'eeh.md 2.1.1 I0-G, 0 V4',
    expected: { ...derived('eeh.md 2.1.1 I0-G, 0 V4'), F3: known('V', REVERT, 'leak') },
    needs: NEEDS.bridge,
  },
  {
    id: 'dlpar-phb',
    title: 'DLPAR remove of a PHB, isolate, and add again',
    section: 'eeh.md 1.0.6, 1.1.1',
    expected: isolate,
    needs: NEEDS.endpoint,
  },
  {
    id: 'dlpar-phb-rescan',
    title: 'DLPAR remove of a PHB, without the rescan lock, against a writer of `rescan`',
    section: 'eeh.md 1.0.6',
    expected: derived('eeh.md 1.0.6: remove_phb_dynamic() takes no rescan lock'),
    needs: NEEDS.endpoint,
  },
  {
    id: 'link-cycle',
    title: 'a link goes down and comes back: the function is registered again without a scan',
    section: 'eeh.md 2.1.3 F5',
    expected: linkCycle,
    needs: NEEDS.endpoint,
  },
];
