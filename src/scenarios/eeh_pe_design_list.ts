/** The locking designs of eeh-pe by name, with what they stand for (eeh.md 0, 2.4). */
import type { Design } from './system.ts';

export const designs: readonly Design[] = [
  { id: 'none', title: 'no synchronisation of the PE tree', source: 'Linux 4.19 (V0)' },
  {
    id: 'keep-flag',
    title: 'RECOVERING set before the event is queued keeps PEs from being freed',
    source: 'Linux 5.8 (V2): 799abe283e51, 2e25505147b8, 466381ecdc74',
  },
  {
    id: 'rescan-lock',
    title: 'pci_rescan_remove_lock held over the whole recovery, as merged',
    source: 'Linux 6.17 (V4): 1010b4c012b0',
  },
  {
    id: 'rescan-lock-nolock',
    title: 'the same, with the bus lookup that does not take the lock again',
    source: 'Linux 7.0 (V5): 815a8d2feb56',
  },
  {
    id: 'refcount',
    title: 'reference counts on PEs and a raw spinlock over their links',
    source: '"[PATCH RFC 00/15] powerpc/eeh: Synchronization for safety", Sam Bobroff, 2 Oct 2019',
  },
  {
    id: 'snapshot',
    title: 'reference counts, and walks over a list of the PEs that were there',
    source: 'tried and left by the author of RFC-A (eeh.md 2.4 S)',
  },
  {
    id: 'global-mutex',
    title: 'eeh_mutex around operations on the tree and over walks of it',
    source: 'Linux before V0, until about 3.1x (eeh.md 0 Vpre, 2.4 G)',
  },
  {
    id: 'two-lock',
    title: 'a mutex and a raw spinlock: both to change the tree, either to read it',
    source: 'RFC-B: 30 Mar 2020, Aug 2022, v2 24 Jul 2023 (eeh.md 2.4 M)',
  },
  {
    id: 'deferral',
    title: 'detectors only record a suspect, eehd decides under pci_rescan_remove_lock',
    source: "Oliver O'Halloran, 29 Jun 2020 (eeh.md 2.4 D)",
  },
  {
    id: 'per-phb-thread',
    title: 'an event list and a recovery thread for each PHB, with the locks of two-lock',
    source: 'RFC-B v2, 24 Jul 2023, patch 3 (eeh.md 2.4 P)',
  },
];
