/** The record of vmap-alias: its races, and what is known of each cell (eeh.md 2.2). */
import type { Expectation, Race } from './system.ts';

const MAIL =
  'Benjamin Herrenschmidt, 18 Feb 2015, ' +
  '"Re: [PATCH RESEND v2 7/7] PCI/hotplug: PowerPC PowerNV PCI hotplug driver"';
const DERIVED = 'eeh.md 2.2.1, 2.2.2 (derived)';

const known = (verdict: Expectation['verdict'], source: string): Expectation => {
  return { verdict, mark: 'V', source };
};
const lab = (verdict: Expectation['verdict'], source: string): Expectation => {
  return { verdict, mark: 'lab', source };
};
const open: Expectation = { verdict: 'open', mark: 'D', source: DERIVED };
const allOpen = { A: open, B: open, C: open, D: open, E: open, F: open, G: open, M: open };

const drained = lab(['pass'], 'nothing is left to unmap when G flushes');
const refused = known(
  ['assertion'],
  `${MAIL}: the hypervisor call fails (oracle 6: owners differ)`,
);
const isolated: Race['expected'] = {
  ...allOpen,
  A: refused,
  B: known(['pass'], 'Linux b4a26be9f6f8'),
  C: known(['pass'], `${MAIL}: vm_unmap_aliases() in the generic unplug code`),
  D: known(['pass'], `${MAIL}: a matter of hypervisors, PowerNV need not copy it`),
  G: drained,
  M: lab(['assertion'], 'as A: nobody flushes'),
};

const aliased = known(['wild-device-access'], `${MAIL}: the reference would reach D2`);
const faults = known(['pass'], `${MAIL}: a TLB miss fault instead, preferable for debugging`);
const alias: Race['expected'] = {
  ...allOpen,
  A: aliased,
  B: faults,
  C: faults,
  D: aliased,
  G: drained,
  M: lab(
    ['wild-device-access', 'assertion'],
    'as A; and D2 may get D1’s page while its translation is in use (oracle 4)',
  ),
};

const reused = lab(['wild-device-access'], 'eeh.md 2.2.1 I1-D: the mutant');
const purged = lab(['pass'], 'eeh.md 2.2.1 I1-D: a page is free only after the flush');
const reuse: Race['expected'] = {
  A: purged,
  B: purged,
  C: purged,
  D: purged,
  E: purged,
  F: purged,
  G: purged,
  M: reused,
};

const NEEDS = 'an endpoint';

function race(
  id: string,
  title: string,
  expected: Race['expected'],
  section = 'eeh.md 2.2.1 I1-A',
  needs = NEEDS,
): Race {
  return { id, title, section, expected, needs };
}

const B = 'eeh.md 2.2.1 I1-B';
const C = 'eeh.md 2.2.1 I1-C';
const D = 'eeh.md 2.2.1 I1-D';

export const vmapRaces: readonly Race[] = [
  race('I1-A', 'isolate refused with -9001: the translation outlives iounmap()', isolated),
  race('I1-A-phb', 'the same when a PHB is given back (dlpar_release_drc)', isolated),
  race('I1-A-qemu', 'the same with a hypervisor that isolates without looking', allOpen),
  race('I1-A-5.15', 'the same where clearing a PTE removes its hash table entry', allOpen),
  race('I1-A-large', 'a BAR beyond lazy_max_pages: iounmap() purges by itself', allOpen),
  race('I1-B', 'a late store through D1’s mapping when D2 has D1’s bus address', alias, B),
  race('I1-B-radix', 'the same where CPUs walk the page table themselves', alias, B),
  race('I1-B-5.15', 'the same where clearing a PTE removes its hash table entry', allOpen, B),
  race('I1-B-powervm', 'the same where the hypervisor counts translations first', allOpen, B),
  race('I1-B-phb', 'the same with a PHB given back and taken again', allOpen, B),
  race('I1-B-gone', 'a late store after D1 went, with nothing at its address', allOpen, B),
  race(
    'I1-B-sysfs',
    'the same after a removal through sysfs, where no slot driver flushes',
    { ...alias, B: open, G: open },
    B,
  ),
  race('I1-B-strict', 'a late store must fault, not only reach nothing', allOpen, B),
  race(
    'I1-C',
    'a destructor unmaps after the flush and before isolate',
    { ...allOpen, G: drained },
    C,
  ),
  race(
    'I1-C-begun',
    'a destructor is between its PTE and the purge list during the flush',
    { ...allOpen, G: drained },
    C,
  ),
  race(
    'I1-C-large',
    'a destructor unmaps a BAR beyond lazy_max_pages while the slot is flushed',
    allOpen,
    C,
  ),
  race('I1-C-late', 'a destructor unmaps at any time', { ...allOpen, G: drained }, C),
  race('I1-D', 'D2 is mapped while D1’s unmapped page is not flushed', reuse, D, 'two endpoints'),
  race(
    'I1-D-full',
    'the same with no free page left: the allocation itself must purge',
    reuse,
    D,
    'two endpoints',
  ),
];
