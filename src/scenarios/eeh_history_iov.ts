/** Rows of eeh.md 3 about SR-IOV: where the rescan lock is taken, and who notices if it is not. */
import {
  hotplug_remove_vf,
  remove_pf,
  sriov_numvfs_store,
  stop_and_remove_asserted,
} from '../../actors/pci/iov.ts';
import { pci_stop_and_remove_bus_device } from '../../actors/pci/remove.ts';
import {
  no_lock,
  pci_lock_rescan_remove,
  pci_unlock_rescan_remove,
} from '../../actors/pci/rescan_lock.ts';
import {
  derived,
  GONE,
  type HistoryRow,
  known,
  type Stage,
  TWO_FUNCTIONS,
  task,
} from './eeh_history_row.ts';
import { removeActor } from './eeh_pe_actors.ts';
import { at, first, flat, functionAt } from './eeh_pe_stage.ts';

const unlocked = {
  outer_lock: no_lock,
  outer_unlock: no_lock,
  store_lock: no_lock,
  store_unlock: no_lock,
  disable_lock: no_lock,
  disable_unlock: no_lock,
  stop_and_remove: pci_stop_and_remove_bus_device,
};
const lockedInDisable = {
  ...unlocked,
  disable_lock: pci_lock_rescan_remove,
  disable_unlock: pci_unlock_rescan_remove,
};
const lockedInStore = {
  ...unlocked,
  store_lock: pci_lock_rescan_remove,
  store_unlock: pci_unlock_rescan_remove,
};

/** Not proposed anywhere: in the order of the removal path. */
const lockedOutside = {
  ...unlocked,
  outer_lock: pci_lock_rescan_remove,
  outer_unlock: pci_unlock_rescan_remove,
};

/** A PF and its VF, which has no driver. */
function functions({ board, places }: Stage): {
  bus: number;
  pf: number;
  pdn: number;
  devfn: number;
} {
  const second = first(places, 1);
  const flatBoard = flat(board, places, [functionAt(first(places), 0), functionAt(second, 0)]);
  const pf = at(flatBoard.devs, 0);
  return { bus: flatBoard.bus, pf, pdn: at(flatBoard.functions, 0).pdn, devfn: second.devfn };
}

const IOV = {
  ...TWO_FUNCTIONS,
  platform: 'powernv',
  spare: { pes: 2, devs: 2, buses: 1 },
} as const;
const IOV_FIX = 'Linux a5338e365c45';

const vfRemovedTwice: HistoryRow = {
  row: '#28',
  title: 'a VF is removed by sriov_numvfs and by hotplug at once',
  before: known('V', 'Linux 05703271c3cd', ...GONE),
  after: known('V', IOV_FIX, 'pass'),
  designs: { before: unlocked, after: lockedInStore },
  ...IOV,
  stage: (s) => {
    const { bus, pf, devfn } = functions(s);
    const players = [
      task('sriov_numvfs', s.k, sriov_numvfs_store, [bus, pf, devfn]),
      task('hotplug', s.k, hotplug_remove_vf, [bus, devfn]),
    ];
    return { players, invariants: [] };
  },
};

const pfRemoved: HistoryRow = {
  row: '#28',
  title: 'a PF with VFs is removed: the first fix takes the rescan lock again',
  before: known('V', 'Linux 05703271c3cd (reverted)', 'recursive-lock', 'deadlock'),
  after: known('V', IOV_FIX, 'pass'),
  designs: { before: lockedInDisable, after: lockedInStore },
  ...IOV,
  stage: (s) => {
    const { bus, pf, devfn } = functions(s);
    return { players: [task('sysfs-remove', s.k, remove_pf, [bus, pf, devfn])], invariants: [] };
  },
};

const storeAgainstRemoval: HistoryRow = {
  row: '#28',
  title: 'sriov_numvfs against the removal of its PF: device_lock and rescan lock, both ways',
  before: derived('eeh.md 3 #28, 2.3 T11e: Linux a5338e365c45 as merged'),
  after: known('lab', 'the rescan lock first, as removal takes it', 'pass'),
  designs: { before: lockedInStore, after: lockedOutside },
  ...IOV,
  stage: (s) => {
    const { bus, pf, pdn, devfn } = functions(s);
    // The writer's file keeps the PF.
    s.board.open(pf);
    const players = [
      task('sriov_numvfs', s.k, sriov_numvfs_store, [bus, pf, devfn]),
      removeActor(s.k, bus, pdn, { start: 0, done: 0 }),
    ];
    return { players, invariants: [] };
  },
};

const asserted: HistoryRow = {
  row: '#29',
  title: 'stop-and-remove without the rescan lock, as sriov_numvfs did it until #28',
  before: known('V', 'Linux 60e7b5aa8571: misuse was silent', 'pass'),
  after: known('V', 'Linux 60e7b5aa8571: misuse makes a splat', 'assertion'),
  designs: {
    before: unlocked,
    after: { ...unlocked, stop_and_remove: stop_and_remove_asserted },
  },
  ...IOV,
  stage: (s) => {
    const { bus, pf, devfn } = functions(s);
    const player = task('sriov_numvfs', s.k, sriov_numvfs_store, [bus, pf, devfn]);
    return { players: [player], invariants: [] };
  },
};

export const iovRows: Readonly<Record<string, HistoryRow>> = {
  'vf-removed-twice': vfRemovedTwice,
  'pf-with-vfs-removed': pfRemoved,
  'numvfs-vs-pf-removal': storeAgainstRemoval,
  'unlocked-stop-and-remove': asserted,
};
