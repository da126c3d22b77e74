/**
 * pci_bridge_wait_for_secondary_bus() against removal of the device it waits for, before and after
 * 11a1f4bc4736 (6.10): the first child is polled after pci_bus_sem was dropped.
 */
import {
  down_read,
  down_write,
  kfree,
  msleep,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  read,
  refcount_dec_and_test,
  refcount_inc,
  up_read,
  up_write,
  xchg,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { list_del } from '../list.ts';
import { pci_bus, pci_channel_io_perm_failure, pci_dev } from '../pci/structs.ts';

const ev = eventCodes('RETURNED');
const POLLS = 3;

export interface ChildDesign {
  readonly child_get: (dev: Ptr) => Proc<void>;
  readonly child_put: (dev: Ptr) => Proc<void>;
}
export type ChildKernel = ChildDesign &
  Readonly<{ bus: Ptr; pci_bus_sem: Ptr; pci_rescan_remove_lock: Ptr }>;

/** The DPC thread, after TRIGGER was cleared. */
export function* pci_bridge_wait_for_secondary_bus(k: ChildKernel): Proc<number> {
  yield down_read(k.pci_bus_sem);
  const entry = yield read(k.bus + pci_bus.devices.next);
  if (entry === k.bus + pci_bus.devices.at) {
    yield up_read(k.pci_bus_sem);
    return ev.RETURNED;
  }
  const child = entry - pci_dev.bus_list.at;
  yield* k.child_get(child);
  yield up_read(k.pci_bus_sem);
  yield* pci_dev_wait(child);
  yield* k.child_put(child);
  return ev.RETURNED;
}

/** The delay doubles; a device that is marked disconnected is given up. */
function* pci_dev_wait(dev: Ptr): Proc<void> {
  let delay_ms = 1;
  for (let polls = 0; polls < POLLS; polls += 1) {
    if ((yield read(dev + pci_dev.error_state)) === pci_channel_io_perm_failure) return;
    yield msleep(delay_ms);
    delay_ms *= 2;
  }
}

/** pciehp's thread: the card was pulled while DPC recovers the link. */
export function* pciehp_unconfigure_device(k: ChildKernel): Proc<number> {
  const dev = (yield read(k.bus + pci_bus.devices.prev)) - pci_dev.bus_list.at;
  yield xchg(dev + pci_dev.error_state, pci_channel_io_perm_failure);
  yield mutex_lock(k.pci_rescan_remove_lock);
  yield down_write(k.pci_bus_sem);
  yield* list_del(dev + pci_dev.bus_list.at);
  yield up_write(k.pci_bus_sem);
  yield* child_unref(dev);
  yield mutex_unlock(k.pci_rescan_remove_lock);
  return ev.RETURNED;
}

export function* child_unref(dev: Ptr): Proc<void> {
  if ((yield refcount_dec_and_test(dev + pci_dev.ref.refcount)) !== 0) yield kfree(dev);
}

export function* child_ref(dev: Ptr): Proc<void> {
  yield refcount_inc(dev + pci_dev.ref.refcount);
}

export function* child_unheld(_dev: Ptr): Proc<void> {
  // The bare pointer is used.
}
