/**
 * Single steps of eehd, for races that need no more of a recovery than that (eeh.md 3): each is
 * the part of eeh_handle_normal_event() or eeh_reset_device() in which the bug was.
 */
import { complete, msleep, type Proc, type Ptr, read, write } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { pci_hp_add_devices } from '../pci/probe.ts';
import { pci_hp_remove_devices } from '../pci/remove.ts';
import { pci_lock_rescan_remove, pci_unlock_rescan_remove } from '../pci/rescan_lock.ts';
import { pci_bus } from '../pci/structs.ts';
import { eeh_pe_bus_get_unlocked, eeh_pe_state_clear, eeh_pe_state_mark } from './eeh_pe.ts';
import { eeh_pe_report } from './eeh_report.ts';
import {
  EEH_PE_KEEP,
  EEH_PE_PRI_BUS,
  EEH_PE_RECOVERING,
  REPORT_ERROR,
  REPORT_RESUME,
  RESET_SETTLE_MS,
} from './flags.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev, eeh_pe } from './structs.ts';

const ev = eventCodes('DONE');

/** P5, one device. */
export function* eehd_report_edev(k: Kernel, _start: Ptr, _done: Ptr, edev: Ptr): Proc<number> {
  yield* k.eeh_pe_report_edev(k, edev, REPORT_ERROR, k.eehd_result);
  return ev.DONE;
}

/** P5 and P11 of one device, with the time of a reset between them. */
export function* eehd_report_twice(
  k: Kernel,
  _start: Ptr,
  _done: Ptr,
  edev: Ptr,
  told: Ptr,
): Proc<number> {
  yield* k.eeh_pe_report_edev(k, edev, REPORT_ERROR, k.eehd_result);
  yield complete(told);
  yield msleep(RESET_SETTLE_MS);
  yield* k.eeh_pe_report_edev(k, edev, REPORT_RESUME, 0);
  return ev.DONE;
}

/** P4 and P5 of the PE that a device is in by then. */
export function* eehd_begin(k: Kernel, _start: Ptr, _done: Ptr, edev: Ptr): Proc<number> {
  const pe = yield read(edev + eeh_dev.pe);
  yield* k.clear_no_handler_late(k, pe);
  yield* eeh_pe_report(k, REPORT_ERROR, pe, k.eehd_result);
  return ev.DONE;
}

/** P1. */
export function* eehd_find_bus(k: Kernel, _start: Ptr, _done: Ptr, pe: Ptr): Proc<number> {
  yield* k.eeh_pe_bus_get(k, pe);
  return ev.DONE;
}

export type KeepDesign = Readonly<{ clear_keep: (k: Kernel, pe: Ptr) => Proc<void> }>;

/** eeh_reset_device(): KEEP is there for the time of the reset. */
export function* eehd_reset(
  k: Kernel & KeepDesign,
  _start: Ptr,
  _done: Ptr,
  pe: Ptr,
): Proc<number> {
  yield* eeh_pe_state_mark(k, pe, EEH_PE_KEEP);
  yield msleep(RESET_SETTLE_MS);
  yield* k.clear_keep(k, pe);
  yield* eeh_pe_state_clear(k, pe, EEH_PE_RECOVERING, 1);
  return ev.DONE;
}

/** Before 473af09b56dc: the bit goes from the word that it never was in. */
export function* clear_keep_in_type(_k: Kernel, pe: Ptr): Proc<void> {
  yield write(pe + eeh_pe.type, (yield read(pe + eeh_pe.type)) & ~EEH_PE_KEEP);
}

export function* clear_keep_in_state(k: Kernel, pe: Ptr): Proc<void> {
  yield* eeh_pe_state_clear(k, pe, EEH_PE_KEEP, 1);
}

/** P12: the last report, then the devices go. */
export function* eehd_give_up(k: Kernel, _start: Ptr, _done: Ptr, pe: Ptr, bus: Ptr): Proc<number> {
  yield* k.notify_permanent_failure(k, pe);
  yield* pci_lock_rescan_remove(k);
  yield* pci_hp_remove_devices(k, bus);
  yield* pci_unlock_rescan_remove(k);
  return ev.DONE;
}

export type BusDesign = Readonly<{ forget_bus: (k: Kernel, pe: Ptr) => Proc<void> }>;

/** Full hotplug below a PHB, then the bus of a PE in it is asked for. */
export function* eehd_full_hotplug(
  k: Kernel & BusDesign,
  _start: Ptr,
  _done: Ptr,
  phb_pe: Ptr,
  edev: Ptr,
): Proc<number> {
  const root_bus = yield* eeh_pe_bus_get_unlocked(k, phb_pe);
  yield* eeh_pe_state_mark(k, phb_pe, EEH_PE_RECOVERING);
  yield* pci_lock_rescan_remove(k);
  yield* k.forget_bus(k, phb_pe);
  yield* pci_hp_remove_devices(k, root_bus);
  yield* pci_hp_add_devices(k, root_bus);
  yield* pci_unlock_rescan_remove(k);
  const bus = yield* eeh_pe_bus_get_unlocked(k, yield read(edev + eeh_dev.pe));
  yield read(bus + pci_bus.number);
  yield* eeh_pe_state_clear(k, phb_pe, EEH_PE_RECOVERING, 1);
  return ev.DONE;
}

/** Before 05ba75f84864: what was cached stays cached. */
export function* bus_remembered(_k: Kernel, _pe: Ptr): Proc<void> {
  // The cached bus counts as valid for ever.
}

export function* bus_forgotten(k: Kernel, pe: Ptr): Proc<void> {
  yield* eeh_pe_state_clear(k, pe, EEH_PE_PRI_BUS, 1);
}
