/**
 * drmgr on a guest (eeh.md 1.0.6): a slot below a PHB is added; a PHB is emptied, removed, isolated
 * and added again. Adding takes rpadlpar_mutex only, and so does the removal of a PHB.
 */
import {
  ghost_add,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  printk,
  read,
  write,
  writel,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { pcibios_alloc_controller } from './boot.ts';
import type { IrqKernel } from './kernel.ts';
import { pci_bus_add_devices, pci_scan_child_bus } from './probe.ts';
import { pci_hp_remove_devices, pci_remove_bus } from './remove.ts';
import {
  phb_bus,
  phb_controller,
  phb_dev,
  phb_dn,
  phb_ghost,
  phb_globals,
  xive_source,
} from './structs.ts';
import { phb_root_bus } from './sysfs.ts';

const OUTSTANDING_TRANSLATIONS = 9001;

const ev = eventCodes(
  'LOCKED',
  'UNLOCKED',
  'EMPTIED',
  'REMOVED',
  'BUSY',
  'ISOLATED',
  'REFUSED',
  'ADDED',
);

/** drmgr's lock, one operation at a time. */
export function* rpadlpar_lock(k: IrqKernel): Proc<number> {
  yield mutex_lock(k.g + phb_globals.rpadlpar_mutex.at);
  return ev.LOCKED;
}

export function* rpadlpar_unlock(k: IrqKernel): Proc<number> {
  yield mutex_unlock(k.g + phb_globals.rpadlpar_mutex.at);
  return ev.UNLOCKED;
}

/** dlpar_add_slot(): the card is there now; pci_hp_add_devices() without the rescan lock. */
export function* dlpar_add_slot(k: IrqKernel, top: Ptr, card: Ptr): Proc<number> {
  yield writel(card + phb_dn.present, 1);
  const bridge = yield read(top + phb_dn.pdev);
  const bus = yield read(bridge + phb_dev.subordinate);
  yield* pci_scan_child_bus(k, bus);
  yield* pci_bus_add_devices(k, bus);
  return ev.ADDED;
}

/** dlpar_remove_pci_slot() of all there is below the PHB. */
export function* dlpar_remove_devices(k: IrqKernel): Proc<number> {
  yield mutex_lock(k.g + phb_globals.pci_rescan_remove_lock.at);
  yield* pci_hp_remove_devices(k, yield* phb_root_bus(k));
  yield mutex_unlock(k.g + phb_globals.pci_rescan_remove_lock.at);
  return ev.EMPTIED;
}

/** remove_phb_dynamic(): -EBUSY while there is a function on the root bus. */
export function* remove_phb_dynamic(k: IrqKernel): Proc<number> {
  const phb = yield read(k.g + phb_globals.hose);
  const bus = yield read(phb + phb_controller.bus);
  const first = yield read(bus + phb_bus.devices.next);
  if (first !== bus + phb_bus.devices.at) return ev.BUSY;
  yield printk('PCI: Removing PHB %04x:%02x...', k.domain, k.root);
  yield write(phb + phb_controller.bus, 0);
  yield* pci_remove_bus(k, bus);
  yield write(k.g + phb_globals.hose, 0);
  yield* k.pcibios_free_controller(k, phb);
  return ev.REMOVED;
}

/** RTAS set-indicator (isolate): refused while the partition has the PHB's ESB pages mapped. */
export function* rtas_isolate(k: IrqKernel, _top: Ptr, _card: Ptr, source: Ptr): Proc<number> {
  if ((yield read(source + xive_source.translations)) === 0) return ev.ISOLATED;
  yield printk('rtas: set-indicator isolate failed: %d', -OUTSTANDING_TRANSLATIONS);
  yield ghost_add(k.ghost + phb_ghost.isolate_refused, 1);
  return ev.REFUSED;
}

/** init_phb_dynamic(). */
export function* init_phb_dynamic(k: IrqKernel): Proc<number> {
  const phb = yield* pcibios_alloc_controller(k);
  yield* k.pcibios_scan_phb(k, phb);
  yield* pci_bus_add_devices(k, yield* phb_root_bus(k));
  return ev.ADDED;
}
