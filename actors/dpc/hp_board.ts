/** Power, enumeration and removal of a slot by pciehp (pciehp.md 2.6). */
import {
  atomic_fetch_and,
  ctx_get,
  ctx_set,
  ghost_read,
  ghost_write,
  ktime_ms,
  msleep,
  mutex_lock,
  mutex_unlock,
  type Proc,
  printk,
} from '#ops';
import { link_port } from '../hardware/link_regs.ts';
import { PCI_EXP_SLTCTL_PCC, PCI_EXP_SLTSTA_PDS } from '../hardware/pci_regs.ts';
import { controller, EEXIST, EINVAL, ENODEV } from '../pciehp/structs.ts';
import {
  pci_bus_add_devices,
  pci_mark_disconnected,
  pci_scan_slot,
  pci_stop_and_remove,
} from './bus.ts';
import { link_active, port_read, slot_control_write } from './config.ts';
import type { Dpc } from './design.ts';
import { CHANGES } from './hp_isr.ts';
import { dpc_ghost } from './structs.ts';

/** After power-off a slot is left alone for this long (PCIe r4.0, sec 6.7.1.8). */
const POWER_OFF_MS = 1000;
/** Register of the hotplug actor: when it began to handle what it handles. */
const BEGAN = 1;

/** Bookkeeping: handling begins. */
export function* note_begin(): Proc<void> {
  const now = yield ktime_ms();
  yield ctx_set(BEGAN, now);
}

/** Bookkeeping: a decision is taken from link or presence. */
function* note_decision(d: Dpc): Proc<void> {
  if ((yield ghost_read(d.ghost + dpc_ghost.resetting)) === 0) return;
  const times = yield ghost_read(d.ghost + dpc_ghost.read_in_reset);
  yield ghost_write(d.ghost + dpc_ghost.read_in_reset, times + 1);
}

/** Bookkeeping: the slot was given up though its card is there. */
function* note_gave_up(d: Dpc): Proc<void> {
  if ((yield ghost_read(d.port + link_port.card)) === 0) return;
  const now = yield ktime_ms();
  const took = now - (yield ctx_get(BEGAN));
  if (took <= (yield ghost_read(d.ghost + dpc_ghost.gave_up_ms))) return;
  yield ghost_write(d.ghost + dpc_ghost.gave_up_ms, took);
}

export function* card_present(d: Dpc): Proc<number> {
  yield* note_decision(d);
  return ((yield* port_read(link_port.sltsta, d)) & PCI_EXP_SLTSTA_PDS) !== 0 ? 1 : 0;
}

export function* link_is_active(d: Dpc): Proc<number> {
  yield* note_decision(d);
  return yield* link_active(d);
}

/** Slot Control is read, changed and written under ctrl_lock. */
function* power(off: number, d: Dpc): Proc<void> {
  yield mutex_lock(d.ctrl + controller.ctrl_lock.at);
  const value = yield* port_read(link_port.sltctl, d);
  yield* slot_control_write((value & ~PCI_EXP_SLTCTL_PCC) | off, d);
  yield mutex_unlock(d.ctrl + controller.ctrl_lock.at);
}

function* powered(d: Dpc): Proc<number> {
  return ((yield* port_read(link_port.sltctl, d)) & PCI_EXP_SLTCTL_PCC) === 0 ? 1 : 0;
}

function* power_off(d: Dpc): Proc<void> {
  if (d.pcp === 0) return;
  yield* power(PCI_EXP_SLTCTL_PCC, d);
  yield msleep(POWER_OFF_MS);
}

/** pciehp_configure_device(): a device that is listed already is no failure. */
function* configure_device(d: Dpc): Proc<number> {
  yield mutex_lock(d.pci_rescan_remove_lock);
  const scanned = yield* pci_scan_slot(d);
  if (scanned === 0) {
    yield* d.hp_driver_begin(d);
    yield* pci_bus_add_devices(d);
    yield* d.hp_driver_end(d);
  }
  yield mutex_unlock(d.pci_rescan_remove_lock);
  return scanned === -EEXIST ? 0 : scanned;
}

function* unconfigure_device(d: Dpc): Proc<void> {
  if (d.hp_marks_early !== 0) yield* pci_mark_disconnected(d);
  yield mutex_lock(d.pci_rescan_remove_lock);
  if (d.hp_marks_early === 0) yield* pci_mark_disconnected(d);
  yield* d.hp_driver_begin(d);
  yield* pci_stop_and_remove(d);
  yield* d.hp_driver_end(d);
  yield mutex_unlock(d.pci_rescan_remove_lock);
}

/** Power on, wait for the card, enumerate it; a failure turns the slot off again. */
export function* board_added(d: Dpc): Proc<number> {
  if (d.pcp !== 0) {
    // "Already enabled".
    if ((yield* powered(d)) !== 0) return 0;
    yield* power(0, d);
  }
  let result = yield* d.hp_check_link(d);
  if (result === 0) result = yield* configure_device(d);
  if (result !== 0) {
    yield printk('pciehp: Slot(0): card does not answer, slot is turned off');
    yield* power_off(d);
    yield* note_gave_up(d);
  }
  return result === 0 ? 0 : -ENODEV;
}

/** A surprise removal: the card is not talked to. */
export function* remove_board(d: Dpc): Proc<number> {
  if (d.pcp !== 0 && (yield* powered(d)) === 0) return -EINVAL;
  yield* unconfigure_device(d);
  yield* power_off(d);
  if (d.pcp !== 0 && d.hp_drops_own !== 0) {
    yield atomic_fetch_and(d.ctrl + controller.pending_events, ~CHANGES);
  }
  return 0;
}
