/**
 * Two callers of pci_stop_and_remove_bus_device() for one device. Before e3f30d563a38 and
 * 93093ea1f059 (2024) both phases checked and acted in two steps; after them they test and clear,
 * and test and set, in one.
 */
import {
  ctx_get,
  ctx_set,
  down_read,
  down_write,
  kfree,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  read,
  refcount_dec_and_test,
  refcount_inc,
  up_read,
  up_write,
  write,
  xchg,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { list_del } from '../list.ts';
import { pci_bus, pci_dev } from './structs.ts';

const ev = eventCodes('FOUND', 'NO_DEVICE', 'STOPPED', 'DESTROYED', 'RETURNED');
const DEV = 0;

export interface RemovalDesign {
  /** 1: this caller is the one that stops the device. */
  readonly claim_stop: (dev: Ptr) => Proc<number>;
  readonly stop_done: (dev: Ptr) => Proc<void>;
  /** 1: this caller is the one that destroys it. */
  readonly claim_destroy: (dev: Ptr) => Proc<number>;
}
export type RemovalKernel = RemovalDesign & Readonly<{ bus: Ptr; pci_bus_sem: Ptr }>;

/** Around a removal: pci_rescan_remove_lock, or nothing. */
export interface RemovalPath {
  readonly lock: (mutex: Ptr) => Proc<void>;
  readonly unlock: (mutex: Ptr) => Proc<void>;
  readonly pci_rescan_remove_lock: Ptr;
}

/** pci_get_slot(): the device, with a reference. */
export function* remove_lookup(k: RemovalKernel, path: RemovalPath): Proc<number> {
  yield* path.lock(path.pci_rescan_remove_lock);
  let dev = 0;
  yield down_read(k.pci_bus_sem);
  const entry = yield read(k.bus + pci_bus.devices.next);
  if (entry !== k.bus + pci_bus.devices.at) {
    dev = entry - pci_dev.bus_list.at;
    yield refcount_inc(dev + pci_dev.ref.refcount);
  }
  yield up_read(k.pci_bus_sem);
  yield ctx_set(DEV, dev);
  if (dev !== 0) return ev.FOUND;
  yield* path.unlock(path.pci_rescan_remove_lock);
  return ev.NO_DEVICE;
}

/** pci_stop_dev(). */
export function* remove_stop(k: RemovalKernel, _path: RemovalPath): Proc<number> {
  const dev = yield ctx_get(DEV);
  if ((yield* k.claim_stop(dev)) === 0) return ev.STOPPED;
  yield mutex_lock(dev + pci_dev.dev.mutex.at);
  yield write(dev + pci_dev.driver, 0);
  yield mutex_unlock(dev + pci_dev.dev.mutex.at);
  yield* k.stop_done(dev);
  return ev.STOPPED;
}

/** pci_destroy_dev(): device_del(), off the bus, and the reference of the registration goes. */
export function* remove_destroy(k: RemovalKernel, _path: RemovalPath): Proc<number> {
  const dev = yield ctx_get(DEV);
  if ((yield* k.claim_destroy(dev)) === 0) return ev.DESTROYED;
  yield down_write(k.pci_bus_sem);
  yield* list_del(dev + pci_dev.bus_list.at);
  yield up_write(k.pci_bus_sem);
  yield* pci_dev_put(dev);
  return ev.DESTROYED;
}

export function* remove_put(_k: RemovalKernel, path: RemovalPath): Proc<number> {
  yield* pci_dev_put(yield ctx_get(DEV));
  yield ctx_set(DEV, 0);
  yield* path.unlock(path.pci_rescan_remove_lock);
  return ev.RETURNED;
}

function* pci_dev_put(dev: Ptr): Proc<void> {
  if ((yield refcount_dec_and_test(dev + pci_dev.ref.refcount)) !== 0) yield kfree(dev);
}

/** The flag goes only when the driver is gone. */
export function* claim_stop_by_check(dev: Ptr): Proc<number> {
  return yield read(dev + pci_dev.is_added);
}

export function* clear_added(dev: Ptr): Proc<void> {
  yield write(dev + pci_dev.is_added, 0);
}

/** The sign of a registered device was its kobject's parent; device_del() takes it away. */
export function* claim_destroy_by_check(dev: Ptr): Proc<number> {
  if ((yield read(dev + pci_dev.registered)) === 0) return 0;
  yield write(dev + pci_dev.registered, 0);
  return 1;
}

/** pci_dev_test_and_clear_added(). */
export function* claim_stop_atomic(dev: Ptr): Proc<number> {
  return yield xchg(dev + pci_dev.is_added, 0);
}

export function* already_cleared(_dev: Ptr): Proc<void> {
  // The claim has cleared it.
}

/** pci_dev_test_and_set_removed(), the other way round. */
export function* claim_destroy_atomic(dev: Ptr): Proc<number> {
  return yield xchg(dev + pci_dev.registered, 0);
}

export function* with_rescan_lock(mutex: Ptr): Proc<void> {
  yield mutex_lock(mutex);
}

export function* drop_rescan_lock(mutex: Ptr): Proc<void> {
  yield mutex_unlock(mutex);
}

export function* without_lock(_mutex: Ptr): Proc<void> {
  // This path does not take it.
}
