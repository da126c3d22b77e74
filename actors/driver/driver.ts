/**
 * A driver's probe, remove and error callbacks. What they answer stands in memory (structs.ts), so
 * a race chooses its drivers by data. Each touches its device before and after it blocks, as real
 * callbacks do, and notes itself in the driver's history (eeh.md 2.5 #12).
 */
import {
  complete,
  ghost_add,
  ghost_read,
  ghost_write,
  msleep,
  type Proc,
  type Ptr,
  printk,
  read,
  wait_for_completion,
  write,
} from '#ops';
import { pci_channel_io_frozen, pci_dev } from '../pci/structs.ts';
import {
  CRASHES,
  DRIVER_ERROR_DETECTED,
  DRIVER_MMIO_ENABLED,
  DRIVER_PERM_FAILURE,
  DRIVER_PROBE,
  DRIVER_REMOVE,
  DRIVER_RESUME,
  DRIVER_RETURNED,
  DRIVER_SLOT_RESET,
  HISTORY,
  PCI_ERS_RESULT_DISCONNECT,
  pci_driver,
} from './structs.ts';

function* note(driver: Ptr, what: number): Proc<void> {
  const at = yield ghost_read(driver + pci_driver.history_length);
  if (at < HISTORY) yield ghost_write(driver + pci_driver.history.at + at, what);
  yield ghost_add(driver + pci_driver.history_length, 1);
}

export function* driver_probe(driver: Ptr, dev: Ptr): Proc<void> {
  yield* note(driver, DRIVER_PROBE);
  yield write(dev + pci_dev.driver_data, driver);
  if ((yield read(driver + pci_driver.uses_msi)) !== 0) {
    yield write(dev + pci_dev.msi_enabled, 1);
  } else if ((yield read(dev + pci_dev.irq)) !== 0) {
    yield write(dev + pci_dev.irq_action, 1);
  }
  yield* note(driver, DRIVER_PROBE + DRIVER_RETURNED);
}

/** free_irq, iounmap, and the driver's own data goes. */
export function* driver_remove(driver: Ptr, dev: Ptr): Proc<void> {
  yield* note(driver, DRIVER_REMOVE);
  const blocks_ms = yield read(driver + pci_driver.remove_ms);
  if (blocks_ms !== 0) yield msleep(blocks_ms);
  yield write(dev + pci_dev.irq_action, 0);
  yield write(dev + pci_dev.msi_enabled, 0);
  yield write(dev + pci_dev.driver_data, 0);
  yield* note(driver, DRIVER_REMOVE + DRIVER_RETURNED);
}

/**
 * The callback crashes. The thread it runs in is killed where it stands: make_task_dead() releases
 * no lock, so whatever it holds stays locked. Somebody reads of it in the log.
 */
function* oops(driver: Ptr): Proc<void> {
  yield printk('BUG: Kernel NULL pointer dereference on read at 0x%08x', 0);
  const reader = yield read(driver + pci_driver.uevent);
  if (reader !== 0) yield complete(reader);
  yield wait_for_completion(driver + pci_driver.do_exit.at);
}

export function* error_detected(driver: Ptr, dev: Ptr, channel: number): Proc<number> {
  const what = channel === pci_channel_io_frozen ? DRIVER_ERROR_DETECTED : DRIVER_PERM_FAILURE;
  yield* note(driver, what);
  yield read(dev + pci_dev.driver_data);
  const blocks_ms = yield read(driver + pci_driver.error_detected_ms);
  if (blocks_ms === CRASHES) yield* oops(driver);
  if (blocks_ms !== 0) {
    yield msleep(blocks_ms);
    yield read(dev + pci_dev.driver_data);
  }
  yield* note(driver, what + DRIVER_RETURNED);
  if (channel !== pci_channel_io_frozen) return PCI_ERS_RESULT_DISCONNECT;
  return yield read(driver + pci_driver.error_detected_answer);
}

export function* mmio_enabled(driver: Ptr, dev: Ptr): Proc<number> {
  yield* note(driver, DRIVER_MMIO_ENABLED);
  yield read(dev + pci_dev.driver_data);
  yield* note(driver, DRIVER_MMIO_ENABLED + DRIVER_RETURNED);
  return yield read(driver + pci_driver.mmio_enabled_answer);
}

export function* slot_reset(driver: Ptr, dev: Ptr): Proc<number> {
  yield* note(driver, DRIVER_SLOT_RESET);
  yield read(dev + pci_dev.driver_data);
  yield* note(driver, DRIVER_SLOT_RESET + DRIVER_RETURNED);
  return yield read(driver + pci_driver.slot_reset_answer);
}

export function* resume(driver: Ptr, dev: Ptr): Proc<void> {
  yield* note(driver, DRIVER_RESUME);
  yield read(dev + pci_dev.driver_data);
  yield* note(driver, DRIVER_RESUME + DRIVER_RETURNED);
}
