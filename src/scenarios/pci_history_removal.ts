/** Rows 24, 36 and O3 of pciehp.md 4: two removals meet, and where SR-IOV takes the lock. */
import {
  type IovDesign,
  nothing_before_remove,
  pf_release_driver,
  pf_remove_store,
  sriov_numvfs_store,
} from '../../actors/pci/iov.ts';
import {
  already_cleared,
  claim_destroy_atomic,
  claim_destroy_by_check,
  claim_stop_atomic,
  claim_stop_by_check,
  clear_added,
  drop_rescan_lock,
  type RemovalDesign,
  type RemovalPath,
  remove_destroy,
  remove_lookup,
  remove_put,
  remove_stop,
  with_rescan_lock,
  without_lock,
} from '../../actors/pci/stop_destroy.ts';
import { pci_dev } from '../../actors/pci/structs.ts';
import { pci_remover } from '../../machines/pci_remover.ts';
import type { ActorSpec } from '../actor/program.ts';
import type { ImageBuilder } from '../memory/image.ts';
import { mutex } from '../memory/kernel_structs.ts';
import { busWithDevice } from './pci_history_bus.ts';
import { caller, type HistoryRace, historyRace, thread } from './pci_history_race.ts';

const BY_CHECK: RemovalDesign = {
  claim_stop: claim_stop_by_check,
  stop_done: clear_added,
  claim_destroy: claim_destroy_by_check,
};

const ATOMIC: RemovalDesign = {
  claim_stop: claim_stop_atomic,
  stop_done: already_cleared,
  claim_destroy: claim_destroy_atomic,
};

/** A thread that removes the device on a bus, holding pci_rescan_remove_lock or not. */
function remover(name: string, cpu: number, k: RemovalDesign, path: RemovalPath): ActorSpec {
  const procedures = {
    lookup: remove_lookup,
    stop: remove_stop,
    destroy: remove_destroy,
    put: remove_put,
  };
  return thread(name, cpu, { machine: pci_remover, procedures }, [k, Object.freeze(path)]);
}

const locked = { lock: with_rescan_lock, unlock: drop_rescan_lock };
const unlocked = { lock: without_lock, unlock: without_lock };

const stopDestroy = historyRace<RemovalDesign>(
  {
    id: 'stop-destroy',
    row: '24',
    title: 'two removals of one device, one without pci_rescan_remove_lock',
    commit: 'Linux e3f30d563a38, 93093ea1f059, 2024',
    mark: 'S',
    before: ['wild-access', 'use-after-free', 'refcount', 'double-free'],
    after: ['pass'],
  },
  { before: BY_CHECK, after: ATOMIC },
  (memory, design, request) => {
    const { dev: _, ...core } = busWithDevice(memory, request);
    const k = Object.freeze({ ...core, ...design });
    return {
      actors: [
        remover('sysfs-remove', 0, k, { ...core, ...locked }),
        remover('hotplug', 1, k, { ...core, ...unlocked }),
      ],
      invariants: [],
    };
  },
);

const iovUnlocked = historyRace<Pick<RemovalPath, 'lock' | 'unlock'>>(
  {
    id: 'iov-unlocked',
    row: '36',
    title: 'sriov_numvfs removes a VF while hotplug removes it',
    commit: 'before Linux 05703271c3cd',
    mark: 'D',
    before: 'open',
    after: 'open',
  },
  { before: unlocked, after: locked },
  (memory, design, request) => {
    const { dev: _, ...core } = busWithDevice(memory, request);
    const k = Object.freeze({ ...core, ...BY_CHECK });
    return {
      actors: [
        remover('hotplug', 0, k, { ...core, ...locked }),
        remover('sriov_numvfs', 1, k, { ...core, ...design }),
      ],
      invariants: [],
    };
  },
);

function physicalFunction(memory: ImageBuilder) {
  const pf = memory.static_('PF', pci_dev);
  const vfs = memory.static_('VF', pci_dev);
  memory.poke(pf + pci_dev.driver, 1);
  memory.poke(vfs + pci_dev.is_added, 1);
  return { pf, vfs, pci_rescan_remove_lock: memory.static_('pci_rescan_remove_lock', mutex) };
}

const IN_STORE: IovDesign = {
  del_vfs_lock: without_lock,
  del_vfs_unlock: without_lock,
  before_remove: nothing_before_remove,
};

const iovRecursive = historyRace<IovDesign>(
  {
    id: 'iov-recursive',
    row: '36',
    title: 'a PF with VFs is removed through sysfs',
    commit: 'Linux 05703271c3cd, reverted by 2fa119c0e5e5 (2025)',
    mark: 'S',
    before: ['recursive-lock', 'deadlock'],
    after: ['pass'],
  },
  {
    before: { ...IN_STORE, del_vfs_lock: with_rescan_lock, del_vfs_unlock: drop_rescan_lock },
    after: IN_STORE,
  },
  (memory, design) => {
    const k = Object.freeze({ ...physicalFunction(memory), ...design });
    return { actors: [caller('sysfs-remove', 0, pf_remove_store, [k])], invariants: [] };
  },
);

const iovAbba = historyRace<IovDesign>(
  {
    id: 'iov-abba',
    row: 'O3',
    title: 'remove of a PF against its sriov_numvfs',
    commit: 'Ionut Nechita, April 2026',
    proposal: 'the driver is released before the lock is taken',
    mark: 'D',
    before: 'open',
    after: 'open',
  },
  { before: IN_STORE, after: { ...IN_STORE, before_remove: pf_release_driver } },
  (memory, design) => {
    const k = Object.freeze({ ...physicalFunction(memory), ...design });
    return {
      actors: [
        caller('sysfs-remove', 0, pf_remove_store, [k]),
        caller('sriov_numvfs', 1, sriov_numvfs_store, [k]),
      ],
      invariants: [],
    };
  },
);

export const removalRaces: readonly HistoryRace[] = [
  stopDestroy,
  iovUnlocked,
  iovRecursive,
  iovAbba,
];
