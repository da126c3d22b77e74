/**
 * Two vfio devices that one process has open are pulled at once (pciehp.md 4 row O1), since 6.4:
 * each port's thread drops its reset_lock while it unbinds the driver.
 */
import {
  complete,
  down_read,
  down_write,
  mutex_lock,
  mutex_trylock,
  mutex_unlock,
  type Proc,
  type Ptr,
  READ_ONCE,
  up_read,
  up_write,
  WRITE_ONCE,
  wait_for_completion,
  wake_up,
  write,
  xchg,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { dpc_reset_lock } from '../dpc/structs.ts';
import { moment, vfio_user } from '../pci/history_structs.ts';
import { pci_channel_io_perm_failure, pci_dev } from '../pci/structs.ts';
import { vfio_unregister_group_dev } from './vfio_user.ts';

const ev = eventCodes('RETURNED');

/** A device, its port's reset_lock, and the process's file. */
export type VfioSlot = Readonly<{ dev: Ptr; reset_lock: Ptr; user: Ptr }>;

export interface PairDesign {
  /** 1: the last close does not reset this device. */
  readonly skip_reset: (dev: Ptr) => Proc<number>;
}
export type PairKernel = PairDesign & Readonly<{ pci_rescan_remove_lock: Ptr; asked: Ptr }>;

/** pciehp_ist() of a port whose card was pulled. */
export function* pciehp_ist_pulled(k: PairKernel, s: VfioSlot): Proc<number> {
  yield down_read(s.reset_lock + dpc_reset_lock.sem.at);
  yield xchg(s.dev + pci_dev.error_state, pci_channel_io_perm_failure);
  yield mutex_lock(k.pci_rescan_remove_lock);
  yield up_read(s.reset_lock + dpc_reset_lock.sem.at);
  yield mutex_lock(s.dev + pci_dev.dev.mutex.at);
  yield complete(k.asked + moment.come.at);
  yield* vfio_unregister_group_dev(s.user);
  yield write(s.dev + pci_dev.driver, 0);
  yield mutex_unlock(s.dev + pci_dev.dev.mutex.at);
  yield down_read(s.reset_lock + dpc_reset_lock.sem.at);
  yield mutex_unlock(k.pci_rescan_remove_lock);
  yield up_read(s.reset_lock + dpc_reset_lock.sem.at);
  return ev.RETURNED;
}

/** vfio has asked the process to let go: it exits, its files are closed one after the other. */
export function* exit_files(k: PairKernel, a: VfioSlot, b: VfioSlot): Proc<number> {
  yield wait_for_completion(k.asked + moment.come.at);
  yield* vfio_close(k, a);
  yield* vfio_close(k, b);
  return ev.RETURNED;
}

/** vfio_pci_core_disable(): the reset is tried, but waits for reset_lock. */
function* vfio_close(k: PairKernel, s: VfioSlot): Proc<void> {
  const skip = yield* k.skip_reset(s.dev);
  if (skip === 0 && (yield mutex_trylock(s.dev + pci_dev.dev.mutex.at)) !== 0) {
    yield down_write(s.reset_lock + dpc_reset_lock.sem.at);
    yield up_write(s.reset_lock + dpc_reset_lock.sem.at);
    yield mutex_unlock(s.dev + pci_dev.dev.mutex.at);
  }
  yield WRITE_ONCE(s.user + vfio_user.opened, 0);
  yield wake_up(s.user + vfio_user.released.at);
}

export function* reset_always(_dev: Ptr): Proc<number> {
  return 0;
}

/** The proposal: a device that is disconnected is not reset. */
export function* skip_disconnected(dev: Ptr): Proc<number> {
  return (yield READ_ONCE(dev + pci_dev.error_state)) === pci_channel_io_perm_failure ? 1 : 0;
}
