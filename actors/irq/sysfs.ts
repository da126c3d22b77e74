/**
 * A shell that writes to sysfs files, one after the other: `remove` of the bridge at `dn`, `rescan`
 * of the whole machine (eeh.md 1.0.4, 1.0.5). `plan` has a digit for each, first one lowest.
 */
import {
  complete,
  ctx_get,
  ctx_set,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  read,
  wait_for_completion,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import type { IrqKernel } from './kernel.ts';
import { pci_bus_add_devices, pci_scan_child_bus } from './probe.ts';
import { pci_remove_bus_device, pci_stop_bus_device } from './remove.ts';
import { phb_controller, phb_dn, phb_globals } from './structs.ts';

/** Digits of a plan. */
export const REMOVE = 1;
export const RESCAN = 2;
/** Until somebody else has come so far. */
export const AWAIT = 3;
const DIGIT_BITS = 4;

const CTX_DONE = 0;
const CTX_DEV = 1;

const ev = eventCodes(
  'REMOVE',
  'RESCAN',
  'AWAIT',
  'FINISHED',
  'LOCKED',
  'NO_DEVICE',
  'STOPPED',
  'DESTROYED',
  'SCANNED',
  'ADDED',
  'UNLOCKED',
  'STARTED',
);

export function* sysfs_next(_k: IrqKernel, _dn: Ptr, plan: number): Proc<number> {
  const done = yield ctx_get(CTX_DONE);
  yield ctx_set(CTX_DONE, done + 1);
  const digit = (plan >> (done * DIGIT_BITS)) & ((1 << DIGIT_BITS) - 1);
  if (digit === REMOVE) return ev.REMOVE;
  if (digit === AWAIT) return ev.AWAIT;
  return digit === RESCAN ? ev.RESCAN : ev.FINISHED;
}

export function* sysfs_await(
  _k: IrqKernel,
  _dn: Ptr,
  _plan: number,
  _removed: Ptr,
  sign: Ptr,
): Proc<number> {
  yield wait_for_completion(sign);
  return ev.STARTED;
}

/** NULL while there is no PHB, or no bus of it. */
export function* phb_root_bus(k: IrqKernel): Proc<Ptr> {
  const phb = yield read(k.g + phb_globals.hose);
  return phb === 0 ? 0 : yield read(phb + phb_controller.bus);
}

/** pci_lock_rescan_remove(); the device was looked up when its file was opened. */
export function* sysfs_lock_remove(k: IrqKernel, dn: Ptr): Proc<number> {
  yield mutex_lock(k.g + phb_globals.pci_rescan_remove_lock.at);
  const dev = yield read(dn + phb_dn.pdev);
  yield ctx_set(CTX_DEV, dev);
  return dev === 0 ? ev.NO_DEVICE : ev.LOCKED;
}

export function* sysfs_lock_rescan(k: IrqKernel): Proc<number> {
  yield mutex_lock(k.g + phb_globals.pci_rescan_remove_lock.at);
  return ev.LOCKED;
}

export function* sysfs_stop(k: IrqKernel): Proc<number> {
  yield* pci_stop_bus_device(k, yield ctx_get(CTX_DEV));
  return ev.STOPPED;
}

export function* sysfs_destroy(k: IrqKernel, _dn: Ptr, _plan: number, removed: Ptr): Proc<number> {
  yield* pci_remove_bus_device(k, yield ctx_get(CTX_DEV));
  yield ctx_set(CTX_DEV, 0);
  if (removed !== 0) yield complete(removed);
  return ev.DESTROYED;
}

export function* sysfs_scan(k: IrqKernel): Proc<number> {
  const bus = yield* phb_root_bus(k);
  if (bus !== 0) yield* pci_scan_child_bus(k, bus);
  return ev.SCANNED;
}

export function* sysfs_add(k: IrqKernel): Proc<number> {
  const bus = yield* phb_root_bus(k);
  if (bus !== 0) yield* pci_bus_add_devices(k, bus);
  return ev.ADDED;
}

export function* sysfs_unlock(k: IrqKernel): Proc<number> {
  yield mutex_unlock(k.g + phb_globals.pci_rescan_remove_lock.at);
  return ev.UNLOCKED;
}
