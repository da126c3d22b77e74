/**
 * Telling drivers (eeh.md 1.3.5, eeh_pe_report): walks all PEs and their devices and calls one
 * error callback of each driver. What happens around a single device is where the designs differ.
 */
import { complete, ghost_add, ghost_read, type Proc, type Ptr, read, write } from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { mmio_enabled, resume, slot_reset } from '../driver/driver.ts';
import { driver_error_detected } from '../driver/port.ts';
import {
  HAS_ERROR_DETECTED,
  HAS_MMIO_ENABLED,
  HAS_RESUME,
  HAS_SLOT_RESET,
  PCI_ERS_RESULT_CAN_RECOVER,
  PCI_ERS_RESULT_DISCONNECT,
  PCI_ERS_RESULT_NEED_RESET,
  PCI_ERS_RESULT_NO_AER_DRIVER,
  PCI_ERS_RESULT_NONE,
  PCI_ERS_RESULT_RECOVERED,
  pci_driver,
} from '../driver/structs.ts';
import { device_lock, device_unlock, get_device, put_device } from '../pci/device.ts';
import { pci_lock_rescan_remove, pci_unlock_rescan_remove } from '../pci/rescan_lock.ts';
import { pci_channel_io_frozen, pci_channel_io_perm_failure, pci_dev } from '../pci/structs.ts';
import { count_visited, note_edevs } from './eeh_coverage.ts';
import {
  eeh_edev_info,
  print_invoking,
  print_not_actionable,
  print_report_begins,
  print_report_ends,
  print_reports,
} from './eeh_log.ts';
import {
  EEH_DEV_NO_HANDLER,
  EEH_DEV_REMOVED,
  REPORT_ERROR,
  REPORT_MMIO_ENABLED,
  REPORT_RESET,
  REPORT_RESUME,
} from './flags.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev, eeh_ledger, eeh_pe } from './structs.ts';
import { BOUND_TOO_LATE, DEVICE_CHANGED, NO_DEVICE, NO_DRIVER, NOT_AWARE } from './texts.ts';

/** Merging answers takes the highest (eeh.md 4.5): RECOVERED does not undo CAN_RECOVER. */
function pci_ers_result_priority(result: number): number {
  switch (result) {
    case PCI_ERS_RESULT_NONE:
      return 1;
    case PCI_ERS_RESULT_NO_AER_DRIVER:
      return 2;
    case PCI_ERS_RESULT_RECOVERED:
      return 3;
    case PCI_ERS_RESULT_CAN_RECOVER:
      return 4;
    case PCI_ERS_RESULT_DISCONNECT:
      return 5;
    case PCI_ERS_RESULT_NEED_RESET:
      return 6;
    default:
      return 0;
  }
}

export function pci_ers_merge_result(old: number, answer: number): number {
  return pci_ers_result_priority(answer) > pci_ers_result_priority(old) ? answer : old;
}

/** There, alive, not given up and not handed to a guest. Reads everything anew. */
export function* eeh_edev_actionable(edev: Ptr): Proc<number> {
  const pdev = yield read(edev + eeh_dev.pdev);
  if (pdev === 0) return 0;
  if ((yield read(pdev + pci_dev.error_state)) === pci_channel_io_perm_failure) return 0;
  if (((yield read(edev + eeh_dev.mode)) & EEH_DEV_REMOVED) !== 0) return 0;
  const pe = yield read(edev + eeh_dev.pe);
  return pe !== 0 && (yield read(pe + eeh_pe.pass_dev_cnt)) !== 0 ? 0 : 1;
}

/** The callback of one phase; NONE where the driver has no such callback or no use for it. */
function* call_driver(k: Kernel, edev: Ptr, pdev: Ptr, driver: Ptr, phase: number): Proc<number> {
  const has = yield read(driver + pci_driver.err_handler);
  switch (phase) {
    case REPORT_ERROR: {
      if ((has & HAS_ERROR_DETECTED) === 0) return PCI_ERS_RESULT_NONE;
      yield* print_invoking(edev, driver, phase);
      const answer = yield* driver_error_detected(k, driver, pdev, pci_channel_io_frozen);
      yield write(edev + eeh_dev.in_error, 1);
      yield* pci_uevent_ers(driver);
      return answer;
    }
    case REPORT_MMIO_ENABLED:
      if ((has & HAS_MMIO_ENABLED) === 0) return PCI_ERS_RESULT_NONE;
      yield* print_invoking(edev, driver, phase);
      return yield* mmio_enabled(driver, pdev);
    case REPORT_RESET:
      if ((has & HAS_SLOT_RESET) === 0) return PCI_ERS_RESULT_NONE;
      if ((yield read(edev + eeh_dev.in_error)) === 0) return PCI_ERS_RESULT_NONE;
      yield* print_invoking(edev, driver, phase);
      return yield* slot_reset(driver, pdev);
    case REPORT_RESUME:
      if ((has & HAS_RESUME) === 0) return PCI_ERS_RESULT_NONE;
      if ((yield read(edev + eeh_dev.in_error)) === 0) return PCI_ERS_RESULT_NONE;
      yield* print_invoking(edev, driver, phase);
      yield* resume(driver, pdev);
      return PCI_ERS_RESULT_NONE;
    default: {
      if ((has & HAS_ERROR_DETECTED) === 0) return PCI_ERS_RESULT_NONE;
      yield* print_invoking(edev, driver, phase);
      const last = yield* driver_error_detected(k, driver, pdev, pci_channel_io_perm_failure);
      return last;
    }
  }
}

/** ERROR_EVENT=BEGIN_RECOVERY: user space hears of the error. */
function* pci_uevent_ers(driver: Ptr): Proc<void> {
  const listener = yield read(driver + pci_driver.uevent);
  if (listener !== 0) yield complete(listener);
}

/** Between device_lock and device_unlock: call the driver if there is one to call. */
export function* report_locked(
  k: Kernel,
  edev: Ptr,
  pdev: Ptr,
  phase: number,
  result: Ptr,
): Proc<void> {
  if ((yield* eeh_edev_actionable(edev)) === 0) {
    const channel = yield ghost_read(pdev + pci_dev.error_state);
    yield* print_not_actionable(edev, pdev, channel, 0);
    return;
  }
  const driver = yield read(pdev + pci_dev.driver);
  if (driver === 0) {
    yield* eeh_edev_info(edev, NO_DRIVER);
  } else if ((yield read(driver + pci_driver.err_handler)) === 0) {
    yield* eeh_edev_info(edev, NOT_AWARE);
  } else if (((yield read(edev + eeh_dev.mode)) & EEH_DEV_NO_HANDLER) !== 0) {
    yield* eeh_edev_info(edev, BOUND_TOO_LATE);
  } else {
    const answer = yield* call_driver(k, edev, pdev, driver, phase);
    yield* print_reports(edev, driver, answer);
    if (result !== 0) yield write(result, pci_ers_merge_result(yield read(result), answer));
  }
}

/** 4.19: no reference; the lock is released through edev->pdev as it is by then (T6). */
export function* report_edev_unlocked(
  k: Kernel,
  edev: Ptr,
  phase: number,
  result: Ptr,
): Proc<void> {
  const pdev = yield read(edev + eeh_dev.pdev);
  if (pdev === 0) {
    yield* eeh_edev_info(edev, NO_DEVICE);
    return;
  }
  yield* device_lock(pdev);
  yield* report_locked(k, edev, pdev, phase, result);
  yield* device_unlock(yield read(edev + eeh_dev.pdev));
}

/** 2e25505147b8: a snapshot of the device, referenced under the rescan lock. */
export function* report_edev_snapshot(
  k: Kernel,
  edev: Ptr,
  phase: number,
  result: Ptr,
): Proc<void> {
  yield* pci_lock_rescan_remove(k);
  const pdev = yield read(edev + eeh_dev.pdev);
  if (pdev !== 0) yield* get_device(pdev);
  yield* pci_unlock_rescan_remove(k);
  if (pdev === 0) {
    yield* eeh_edev_info(edev, NO_DEVICE);
    return;
  }
  yield* report_referenced(k, edev, pdev, phase, result);
}

/** 1010b4c012b0: the caller holds the rescan lock; `result` is written without looking (T11b). */
export function* report_edev_locked(k: Kernel, edev: Ptr, phase: number, result: Ptr): Proc<void> {
  const pdev = yield read(edev + eeh_dev.pdev);
  if (pdev === 0) {
    yield* eeh_edev_info(edev, NO_DEVICE);
    yield write(result, PCI_ERS_RESULT_DISCONNECT);
    return;
  }
  yield* get_device(pdev);
  yield* report_referenced(k, edev, pdev, phase, result);
}

function* report_referenced(
  k: Kernel,
  edev: Ptr,
  pdev: Ptr,
  phase: number,
  result: Ptr,
): Proc<void> {
  yield* device_lock(pdev);
  yield* report_locked(k, edev, pdev, phase, result);
  yield* device_unlock(pdev);
  const now = yield read(edev + eeh_dev.pdev);
  if (now !== pdev) yield* eeh_edev_info(edev, DEVICE_CHANGED);
  yield* put_device(k, pdev);
}

/** The walk of eeh_pe_report(), in place: callbacks run between two steps of it. */
export function* report_in_place(k: Kernel, phase: number, root: Ptr, result: Ptr): Proc<void> {
  let pe = yield* k.eeh_walk_begin(k, root);
  while (pe !== 0) {
    let entry = yield read(pe + eeh_pe.edevs.next);
    while (entry !== pe + eeh_pe.edevs.at) {
      const edev = entry - eeh_dev.entry.at;
      const next = yield read(entry + list_head.next);
      yield ghost_add(edev + eeh_dev.visits, 1);
      yield* k.eeh_pe_report_edev(k, edev, phase, result);
      entry = next;
    }
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
  yield* k.eeh_walk_end(k);
}

/** eeh_pe_report(): result 0 where the phase takes no answers. */
export function* eeh_pe_report(k: Kernel, phase: number, root: Ptr, result: Ptr): Proc<void> {
  yield* print_report_begins(phase);
  const number = yield ghost_add(k.ledger + eeh_ledger.report, 1);
  yield* note_edevs(root, number);
  yield* k.eeh_report_walk(k, phase, root, result);
  yield* count_visited(k, root, number);
  yield* print_report_ends(phase, result === 0 ? 0 : yield ghost_read(result));
}
