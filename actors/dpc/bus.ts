/**
 * The functions behind the port: found, bound to a driver, removed (pciehp.md 2.10). All callers
 * hold pci_rescan_remove_lock. A driver is one word under device_lock.
 */
import {
  atomic_fetch_and,
  atomic_fetch_or,
  down_read,
  down_write,
  GFP_KERNEL,
  ghost_add,
  ghost_read,
  ghost_write,
  kfree,
  ktime_ms,
  kzalloc,
  lockdep_assert_held,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  read,
  refcount_dec_and_test,
  refcount_inc,
  refcount_set,
  up_read,
  up_write,
  write,
} from '#ops';
import { LIST_POISON1, LIST_POISON2, list_head } from '../../src/memory/kernel_structs.ts';
import { link_port, PCI_VENDOR_ID_RRS } from '../hardware/link_regs.ts';
import { ALL_ONES_32 } from '../hardware/pci_regs.ts';
import {
  EEXIST,
  ENODEV,
  PCI_DEV_ADDED,
  pci_bus,
  pci_channel_io_normal,
  pci_channel_io_perm_failure,
  pci_dev,
} from '../pciehp/structs.ts';
import { card_id } from './config.ts';
import type { Dpc } from './design.ts';
import { free_nested_irq, probe_nested } from './nested.ts';
import { dpc_ghost } from './structs.ts';

export function* pci_dev_put(dev: Ptr): Proc<void> {
  if ((yield refcount_dec_and_test(dev + pci_dev.kref.refcount)) !== 0) yield kfree(dev);
}

/** Function 0 with a reference taken, or NULL. */
export function* pci_get_slot(d: Dpc): Proc<Ptr> {
  let dev = 0;
  yield down_read(d.pci_bus_sem);
  const entry = yield read(d.bus + pci_bus.devices.next);
  if (entry !== d.bus + pci_bus.devices.at) {
    dev = entry - pci_dev.bus_list.at;
    yield refcount_inc(dev + pci_dev.kref.refcount);
  }
  yield up_read(d.pci_bus_sem);
  return dev;
}

/** The pointer alone, or NULL: what 6.3 to 6.9 kept after pci_bus_sem was dropped. */
export function* first_child_unpinned(d: Dpc): Proc<Ptr> {
  yield down_read(d.pci_bus_sem);
  const entry = yield read(d.bus + pci_bus.devices.next);
  yield up_read(d.pci_bus_sem);
  return entry === d.bus + pci_bus.devices.at ? 0 : entry - pci_dev.bus_list.at;
}

/** Nothing was taken. */
export function* nothing_to_put(_dev: Ptr): Proc<void> {
  return;
}

/** pci_scan_slot(): 0 when a device was added, -EEXIST when one is listed, -ENODEV when none is. */
export function* pci_scan_slot(d: Dpc): Proc<number> {
  yield lockdep_assert_held(d.pci_rescan_remove_lock);
  const known = yield* pci_get_slot(d);
  if (known !== 0) {
    // No check that it is the same card.
    yield* pci_dev_put(known);
    return -EEXIST;
  }
  const id = yield* card_id(d);
  if (id === ALL_ONES_32 || id === PCI_VENDOR_ID_RRS) return -ENODEV;
  const serial = yield ghost_read(d.port + link_port.serial);
  yield ghost_write(d.ghost + dpc_ghost.scanned, serial);
  for (let fn = 0; fn < d.functions; fn++) {
    if ((yield* pci_scan_device(fn, id, d)) === 0) return -ENODEV;
  }
  return 0;
}

/** One function: its pci_dev, last in the bus's list. */
function* pci_scan_device(fn: number, id: number, d: Dpc): Proc<Ptr> {
  const dev = yield kzalloc(pci_dev.typeid, GFP_KERNEL);
  if (dev === 0) return 0;
  yield write(dev + pci_dev.id, id);
  yield write(dev + pci_dev.devfn, fn);
  yield write(dev + pci_dev.bus, d.bus);
  yield write(dev + pci_dev.error_state, pci_channel_io_normal);
  yield refcount_set(dev + pci_dev.kref.refcount, 1);
  yield mutex_lock(d.pci_slot_mutex);
  yield write(dev + pci_dev.slot, d.ctrl);
  yield mutex_unlock(d.pci_slot_mutex);
  const head = d.bus + pci_bus.devices.at;
  yield down_write(d.pci_bus_sem);
  const last = yield read(head + list_head.prev);
  yield write(dev + pci_dev.bus_list.next, head);
  yield write(dev + pci_dev.bus_list.prev, last);
  yield write(last + list_head.next, dev + pci_dev.bus_list.at);
  yield write(head + list_head.prev, dev + pci_dev.bus_list.at);
  yield up_write(d.pci_bus_sem);
  return dev;
}

/** pci_bus_add_devices(): drivers bind. The list cannot change: pci_rescan_remove_lock is held. */
export function* pci_bus_add_devices(d: Dpc): Proc<void> {
  yield lockdep_assert_held(d.pci_rescan_remove_lock);
  const head = d.bus + pci_bus.devices.at;
  let entry = yield read(head + list_head.next);
  while (entry !== head) {
    yield* pci_bus_add_device(entry - pci_dev.bus_list.at, d);
    entry = yield read(entry + list_head.next);
  }
}

function* pci_bus_add_device(dev: Ptr, d: Dpc): Proc<void> {
  if (((yield read(dev + pci_dev.priv_flags)) & PCI_DEV_ADDED) !== 0) return;
  yield mutex_lock(dev + pci_dev.device_lock.at);
  if (d.nested_reset_lock !== 0) yield* probe_nested(d);
  yield write(dev + pci_dev.driver, 1);
  yield mutex_unlock(dev + pci_dev.device_lock.at);
  yield atomic_fetch_or(dev + pci_dev.priv_flags, PCI_DEV_ADDED);
  yield ghost_add(d.ghost + dpc_ghost.binds, 1);
  yield* note_usable(d);
}

/** Bookkeeping: from now on the device can be used. */
export function* note_usable(d: Dpc): Proc<void> {
  const now = yield ktime_ms();
  yield ghost_write(d.ghost + dpc_ghost.usable_at, now);
}

/** Every device behind the port is marked as gone: drivers must not touch it any more. */
export function* pci_mark_disconnected(d: Dpc): Proc<void> {
  const head = d.bus + pci_bus.devices.at;
  yield down_read(d.pci_bus_sem);
  let entry = yield read(head + list_head.next);
  while (entry !== head) {
    yield write(entry - pci_dev.bus_list.at + pci_dev.error_state, pci_channel_io_perm_failure);
    entry = yield read(entry + list_head.next);
  }
  yield up_read(d.pci_bus_sem);
}

/** The last function of the bus with a reference taken, or NULL. */
function* pci_get_last(d: Dpc): Proc<Ptr> {
  let dev = 0;
  yield down_read(d.pci_bus_sem);
  const entry = yield read(d.bus + pci_bus.devices.prev);
  if (entry !== d.bus + pci_bus.devices.at) {
    dev = entry - pci_dev.bus_list.at;
    yield refcount_inc(dev + pci_dev.kref.refcount);
  }
  yield up_read(d.pci_bus_sem);
  return dev;
}

/** All functions, the last one first. */
export function* pci_stop_and_remove(d: Dpc): Proc<void> {
  yield lockdep_assert_held(d.pci_rescan_remove_lock);
  for (;;) {
    const dev = yield* pci_get_last(d);
    if (dev === 0) return;
    yield* pci_stop_device(dev, d);
    yield* pci_destroy_device(dev, d);
    yield* pci_dev_put(dev);
  }
}

/** The driver lets go. */
function* pci_stop_device(dev: Ptr, d: Dpc): Proc<void> {
  const flags = yield atomic_fetch_and(dev + pci_dev.priv_flags, ~PCI_DEV_ADDED);
  if ((flags & PCI_DEV_ADDED) === 0) return;
  yield mutex_lock(dev + pci_dev.device_lock.at);
  if (d.nested_action !== 0) yield* free_nested_irq(d.nested_action);
  yield write(dev + pci_dev.driver, 0);
  yield mutex_unlock(dev + pci_dev.device_lock.at);
}

/** Off the bus; the list's reference is dropped. */
function* pci_destroy_device(dev: Ptr, d: Dpc): Proc<void> {
  yield down_write(d.pci_bus_sem);
  const next = yield read(dev + pci_dev.bus_list.next);
  const prev = yield read(dev + pci_dev.bus_list.prev);
  yield write(prev + list_head.next, next);
  yield write(next + list_head.prev, prev);
  yield write(dev + pci_dev.bus_list.next, LIST_POISON1);
  yield write(dev + pci_dev.bus_list.prev, LIST_POISON2);
  yield up_write(d.pci_bus_sem);
  yield ghost_add(d.ghost + dpc_ghost.removals, 1);
  if ((yield ghost_read(d.ghost + dpc_ghost.told_ok)) !== 0) {
    yield ghost_add(d.ghost + dpc_ghost.removed_after_ok, 1);
  }
  yield* pci_dev_put(dev);
}
