/**
 * Who else calls into pciehp 4.20 in the rows of pciehp.md 4: probe with its publication, a user of
 * the power file, kexec, the core's restore of config space after an error.
 */
import {
  ctx_get,
  ctx_set,
  finish_wait,
  msleep,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  prepare_to_wait,
  read,
  schedule,
  wait_for_completion,
  write,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { PCI_EXP_SLTCTL, PCI_EXP_SLTSTA_PDC } from '../hardware/pci_regs.ts';
import { pcie_capability_read_word } from './pci_access.ts';
import { pcie_disable_notification } from './pciehp_core.ts';
import { pciehp_request } from './pciehp_ctrl.ts';
import type { RecordedPciehp } from './record_design.ts';
import { BLINKINGON_STATE, controller, ENODEV, hotplug_slot, OFF_STATE } from './structs.ts';

const ev = eventCodes('QUIRKED', 'SLOT_INITIALISED', 'SLOT_ADDED', 'DUE', 'ACTED');

/** Register of the restoring actor: Slot Control as it was saved. */
const SAVED = 0;

/** The reported kernel was replaced 65284 ms after its one command; the rest is below the wheel. */
const UPTIME_MS = 65_000;
const UPTIME_REST_MS = 60;
/** The slot is at rest after boot; the monitor acts at 30 s, its button's work 5 s later. */
const SAVE_MS = 20_000;
const RESTORE_MS = 15_600;

export function* pciehp_quirks(ctrl: Ptr, d: RecordedPciehp): Proc<number> {
  yield* d.quirk_cmd_compl(ctrl);
  return ev.QUIRKED;
}

export function* pciehp_slot_initialised(_ctrl: Ptr, d: RecordedPciehp): Proc<number> {
  yield* d.slot_initialised(d);
  return ev.SLOT_INITIALISED;
}

export function* pciehp_slot_added(_ctrl: Ptr, d: RecordedPciehp): Proc<number> {
  yield* d.slot_added(d);
  return ev.SLOT_ADDED;
}

/** A program that waits for the slot's files. */
export function* power_file_wait(_ctrl: Ptr, d: RecordedPciehp): Proc<number> {
  yield wait_for_completion(d.hotplug_slot + hotplug_slot.uevent.at);
  return ev.DUE;
}

/** echo 1 > power: pciehp_sysfs_enable_slot(), waiting for pending_events alone. */
export function* power_file_write(ctrl: Ptr, d: RecordedPciehp): Proc<number> {
  yield mutex_lock(ctrl + controller.state_lock.at);
  const state = yield read(ctrl + controller.state);
  yield mutex_unlock(ctrl + controller.state_lock.at);
  if (state !== OFF_STATE && state !== BLINKINGON_STATE) return ev.ACTED;
  yield write(ctrl + controller.request_result, -ENODEV);
  yield* pciehp_request(ctrl, PCI_EXP_SLTSTA_PDC, d);
  for (;;) {
    yield prepare_to_wait(ctrl + controller.requester.at);
    if ((yield read(ctrl + controller.pending_events)) === 0) break;
    yield schedule();
  }
  yield finish_wait(ctrl + controller.requester.at);
  return ev.ACTED;
}

export function* kexec_wait(_ctrl: Ptr, _d: RecordedPciehp): Proc<number> {
  yield msleep(UPTIME_MS);
  yield msleep(UPTIME_REST_MS);
  return ev.DUE;
}

/** Drivers are removed; pciehp first turns its notification off. */
export function* kexec_remove(ctrl: Ptr, d: RecordedPciehp): Proc<number> {
  yield* pcie_disable_notification(ctrl, d);
  return ev.ACTED;
}

/** pci_save_state() while all is well, then an error. */
export function* config_save_wait(_ctrl: Ptr, d: RecordedPciehp): Proc<number> {
  yield msleep(SAVE_MS);
  yield ctx_set(SAVED, yield* pcie_capability_read_word(PCI_EXP_SLTCTL, d));
  yield msleep(RESTORE_MS);
  return ev.DUE;
}

export function* config_restore(ctrl: Ptr, d: RecordedPciehp): Proc<number> {
  yield* d.restore_slot_ctrl(ctrl, yield ctx_get(SAVED), d);
  return ev.ACTED;
}
