/**
 * Enumeration of function 0 behind the port and its removal (pciehp.md 2.6, 2.10), everything under
 * pci_rescan_remove_lock. Bridges, resources and settings are not modelled; a driver is one word.
 */
import {
  atomic_fetch_and,
  atomic_fetch_or,
  down_read,
  down_write,
  GFP_KERNEL,
  kfree,
  kzalloc,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  printk,
  read,
  refcount_dec_and_test,
  refcount_inc,
  refcount_set,
  up_read,
  up_write,
  write,
} from '#ops';
import { LIST_POISON1, LIST_POISON2, list_head } from '../../src/memory/kernel_structs.ts';
import {
  ALL_ONES_32,
  PCI_COMMAND_INTX_DISABLE,
  PCI_COMMAND_MASTER,
  PCI_COMMAND_SERR,
} from '../hardware/pci_regs.ts';
import type { Pciehp } from './design.ts';
import { pci_bus_read_vendor_id, pci_read_command, pci_write_command } from './pci_access.ts';
import {
  controller,
  EEXIST,
  ENODEV,
  PCI_DEV_ADDED,
  pci_bus,
  pci_channel_io_normal,
  pci_channel_io_perm_failure,
  pci_dev,
} from './structs.ts';

function* list_add_tail(entry: Ptr, head: Ptr): Proc<void> {
  const last = yield read(head + list_head.prev);
  yield write(entry + list_head.next, head);
  yield write(entry + list_head.prev, last);
  yield write(last + list_head.next, entry);
  yield write(head + list_head.prev, entry);
}

function* list_del(entry: Ptr): Proc<void> {
  const next = yield read(entry + list_head.next);
  const prev = yield read(entry + list_head.prev);
  yield write(next + list_head.prev, prev);
  yield write(prev + list_head.next, next);
  yield write(entry + list_head.next, LIST_POISON1);
  yield write(entry + list_head.prev, LIST_POISON2);
}

/** Drops a reference; the last one frees the device. */
function* pci_dev_put(dev: Ptr): Proc<void> {
  if ((yield refcount_dec_and_test(dev + pci_dev.kref.refcount)) !== 0) yield kfree(dev);
}

/** Function 0 of a bus with a reference taken, or NULL. */
function* pci_get_slot(bus: Ptr, d: Pciehp): Proc<Ptr> {
  let dev = 0;
  yield down_read(d.pci_bus_sem);
  const entry = yield read(bus + pci_bus.devices.next);
  if (entry !== bus + pci_bus.devices.at) {
    dev = entry - pci_dev.bus_list.at;
    yield refcount_inc(dev + pci_dev.kref.refcount);
  }
  yield up_read(d.pci_bus_sem);
  return dev;
}

/** Reads the id, sets the device up, matches it to its slot, puts it on the bus: how many. */
function* pci_scan_slot(ctrl: Ptr, bus: Ptr, d: Pciehp): Proc<number> {
  const id = yield* pci_bus_read_vendor_id(d);
  if (id === ALL_ONES_32) return 0;
  const dev = yield kzalloc(pci_dev.typeid, GFP_KERNEL);
  if (dev === 0) return 0;
  yield write(dev + pci_dev.id, id);
  yield write(dev + pci_dev.bus, bus);
  yield write(dev + pci_dev.error_state, pci_channel_io_normal);
  yield refcount_set(dev + pci_dev.kref.refcount, 1);
  yield mutex_lock(d.pci_slot_mutex);
  yield write(dev + pci_dev.slot, ctrl);
  yield mutex_unlock(d.pci_slot_mutex);
  yield down_write(d.pci_bus_sem);
  yield* list_add_tail(dev + pci_dev.bus_list.at, bus + pci_bus.devices.at);
  yield up_write(d.pci_bus_sem);
  return 1;
}

/** Announces the devices of a bus: drivers bind under device_lock. */
function* pci_bus_add_devices(bus: Ptr): Proc<void> {
  let entry = yield read(bus + pci_bus.devices.next);
  while (entry !== bus + pci_bus.devices.at) {
    const dev = entry - pci_dev.bus_list.at;
    yield mutex_lock(dev + pci_dev.device_lock.at);
    yield write(dev + pci_dev.driver, 1);
    yield mutex_unlock(dev + pci_dev.device_lock.at);
    yield atomic_fetch_or(dev + pci_dev.priv_flags, PCI_DEV_ADDED);
    entry = yield read(entry + list_head.next);
  }
}

/** Enumerates the slot: 0, -EEXIST when function 0 is known already, -ENODEV when none answers. */
export function* pciehp_configure_device(ctrl: Ptr, d: Pciehp): Proc<number> {
  const pdev = yield read(ctrl + controller.pdev);
  const bus = yield read(pdev + pci_dev.subordinate);
  yield mutex_lock(d.pci_rescan_remove_lock);
  const dev = yield* pci_get_slot(bus, d);
  if (dev !== 0) {
    yield* pci_dev_put(dev);
    yield mutex_unlock(d.pci_rescan_remove_lock);
    return -EEXIST;
  }
  const found = yield* pci_scan_slot(ctrl, bus, d);
  if (found === 0) {
    yield printk(
      'pciehp %04x:%02x:%02x.%x:pcie%03x: No new device found',
      d.domain,
      d.bus,
      d.device,
      d.func,
      d.service,
    );
  } else {
    yield* pci_bus_add_devices(bus);
  }
  yield mutex_unlock(d.pci_rescan_remove_lock);
  return found === 0 ? -ENODEV : 0;
}

/** Stop phase: the driver lets go. */
function* pci_stop_dev(dev: Ptr): Proc<void> {
  const flags = yield atomic_fetch_and(dev + pci_dev.priv_flags, ~PCI_DEV_ADDED);
  if ((flags & PCI_DEV_ADDED) === 0) return;
  yield mutex_lock(dev + pci_dev.device_lock.at);
  yield write(dev + pci_dev.driver, 0);
  yield mutex_unlock(dev + pci_dev.device_lock.at);
}

/** Stop phase, then destroy phase: off the bus, the bus's reference dropped. */
function* pci_stop_and_remove_bus_device(dev: Ptr, d: Pciehp): Proc<void> {
  yield* pci_stop_dev(dev);
  yield down_write(d.pci_bus_sem);
  yield* list_del(dev + pci_dev.bus_list.at);
  yield up_write(d.pci_bus_sem);
  yield* pci_dev_put(dev);
}

/** Removes the devices of the slot, last first; a surprise when `safe` is 0. */
export function* pciehp_unconfigure_device(ctrl: Ptr, safe: number, d: Pciehp): Proc<void> {
  const pdev = yield read(ctrl + controller.pdev);
  const bus = yield read(pdev + pci_dev.subordinate);
  yield mutex_lock(d.pci_rescan_remove_lock);
  let entry = yield read(bus + pci_bus.devices.prev);
  while (entry !== bus + pci_bus.devices.at) {
    const dev = entry - pci_dev.bus_list.at;
    const before = yield read(entry + list_head.prev);
    yield refcount_inc(dev + pci_dev.kref.refcount);
    // A card that was pulled must not be talked to any more.
    if (safe === 0) yield write(dev + pci_dev.error_state, pci_channel_io_perm_failure);
    yield* pci_stop_and_remove_bus_device(dev, d);
    if (safe !== 0) {
      const command = yield* pci_read_command(d);
      const quiet = command & ~(PCI_COMMAND_MASTER | PCI_COMMAND_SERR);
      yield* pci_write_command(quiet | PCI_COMMAND_INTX_DISABLE, d);
    }
    yield* pci_dev_put(dev);
    entry = before;
  }
  yield mutex_unlock(d.pci_rescan_remove_lock);
}
