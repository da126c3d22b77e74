/**
 * vfio's remove() waits until the process has closed the device, with device_lock held; what the
 * process does before it closes may want that lock (pciehp.md 4 rows 21 and O5).
 */
import {
  finish_wait,
  mutex_lock,
  mutex_trylock,
  mutex_unlock,
  type Proc,
  type Ptr,
  prepare_to_wait,
  READ_ONCE,
  read,
  schedule,
  WRITE_ONCE,
  wake_up,
  write,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { vfio_user } from '../pci/history_structs.ts';
import { pci_dev } from '../pci/structs.ts';

const ev = eventCodes('RETURNED');

export interface VfioUserDesign {
  /** What the process does with the device before it closes it, and after. */
  readonly before_close: (dev: Ptr) => Proc<void>;
  readonly after_close: (dev: Ptr) => Proc<void>;
}
export type VfioKernel = VfioUserDesign &
  Readonly<{ dev: Ptr; user: Ptr; pci_rescan_remove_lock: Ptr }>;

/** The process that has the device open. */
export function* vfio_process(k: VfioKernel): Proc<number> {
  yield* k.before_close(k.dev);
  yield WRITE_ONCE(k.user + vfio_user.opened, 0);
  yield wake_up(k.user + vfio_user.released.at);
  yield* k.after_close(k.dev);
  return ev.RETURNED;
}

/** unbind_store(): device_release_driver(). */
export function* unbind_store(k: VfioKernel): Proc<number> {
  if ((yield read(k.dev + pci_dev.driver)) !== 0) yield* device_release_driver(k);
  return ev.RETURNED;
}

/** remove_store(): the same inside pci_rescan_remove_lock. */
export function* remove_store(k: VfioKernel): Proc<number> {
  yield mutex_lock(k.pci_rescan_remove_lock);
  yield* device_release_driver(k);
  yield mutex_unlock(k.pci_rescan_remove_lock);
  return ev.RETURNED;
}

function* device_release_driver(k: VfioKernel): Proc<void> {
  yield mutex_lock(k.dev + pci_dev.dev.mutex.at);
  yield* vfio_unregister_group_dev(k.user);
  yield write(k.dev + pci_dev.driver, 0);
  yield mutex_unlock(k.dev + pci_dev.dev.mutex.at);
}

/** vfio_del_group_dev() of old: waits for the last user. */
export function* vfio_unregister_group_dev(user: Ptr): Proc<void> {
  for (;;) {
    yield prepare_to_wait(user + vfio_user.released.at);
    if ((yield READ_ONCE(user + vfio_user.opened)) === 0) break;
    yield schedule();
  }
  yield finish_wait(user + vfio_user.released.at);
}

/** The reset ioctl with pci_reset_function(). */
export function* reset_function(dev: Ptr): Proc<void> {
  yield mutex_lock(dev + pci_dev.dev.mutex.at);
  yield write(dev + pci_dev.needs_freset, 0);
  yield mutex_unlock(dev + pci_dev.dev.mutex.at);
}

/** The reset ioctl with pci_try_reset_function(): -EAGAIN when somebody has the device. */
export function* try_reset_function(dev: Ptr): Proc<void> {
  if ((yield mutex_trylock(dev + pci_dev.dev.mutex.at)) === 0) return;
  yield write(dev + pci_dev.needs_freset, 0);
  yield mutex_unlock(dev + pci_dev.dev.mutex.at);
}

/** A read of an attribute of SR-IOV, which takes device_lock. */
export function* read_sriov_attribute(dev: Ptr): Proc<void> {
  yield mutex_lock(dev + pci_dev.dev.mutex.at);
  yield mutex_unlock(dev + pci_dev.dev.mutex.at);
}

export function* nothing_more(_dev: Ptr): Proc<void> {
  // The process is through with the device.
}
