/**
 * pcie_do_recovery() since 4.20 (bfcb79fca19d; pciehp.md 2.9, 5.7): the drivers are told and stay
 * bound. Every function's driver votes NEED_RESET and then RECOVERED.
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
import { list_head } from '../../src/memory/kernel_structs.ts';
import {
  pci_bus,
  pci_channel_io_normal,
  pci_channel_io_perm_failure,
  pci_dev,
} from '../pciehp/structs.ts';
import { note_usable } from './bus.ts';
import type { Dpc } from './design.ts';
import { pci_channel_io_frozen } from './structs.ts';

/** error_detected(frozen): drivers stop; they may take their time, under pci_bus_sem. */
export function* broadcast_frozen(d: Dpc): Proc<void> {
  const head = d.bus + pci_bus.devices.at;
  yield down_read(d.pci_bus_sem);
  let entry = yield read(head + list_head.next);
  while (entry !== head) {
    yield* report_frozen(entry - pci_dev.bus_list.at, d);
    entry = yield read(entry + list_head.next);
  }
  yield up_read(d.pci_bus_sem);
}

function* report_frozen(dev: Ptr, d: Dpc): Proc<void> {
  yield mutex_lock(dev + pci_dev.device_lock.at);
  const state = dev + pci_dev.error_state;
  yield cmpxchg(state, pci_channel_io_normal, pci_channel_io_frozen);
  if (d.driverMs !== 0) yield msleep(d.driverMs);
  yield mutex_unlock(dev + pci_dev.device_lock.at);
}

/** slot_reset and resume of every driver. */
export function* broadcast_resume(d: Dpc): Proc<number> {
  const head = d.bus + pci_bus.devices.at;
  yield down_read(d.pci_bus_sem);
  if (d.below !== 0) yield* d.port_slot_reset(d);
  let entry = yield read(head + list_head.next);
  while (entry !== head) {
    yield* report_resume(entry - pci_dev.bus_list.at, d);
    entry = yield read(entry + list_head.next);
  }
  yield up_read(d.pci_bus_sem);
  return 0;
}

/** The device works again, unless it was marked as gone meanwhile. */
function* report_resume(dev: Ptr, d: Dpc): Proc<void> {
  yield mutex_lock(dev + pci_dev.device_lock.at);
  const state = dev + pci_dev.error_state;
  const before = yield cmpxchg(state, pci_channel_io_frozen, pci_channel_io_normal);
  const bound = yield read(dev + pci_dev.driver);
  if (before !== pci_channel_io_perm_failure && bound !== 0) yield* note_usable(d);
  yield mutex_unlock(dev + pci_dev.device_lock.at);
}

/** The drivers are left as they are. */
export function* callbacks_give_up(_d: Dpc): Proc<void> {
  return;
}
