/**
 * The driver of a bridge that, told of an error, removes the devices behind it with the helper that
 * takes pci_rescan_remove_lock (eeh.md 2.3 T11f).
 */
import { ghost_read, type Proc, type Ptr, read } from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import type { Kernel } from '../eeh/kernel.ts';
import { pci_stop_and_remove_bus_device_locked } from '../pci/remove.ts';
import { pci_bus, pci_dev } from '../pci/structs.ts';
import { error_detected } from './driver.ts';
import { pci_driver } from './structs.ts';

function* remove_children(k: Kernel, dev: Ptr): Proc<void> {
  const bus = yield read(dev + pci_dev.subordinate);
  if (bus === 0) return;
  let entry = yield read(bus + pci_bus.devices.next);
  while (entry !== bus + pci_bus.devices.at) {
    const next = yield read(entry + list_head.next);
    yield* pci_stop_and_remove_bus_device_locked(k, entry - pci_dev.bus_list.at);
    entry = next;
  }
}

/** error_detected of any driver; `dev` is locked. */
export function* driver_error_detected(
  k: Kernel,
  driver: Ptr,
  dev: Ptr,
  channel: number,
): Proc<number> {
  const removes = yield ghost_read(driver + pci_driver.removes_children);
  if (removes !== 0) yield* remove_children(k, dev);
  return yield* error_detected(driver, dev, channel);
}
