/**
 * Writers of sysfs files: `remove` of a device, `rescan` of a bus, `sriov_numvfs` of a function
 * (eeh.md 1.0.1, 1.0.4, 1.0.5). Each procedure is a state of its machine.
 *
 * A writer starts when `start` completes (0: at once) and gives the sign `done` when it is through.
 * It holds no reference on the device: the kernfs active reference goes with the file's own
 * removal.
 */
import { cmpxchg, ctx_get, ctx_set, type Proc, type Ptr, read, wait_for_completion } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import type { Kernel } from '../eeh/kernel.ts';
import { device_lock, device_unlock, put_device } from './device.ts';
import { pci_bus_add_devices, pci_get_slot, pci_scan_child_bus } from './probe.ts';
import { pci_remove_bus_device, pci_stop_bus_device } from './remove.ts';
import { pci_lock_rescan_remove, pci_unlock_rescan_remove } from './rescan_lock.ts';
import { give_sign } from './sign.ts';
import { pci_dev, pci_dn } from './structs.ts';

const CTX_DEV = 0;

const ev = eventCodes(
  'STARTED',
  'OPENED',
  'NO_DEVICE',
  'CLAIMED',
  'TAKEN',
  'LOCKED',
  'STOPPED',
  'DESTROYED',
  'SCANNED',
  'ADDED',
  'CONFIGURED',
  'UNLOCKED',
  'TOLD',
);

export function* sysfs_wait(_k: Kernel, _at: Ptr, _pdn: Ptr, start: Ptr): Proc<number> {
  if (start !== 0) yield wait_for_completion(start);
  return ev.STARTED;
}

/** The device whose directory is opened: found on its bus, by the node it was made from. */
export function* sysfs_open(k: Kernel, bus: Ptr, pdn: Ptr): Proc<number> {
  const dev = yield* pci_get_slot(k, bus, yield read(pdn + pci_dn.devfn));
  if (dev === 0) return ev.NO_DEVICE;
  yield ctx_set(CTX_DEV, dev);
  return ev.OPENED;
}

/** device_remove_file_self(): of several writers one gets the file; the path walk is over. */
export function* sysfs_claim(k: Kernel): Proc<number> {
  const dev = yield ctx_get(CTX_DEV);
  const first = (yield cmpxchg(dev + pci_dev.remove_attr, 1, 0)) === 1;
  yield* put_device(k, dev);
  return first ? ev.CLAIMED : ev.TAKEN;
}

export function* sysfs_lock(k: Kernel): Proc<number> {
  yield* pci_lock_rescan_remove(k);
  return ev.LOCKED;
}

export function* sysfs_stop(k: Kernel): Proc<number> {
  yield* pci_stop_bus_device(k, yield ctx_get(CTX_DEV));
  return ev.STOPPED;
}

export function* sysfs_destroy(k: Kernel): Proc<number> {
  yield* pci_remove_bus_device(k, yield ctx_get(CTX_DEV));
  yield ctx_set(CTX_DEV, 0);
  return ev.DESTROYED;
}

export function* sysfs_scan(k: Kernel, bus: Ptr): Proc<number> {
  yield* pci_scan_child_bus(k, bus);
  return ev.SCANNED;
}

export function* sysfs_add(k: Kernel, bus: Ptr): Proc<number> {
  yield* pci_bus_add_devices(k, bus);
  return ev.ADDED;
}

export function* sysfs_unlock(k: Kernel): Proc<number> {
  yield* pci_unlock_rescan_remove(k);
  return ev.UNLOCKED;
}

export function* sysfs_done(_k: Kernel, _at: Ptr, _pdn: Ptr, _start: Ptr, done: Ptr): Proc<number> {
  yield* give_sign(done);
  return ev.TOLD;
}

/** sriov_numvfs_store() since a5338e365c45: device_lock of the PF, then the rescan lock. */
export function* sriov_lock_device(_k: Kernel): Proc<number> {
  yield* device_lock(yield ctx_get(CTX_DEV));
  return ev.LOCKED;
}

/** The driver's sriov_configure(): looks at the device; VFs themselves are not modelled. */
export function* sriov_configure(_k: Kernel): Proc<number> {
  const dev = yield ctx_get(CTX_DEV);
  yield read(dev + pci_dev.driver);
  yield read(dev + pci_dev.driver_data);
  return ev.CONFIGURED;
}

/** The writer's reference goes last. */
export function* sriov_unlock_device(k: Kernel): Proc<number> {
  const dev = yield ctx_get(CTX_DEV);
  yield* device_unlock(dev);
  yield* put_device(k, dev);
  yield ctx_set(CTX_DEV, 0);
  return ev.UNLOCKED;
}
