/**
 * A device leaves its slot, and another one comes (eeh.md 1.0.6, 1.2.4): the kernel's part under
 * the rescan lock, the flush of the path, then drmgr's part with the firmware.
 */
import {
  BUG_ON,
  complete,
  GFP_KERNEL,
  ghost_read,
  kfree,
  kzalloc,
  mutex_lock,
  mutex_unlock,
  type Proc,
  printk,
  read,
  wait_for_completion,
  write,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import type { VmapKernel } from '../mm/kernel.ts';
import { MMIO_OK, mmio_store } from '../mm/mmio.ts';
import { drc, mmio_function, rpa_slot, vmap_dev, vmap_ledger, vmap_signs } from '../mm/structs.ts';
import { ioremap, iounmap } from '../mm/vmalloc.ts';

const ev = eventCodes(
  'USED',
  'LOCKED',
  'REMOVED',
  'UNLOCKED',
  'FLUSHED',
  'SETTLED',
  'EMPTY',
  'ASSIGNED',
  'ADDED',
);

const NOT_CONFIGURED = 2;
const CONFIGURED = 1;
/** What D2's driver writes into its register. */
const HELLO = 2;

/** The story starts when the mapping has been used while it was good. */
export function* unplug_wait(k: VmapKernel): Proc<number> {
  yield wait_for_completion(k.signs + vmap_signs.used.at);
  return ev.USED;
}

export function* unplug_lock(k: VmapKernel): Proc<number> {
  yield mutex_lock(k.pci_rescan_remove_lock);
  return ev.LOCKED;
}

/** pci_hp_remove_devices(): the driver lets go, the pci_dev goes. */
export function* unplug_remove(k: VmapKernel): Proc<number> {
  const dev = yield read(k.slot + rpa_slot.dev);
  yield* k.driver_unmap(k, yield read(dev + vmap_dev.cookie));
  yield write(k.slot + rpa_slot.dev, 0);
  yield kfree(dev);
  yield* k.flush_after_remove(k);
  return ev.REMOVED;
}

/** A driver is unbound from its device, which stays: only the mapping goes. */
export function* unbind_driver(k: VmapKernel): Proc<number> {
  const dev = yield read(k.slot + rpa_slot.dev);
  yield* k.driver_unmap(k, yield read(dev + vmap_dev.cookie));
  yield write(dev + vmap_dev.cookie, 0);
  return ev.REMOVED;
}

export function* unplug_unlock(k: VmapKernel): Proc<number> {
  yield mutex_unlock(k.pci_rescan_remove_lock);
  return ev.UNLOCKED;
}

/** rpaphp disable_slot() and rpadlpar remove_slot(): the flush of the slot driver's path. */
export function* slot_flush(k: VmapKernel): Proc<number> {
  yield* k.flush_after_slot(k);
  yield write(k.slot + rpa_slot.state, NOT_CONFIGURED);
  yield printk('rpadlpar_io: slot %d removed', k.slot_number);
  return ev.FLUSHED;
}

/** The sysfs file `remove`, or an unbind: no slot driver takes part. */
export function* no_slot_driver(_k: VmapKernel): Proc<number> {
  return ev.FLUSHED;
}

/** Removing device-tree nodes and switching LEDs takes drmgr a while. */
export function* drmgr_settle(k: VmapKernel): Proc<number> {
  yield wait_for_completion(k.signs + vmap_signs.settled.at);
  return ev.SETTLED;
}

export function* drmgr_release(k: VmapKernel): Proc<number> {
  yield write(k.drc + drc.unplug_requested, 1);
  return yield* k.release_slot(k);
}

/** The next device is plugged and enumerated: its BAR gets the address that became free. */
export function* replug_assign(k: VmapKernel): Proc<number> {
  if (k.second_device === 0) return ev.EMPTY;
  yield* k.acquire_slot(k);
  yield mutex_lock(k.pci_rescan_remove_lock);
  yield* k.flush_before_assign(k);
  yield write(k.d2 + mmio_function.bar, k.second_page);
  yield write(k.d2 + mmio_function.decodes, 1);
  return ev.ASSIGNED;
}

/** Its driver is probed: maps the BAR and writes a register. */
export function* replug_add(k: VmapKernel): Proc<number> {
  const dev = yield kzalloc(vmap_dev.typeid, GFP_KERNEL);
  yield write(dev + vmap_dev.function, k.d2);
  yield* probe_second(k, dev);
  yield write(k.second_slot + rpa_slot.dev, dev);
  yield write(k.second_slot + rpa_slot.state, CONFIGURED);
  yield mutex_unlock(k.pci_rescan_remove_lock);
  return ev.ADDED;
}

function* probe_second(k: VmapKernel, dev: number): Proc<void> {
  const va = yield* ioremap(k, k.d2, k.second_page, 1);
  yield write(dev + vmap_dev.cookie, va);
  if (va === 0) return;
  const mapping = yield ghost_read(k.ledger + vmap_ledger.mappings);
  const answer = yield* mmio_store(k, k.cpu0, va, mapping, HELLO);
  yield BUG_ON(answer === MMIO_OK ? 0 : 1);
}

/** The driver's remove() unmaps by itself. */
export function* unmap_now(k: VmapKernel, va: number): Proc<void> {
  yield* iounmap(k, va);
}

/** A file, an RCU callback or a work item still holds the mapping, and gives it back later. */
export function* unmap_deferred(k: VmapKernel, _va: number): Proc<void> {
  yield complete(k.signs + vmap_signs.unmap.at);
}

/** The same, but it has come as far as the page table when remove() returns. */
export function* unmap_begun(k: VmapKernel, _va: number): Proc<void> {
  yield complete(k.signs + vmap_signs.unmap.at);
  yield wait_for_completion(k.signs + vmap_signs.begun.at);
}
