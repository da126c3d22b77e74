/**
 * DLPAR (eeh.md 1.0.6): drmgr asks rpadlpar to take a PCI slot away and to bring it back. Removal
 * takes the rescan lock; adding, with its insertion into the PE tree, takes rpadlpar_mutex only.
 */
import {
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  printk,
  read,
  wait_for_completion,
  write,
} from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { eventCodes } from '../../src/ops/events.ts';
import { bridge_pe } from '../eeh/eeh_pe.ts';
import type { Kernel } from '../eeh/kernel.ts';
import { pci_hp_add_devices } from '../pci/probe.ts';
import { pci_hp_remove_devices, pci_stop_and_remove_bus_device } from '../pci/remove.ts';
import { pci_lock_rescan_remove, pci_unlock_rescan_remove } from '../pci/rescan_lock.ts';
import { give_sign } from '../pci/sign.ts';
import { pci_bus, pci_dev, pci_slot } from '../pci/structs.ts';
import { pseries_eeh_init_edev_recursive } from './eeh_pseries.ts';

const ev = eventCodes('STARTED', 'LOCKED', 'REMOVED', 'ADDED', 'UNLOCKED', 'TOLD');

/** What a run is about: the slot, the EADS bridge above it, the bus that the bridge is on. */
export type DlparSlot = Readonly<{
  slot: Ptr;
  /** hotplug_slot that is registered for the slot. */
  hotplug: Ptr;
  number: number;
  bus: Ptr;
  eads: Ptr;
  start: Ptr;
  done: Ptr;
}>;

export function* dlpar_wait(_k: Kernel, s: DlparSlot): Proc<number> {
  if (s.start !== 0) yield wait_for_completion(s.start);
  return ev.STARTED;
}

export function* dlpar_lock(k: Kernel): Proc<number> {
  yield mutex_lock(k.rpadlpar_mutex);
  return ev.LOCKED;
}

/** The pci_dev of a node on a bus, walked without a lock of its own. */
function* find_on_bus(bus: Ptr, pdn: Ptr): Proc<Ptr> {
  let entry = yield read(bus + pci_bus.devices.next);
  while (entry !== bus + pci_bus.devices.at) {
    const dev = entry - pci_dev.bus_list.at;
    if ((yield read(dev + pci_dev.pdn)) === pdn) return dev;
    entry = yield read(entry + list_head.next);
  }
  return 0;
}

/** dlpar_remove_pci_slot(): the slot is deregistered, emptied, and its bridge goes too. */
export function* dlpar_remove_pci_slot(k: Kernel, s: DlparSlot): Proc<number> {
  yield* pci_lock_rescan_remove(k);
  const bridge = yield* find_on_bus(s.bus, s.eads);
  if (bridge !== 0) {
    yield write(s.slot + pci_slot.hotplug, 0);
    const bus = yield read(bridge + pci_dev.subordinate);
    if (bus !== 0) yield* pci_hp_remove_devices(k, bus);
    yield* pci_stop_and_remove_bus_device(k, bridge);
  }
  yield* pci_unlock_rescan_remove(k);
  yield printk('rpadlpar_io: slot %d removed', s.number);
  return ev.REMOVED;
}

/** dlpar_pci_add_bus() and rpaphp_enable_slot(): edevs first, then the devices. No rescan lock. */
export function* dlpar_add_pci_slot(k: Kernel, s: DlparSlot): Proc<number> {
  yield* pseries_eeh_init_edev_recursive(k, s.eads, yield* bridge_pe(s.bus));
  yield* pci_hp_add_devices(k, s.bus);
  yield write(s.slot + pci_slot.hotplug, s.hotplug);
  yield printk('rpadlpar_io: slot %d added', s.number);
  return ev.ADDED;
}

export function* dlpar_unlock(k: Kernel): Proc<number> {
  yield mutex_unlock(k.rpadlpar_mutex);
  return ev.UNLOCKED;
}

export function* dlpar_done(_k: Kernel, s: DlparSlot): Proc<number> {
  yield* give_sign(s.done);
  return ev.TOLD;
}
