/**
 * pcie_do_recovery() since 4.20 (bfcb79fca19d; pciehp.md 2.9, 5.7): the drivers are told and stay
 * bound. One device, one driver that votes NEED_RESET and then RECOVERED.
 */
import {
  cmpxchg,
  down_read,
  msleep,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  read,
  up_read,
} from '#ops';
import {
  pci_bus,
  pci_channel_io_normal,
  pci_channel_io_perm_failure,
  pci_dev,
} from '../pciehp/structs.ts';
import { note_usable } from './bus.ts';
import type { Dpc } from './design.ts';
import { pci_channel_io_frozen } from './structs.ts';

/** Function 0, looked at under pci_bus_sem, which the caller holds for the whole walk. */
function* first_device(d: Dpc): Proc<Ptr> {
  const entry = yield read(d.bus + pci_bus.devices.next);
  return entry === d.bus + pci_bus.devices.at ? 0 : entry - pci_dev.bus_list.at;
}

/** error_detected(frozen): the driver stops; it may take its time. */
export function* broadcast_frozen(d: Dpc): Proc<void> {
  yield down_read(d.pci_bus_sem);
  const dev = yield* first_device(d);
  if (dev !== 0) {
    yield mutex_lock(dev + pci_dev.device_lock.at);
    const state = dev + pci_dev.error_state;
    yield cmpxchg(state, pci_channel_io_normal, pci_channel_io_frozen);
    if (d.driverMs !== 0) yield msleep(d.driverMs);
    yield mutex_unlock(dev + pci_dev.device_lock.at);
  }
  yield up_read(d.pci_bus_sem);
}

/** slot_reset and resume: the device works again, unless it was marked as gone meanwhile. */
export function* broadcast_resume(d: Dpc): Proc<number> {
  yield down_read(d.pci_bus_sem);
  const dev = yield* first_device(d);
  if (dev !== 0) {
    yield mutex_lock(dev + pci_dev.device_lock.at);
    const state = dev + pci_dev.error_state;
    const before = yield cmpxchg(state, pci_channel_io_frozen, pci_channel_io_normal);
    const bound = yield read(dev + pci_dev.driver);
    if (before !== pci_channel_io_perm_failure && bound !== 0) yield* note_usable(d);
    yield mutex_unlock(dev + pci_dev.device_lock.at);
  }
  yield up_read(d.pci_bus_sem);
  return 0;
}

/** The drivers are left as they are. */
export function* callbacks_give_up(_d: Dpc): Proc<void> {
  return;
}
