/** What surrounded a driver's error callback before 2019, one fix after the other (eeh.md 3). */
import { type Proc, type Ptr, read, write } from '#ops';
import { device_lock, device_unlock } from '../pci/device.ts';
import { pci_channel_io_frozen, pci_dev } from '../pci/structs.ts';
import { report_locked } from './eeh_report.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev } from './structs.ts';

/** Before bcbe37305312: edev->pdev is used as if it could not be NULL. */
export function* report_edev_untested(
  k: Kernel,
  edev: Ptr,
  phase: number,
  result: Ptr,
): Proc<void> {
  const pdev = yield read(edev + eeh_dev.pdev);
  yield write(pdev + pci_dev.error_state, pci_channel_io_frozen);
  yield* report_locked(k, edev, pdev, phase, result);
}

/** bcbe37305312, and before callbacks ran under device_lock. */
export function* report_edev_tested(k: Kernel, edev: Ptr, phase: number, result: Ptr): Proc<void> {
  const pdev = yield read(edev + eeh_dev.pdev);
  if (pdev === 0) return;
  yield write(pdev + pci_dev.error_state, pci_channel_io_frozen);
  yield* report_locked(k, edev, pdev, phase, result);
}

/** 2018: with device_lock. */
export function* report_edev_device_lock(
  k: Kernel,
  edev: Ptr,
  phase: number,
  result: Ptr,
): Proc<void> {
  const pdev = yield read(edev + eeh_dev.pdev);
  if (pdev === 0) return;
  yield* device_lock(pdev);
  yield* report_locked(k, edev, pdev, phase, result);
  yield* device_unlock(pdev);
}
