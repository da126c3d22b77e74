/**
 * SR-IOV: a VF is removed because its number is set to 0, because its PF leaves, or by hotplug
 * (eeh.md 3 #28, #29). Where the rescan lock is taken is the design's. One VF, on the PF's bus.
 */
import { lockdep_assert_held, type Proc, type Ptr } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import type { Kernel } from '../eeh/kernel.ts';
import { device_lock, device_unlock, put_device } from './device.ts';
import { pci_get_slot } from './probe.ts';
import { pci_remove_bus_device, pci_stop_and_remove_bus_device } from './remove.ts';
import { pci_lock_rescan_remove, pci_unlock_rescan_remove } from './rescan_lock.ts';

const ev = eventCodes('DONE');

export type IovDesign = Readonly<{
  /** In sriov_numvfs_store(), before device_lock. */
  outer_lock: (k: Kernel) => Proc<void>;
  outer_unlock: (k: Kernel) => Proc<void>;
  /** In sriov_numvfs_store(), around the driver's sriov_configure(). */
  store_lock: (k: Kernel) => Proc<void>;
  store_unlock: (k: Kernel) => Proc<void>;
  /** In sriov_disable(), around the removal of VFs. */
  disable_lock: (k: Kernel) => Proc<void>;
  disable_unlock: (k: Kernel) => Proc<void>;
  stop_and_remove: (k: Kernel, dev: Ptr) => Proc<void>;
}>;

type Iov = Kernel & IovDesign;

/** pci_stop_and_remove_bus_device() since 60e7b5aa8571: says so when nobody holds the lock. */
export function* stop_and_remove_asserted(k: Kernel, dev: Ptr): Proc<void> {
  yield lockdep_assert_held(k.pci_rescan_remove_lock);
  yield* pci_stop_and_remove_bus_device(k, dev);
}

/** pci_iov_remove_virtfn(): the VF is looked up, and may be gone already. */
function* pci_iov_remove_virtfn(k: Iov, bus: Ptr, devfn: number): Proc<void> {
  const virtfn = yield* pci_get_slot(k, bus, devfn);
  if (virtfn === 0) return;
  yield* k.stop_and_remove(k, virtfn);
  yield* put_device(k, virtfn);
}

function* sriov_disable(k: Iov, bus: Ptr, devfn: number): Proc<void> {
  yield* k.disable_lock(k);
  yield* pci_iov_remove_virtfn(k, bus, devfn);
  yield* k.disable_unlock(k);
}

/** `echo 0 > sriov_numvfs`. */
export function* sriov_numvfs_store(
  k: Iov,
  _start: Ptr,
  _done: Ptr,
  bus: Ptr,
  pf: Ptr,
  devfn: number,
): Proc<number> {
  yield* k.outer_lock(k);
  yield* device_lock(pf);
  yield* k.store_lock(k);
  yield* sriov_disable(k, bus, devfn);
  yield* k.store_unlock(k);
  yield* device_unlock(pf);
  yield* k.outer_unlock(k);
  return ev.DONE;
}

/** Hotplug takes a VF away: the platform's own event (s390) is such. */
export function* hotplug_remove_vf(
  k: Iov,
  _start: Ptr,
  _done: Ptr,
  bus: Ptr,
  devfn: number,
): Proc<number> {
  yield* pci_lock_rescan_remove(k);
  const virtfn = yield* pci_get_slot(k, bus, devfn);
  if (virtfn !== 0) {
    yield* k.stop_and_remove(k, virtfn);
    yield* put_device(k, virtfn);
  }
  yield* pci_unlock_rescan_remove(k);
  return ev.DONE;
}

/** `echo 1 > remove` of the PF: its driver's remove() calls pci_disable_sriov(). */
export function* remove_pf(
  k: Iov,
  _start: Ptr,
  _done: Ptr,
  bus: Ptr,
  pf: Ptr,
  devfn: number,
): Proc<number> {
  yield* pci_lock_rescan_remove(k);
  yield* device_lock(pf);
  yield* sriov_disable(k, bus, devfn);
  yield* device_unlock(pf);
  yield* pci_remove_bus_device(k, pf);
  yield* pci_unlock_rescan_remove(k);
  return ev.DONE;
}
