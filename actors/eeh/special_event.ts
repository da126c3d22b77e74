/**
 * A dead PHB in eeh_handle_special_event() (eeh.md 1.3.5, 3 #3, 3 #32): drivers are told, then
 * everything below PHBs that are given up is removed. hose_list is walked by its PHB PEs here.
 */
import { type Proc, type Ptr, read, write } from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { eventCodes } from '../../src/ops/events.ts';
import { error_detected } from '../driver/driver.ts';
import { pci_hp_remove_devices } from '../pci/remove.ts';
import { pci_lock_rescan_remove, pci_unlock_rescan_remove } from '../pci/rescan_lock.ts';
import { pci_channel_io_perm_failure, pci_dev } from '../pci/structs.ts';
import { eeh_pe_bus_get_unlocked } from './eeh_pe.ts';
import { eeh_pe_report } from './eeh_report.ts';
import { EEH_PE_ISOLATED, EEH_PE_RECOVERING, REPORT_FAILURE } from './flags.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev, eeh_pe } from './structs.ts';

const ev = eventCodes('DONE');

export type SpecialEvent = Readonly<{
  /** Before the loop over PHBs: `pe` is the event's. */
  report_dead: (k: Kernel, pe: Ptr) => Proc<void>;
  /** In the loop, with the rescan lock held; `pe` is the event's again. */
  report_each: (k: Kernel, pe: Ptr) => Proc<void>;
}>;

export function* not_here(_k: Kernel, _pe: Ptr): Proc<void> {
  // The report is at the other place.
}

/** eeh_pe_report() with the callback of its day, which takes the rescan lock (2e25505147b8). */
export function* report_event(k: Kernel, pe: Ptr): Proc<void> {
  yield* eeh_pe_report(k, REPORT_FAILURE, pe, 0);
}

/** Not in any kernel: the PE of every PHB that is going to be emptied. */
export function* report_every_dead(k: Kernel, _pe: Ptr): Proc<void> {
  let entry = yield read(k.eeh_phb_pe + list_head.next);
  while (entry !== k.eeh_phb_pe) {
    const phb_pe = entry - eeh_pe.child.at;
    if ((yield* is_given_up(phb_pe)) !== 0) yield* eeh_pe_report(k, REPORT_FAILURE, phb_pe, 0);
    entry = yield read(entry + list_head.next);
  }
}

function* is_given_up(phb_pe: Ptr): Proc<number> {
  const state = yield read(phb_pe + eeh_pe.state);
  return (state & EEH_PE_ISOLATED) !== 0 && (state & EEH_PE_RECOVERING) === 0 ? 1 : 0;
}

/** Until 2018: eeh_pe_dev_traverse() with eeh_report_failure(), no lock, no reference. */
export function* report_traverse(k: Kernel, root: Ptr): Proc<void> {
  let pe = root;
  while (pe !== 0) {
    let entry = yield read(pe + eeh_pe.edevs.next);
    while (entry !== pe + eeh_pe.edevs.at) {
      const next = yield read(entry + list_head.next);
      const pdev = yield read(entry - eeh_dev.entry.at + eeh_dev.pdev);
      if (pdev !== 0) yield* eeh_report_failure(pdev);
      entry = next;
    }
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
}

function* eeh_report_failure(pdev: Ptr): Proc<void> {
  yield write(pdev + pci_dev.error_state, pci_channel_io_perm_failure);
  const driver = yield read(pdev + pci_dev.driver);
  if (driver !== 0) yield* error_detected(driver, pdev, pci_channel_io_perm_failure);
}

/** The branch of DEAD_PHB and DEAD_IOC, from the report on. */
export function* eeh_handle_special_event(
  k: Kernel & SpecialEvent,
  _start: Ptr,
  _done: Ptr,
  pe: Ptr,
): Proc<number> {
  yield* k.report_dead(k, pe);
  yield* pci_lock_rescan_remove(k);
  let entry = yield read(k.eeh_phb_pe + list_head.next);
  while (entry !== k.eeh_phb_pe) {
    const phb_pe = entry - eeh_pe.child.at;
    if ((yield* is_given_up(phb_pe)) !== 0) {
      yield* k.report_each(k, pe);
      const bus = yield* eeh_pe_bus_get_unlocked(k, phb_pe);
      yield* pci_hp_remove_devices(k, bus);
    }
    entry = yield read(entry + list_head.next);
  }
  yield* pci_unlock_rescan_remove(k);
  return ev.DONE;
}
