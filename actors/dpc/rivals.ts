/**
 * Others who meet recovery or hotplug at the same device: vfio closing it with a reset (pciehp.md
 * 2.8, R3), a driver that resets its own device (O4), a resume (row 2), a PF's driver being
 * unbound (D2).
 */
import {
  complete,
  down_write,
  msleep,
  mutex_lock,
  mutex_trylock,
  mutex_unlock,
  type Proc,
  type Ptr,
  read,
  up_write,
  wait_for_completion,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { PCI_EXP_SLTSTA_PDC } from '../hardware/pci_regs.ts';
import {
  controller,
  ON_STATE,
  pci_channel_io_normal,
  pci_channel_io_perm_failure,
  pci_dev,
} from '../pciehp/structs.ts';
import { note_usable, pci_dev_put, pci_get_slot } from './bus.ts';
import type { Dpc } from './design.ts';
import { card_present, link_is_active } from './hp_board.ts';
import { dpc_user } from './structs.ts';

const ev = eventCodes('DONE');

/** vfio_pci_core_disable(): device locks by trylock, but reset_lock is waited for. */
export function* vfio_close(d: Dpc): Proc<number> {
  const dev = yield* pci_get_slot(d);
  if (dev === 0) return ev.DONE;
  const gone = (yield read(dev + pci_dev.error_state)) === pci_channel_io_perm_failure;
  if (!gone || d.vfio_skips_gone === 0) yield* vfio_try_reset(dev, d);
  yield* pci_dev_put(dev);
  return ev.DONE;
}

function* vfio_try_reset(dev: Ptr, d: Dpc): Proc<void> {
  if ((yield mutex_trylock(d.pdev + pci_dev.device_lock.at)) !== 0) {
    if ((yield mutex_trylock(dev + pci_dev.device_lock.at)) !== 0) {
      const result = yield* d.reset_slot(d);
      if (result === 0) yield* note_usable(d);
      yield mutex_unlock(dev + pci_dev.device_lock.at);
    }
    yield mutex_unlock(d.pdev + pci_dev.device_lock.at);
  }
}

/** pci_reset_function(), the file `reset` in sysfs: the locks are waited for, bridge first. */
export function* sysfs_reset(d: Dpc): Proc<number> {
  const dev = yield* pci_get_slot(d);
  if (dev === 0) return ev.DONE;
  yield mutex_lock(d.pdev + pci_dev.device_lock.at);
  yield mutex_lock(dev + pci_dev.device_lock.at);
  const result = yield* d.reset_slot(d);
  if (result === 0) yield* note_usable(d);
  yield mutex_unlock(dev + pci_dev.device_lock.at);
  yield mutex_unlock(d.pdev + pci_dev.device_lock.at);
  yield* pci_dev_put(dev);
  return ev.DONE;
}

/** Hotplug of another slot (row O1): unbinding vfio there waits until the process lets go. */
export function* other_slot(d: Dpc): Proc<number> {
  yield mutex_lock(d.pci_rescan_remove_lock);
  yield mutex_lock(d.other_dev + pci_dev.device_lock.at);
  yield complete(d.user + dpc_user.asked.at);
  yield wait_for_completion(d.user + dpc_user.closed.at);
  yield mutex_unlock(d.other_dev + pci_dev.device_lock.at);
  yield mutex_unlock(d.pci_rescan_remove_lock);
  return ev.DONE;
}

/** The process, asked for the other device, exits a moment later: this one is closed first. */
export function* user_exits(d: Dpc): Proc<number> {
  yield wait_for_completion(d.user + dpc_user.asked.at);
  yield msleep(1);
  yield* vfio_close(d);
  yield complete(d.user + dpc_user.closed.at);
  return ev.DONE;
}

/** An out-of-tree driver resets its own device by the bridge above it, and polls it (row O4). */
export function* driver_resets(d: Dpc): Proc<number> {
  const dev = yield* pci_get_slot(d);
  if (dev === 0) return ev.DONE;
  const result = yield* d.driver_reset(d);
  // It may be an orphan by now; the driver's own reference keeps it.
  const state = yield read(dev + pci_dev.error_state);
  if (result === 0 && state === pci_channel_io_normal) yield* note_usable(d);
  yield* pci_dev_put(dev);
  return ev.DONE;
}

/** pciehp_check_presence() at resume: what it sees is only worth something outside a reset. */
export function* check_presence(d: Dpc): Proc<number> {
  yield* d.presence_begin(d);
  yield mutex_lock(d.ctrl + controller.state_lock.at);
  const present = yield* card_present(d);
  const active = yield* link_is_active(d);
  const on = (yield read(d.ctrl + controller.state)) === ON_STATE ? 1 : 0;
  const occupied = present !== 0 || active !== 0 ? 1 : 0;
  if (occupied !== on) yield* d.hp_notify(PCI_EXP_SLTSTA_PDC, d);
  yield mutex_unlock(d.ctrl + controller.state_lock.at);
  yield* d.presence_end(d);
  return ev.DONE;
}

/** Before 5b3f7b7d062b there is nothing to wait for. */
export function* presence_unguarded(_d: Dpc): Proc<void> {
  return;
}

/** The PF's driver is unbound: it removes its VFs, under device_lock; then it binds again. */
export function* pf_unbind(d: Dpc): Proc<number> {
  const dev = yield* pci_get_slot(d);
  if (dev === 0) return ev.DONE;
  yield mutex_lock(dev + pci_dev.device_lock.at);
  yield down_write(d.pci_bus_sem);
  yield up_write(d.pci_bus_sem);
  yield mutex_unlock(dev + pci_dev.device_lock.at);
  yield* pci_dev_put(dev);
  return ev.DONE;
}
