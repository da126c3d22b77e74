/**
 * Where pci_rescan_remove_lock is taken when VFs go (pciehp.md 4 rows 36 and O3): nowhere, in
 * sriov_del_vfs() (05703271c3cd), or in sriov_numvfs_store() (2026).
 */
import { mutex_lock, mutex_unlock, type Proc, type Ptr, read, write } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { pci_dev } from './structs.ts';

const ev = eventCodes('RETURNED');

export interface IovDesign {
  /** Around the VFs in sriov_del_vfs(). */
  readonly del_vfs_lock: (mutex: Ptr) => Proc<void>;
  readonly del_vfs_unlock: (mutex: Ptr) => Proc<void>;
  /** remove_store(): what it does before it takes pci_rescan_remove_lock. */
  readonly before_remove: (k: IovKernel) => Proc<void>;
}
export type IovKernel = IovDesign & Readonly<{ pf: Ptr; vfs: Ptr; pci_rescan_remove_lock: Ptr }>;

/** A write to `remove` of the PF. */
export function* pf_remove_store(k: IovKernel): Proc<number> {
  yield* k.before_remove(k);
  yield mutex_lock(k.pci_rescan_remove_lock);
  yield* pf_release_driver(k);
  yield mutex_unlock(k.pci_rescan_remove_lock);
  return ev.RETURNED;
}

/** device_release_driver(): the PF driver's remove() disables its VFs. */
export function* pf_release_driver(k: IovKernel): Proc<void> {
  yield mutex_lock(k.pf + pci_dev.dev.mutex.at);
  if ((yield read(k.pf + pci_dev.driver)) !== 0) {
    yield* sriov_disable(k);
    yield write(k.pf + pci_dev.driver, 0);
  }
  yield mutex_unlock(k.pf + pci_dev.dev.mutex.at);
}

/** A write of 0 to `sriov_numvfs`, with the lock in the store. */
export function* sriov_numvfs_store(k: IovKernel): Proc<number> {
  yield mutex_lock(k.pf + pci_dev.dev.mutex.at);
  if ((yield read(k.pf + pci_dev.driver)) !== 0) {
    yield mutex_lock(k.pci_rescan_remove_lock);
    yield* sriov_disable(k);
    yield mutex_unlock(k.pci_rescan_remove_lock);
  }
  yield mutex_unlock(k.pf + pci_dev.dev.mutex.at);
  return ev.RETURNED;
}

/** sriov_del_vfs(): here only that they are gone. */
function* sriov_disable(k: IovKernel): Proc<void> {
  yield* k.del_vfs_lock(k.pci_rescan_remove_lock);
  yield write(k.vfs + pci_dev.is_added, 0);
  yield* k.del_vfs_unlock(k.pci_rescan_remove_lock);
}

export function* nothing_before_remove(_k: IovKernel): Proc<void> {
  // remove_store() takes pci_rescan_remove_lock first.
}
