/**
 * A card is pulled while its driver probes it, before and after 74ff8864cc84 (6.3): the mark that
 * would stop the driver waited for the device_lock that probe() holds.
 */
import {
  msleep,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  READ_ONCE,
  write,
  xchg,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { pci_channel_io_perm_failure, pci_dev } from '../pci/structs.ts';

const ev = eventCodes('RETURNED');
/** A driver's commands that time out one after the other, as the card is gone. */
const COMMANDS = 3;
const COMMAND_TIMEOUT_MS = 60_000;

export interface MarkDesign {
  /** pci_dev_set_disconnected(). */
  readonly pci_dev_set_disconnected: (dev: Ptr) => Proc<void>;
}
export type MarkKernel = MarkDesign & Readonly<{ dev: Ptr; pci_rescan_remove_lock: Ptr }>;

/** probe(): it gives up as soon as it sees that the device is disconnected. */
export function* driver_probe_slow(k: MarkKernel): Proc<number> {
  yield mutex_lock(k.dev + pci_dev.dev.mutex.at);
  for (let command = 0; command < COMMANDS; command += 1) {
    if ((yield READ_ONCE(k.dev + pci_dev.error_state)) === pci_channel_io_perm_failure) break;
    yield msleep(COMMAND_TIMEOUT_MS);
  }
  yield mutex_unlock(k.dev + pci_dev.dev.mutex.at);
  return ev.RETURNED;
}

/** pciehp_unconfigure_device() of a card that was pulled. */
export function* unconfigure_pulled(k: MarkKernel): Proc<number> {
  yield* k.pci_dev_set_disconnected(k.dev);
  yield mutex_lock(k.pci_rescan_remove_lock);
  yield mutex_lock(k.dev + pci_dev.dev.mutex.at);
  yield write(k.dev + pci_dev.driver, 0);
  yield mutex_unlock(k.dev + pci_dev.dev.mutex.at);
  yield mutex_unlock(k.pci_rescan_remove_lock);
  return ev.RETURNED;
}

/** The state of the channel was written under device_lock. */
export function* disconnect_under_lock(dev: Ptr): Proc<void> {
  yield mutex_lock(dev + pci_dev.dev.mutex.at);
  yield write(dev + pci_dev.error_state, pci_channel_io_perm_failure);
  yield mutex_unlock(dev + pci_dev.dev.mutex.at);
}

/** pci_dev_set_io_state() with xchg. */
export function* disconnect_atomically(dev: Ptr): Proc<void> {
  yield xchg(dev + pci_dev.error_state, pci_channel_io_perm_failure);
}
