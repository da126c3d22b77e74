/**
 * Resetting a PE during recovery (eeh.md 1.3.5, eeh_reset_device): devices whose drivers cannot
 * take part are unplugged before and replugged after it.
 */
import { msleep, type Proc, type Ptr, printk, read, write } from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { HAS_ERROR_DETECTED, HAS_SLOT_RESET, pci_driver } from '../driver/structs.ts';
import { pci_hp_add_devices } from '../pci/probe.ts';
import { pci_hp_remove_devices, pci_stop_and_remove_bus_device } from '../pci/remove.ts';
import { pci_lock_rescan_remove, pci_unlock_rescan_remove } from '../pci/rescan_lock.ts';
import { pci_dev } from '../pci/structs.ts';
import { eeh_restore_bars } from './eeh_config.ts';
import { edev_domain, pe_number, pe_phb } from './eeh_log.ts';
import { eeh_pe_state_clear, eeh_pe_state_mark } from './eeh_pe.ts';
import { eeh_edev_actionable } from './eeh_report.ts';
import {
  ATTEMPTS,
  EEH_DEV_BRIDGE,
  EEH_DEV_DISCONNECTED,
  EEH_OPT_FREEZE_PE,
  EEH_OPT_THAW_DMA,
  EEH_OPT_THAW_MMIO,
  EEH_PE_CFG_BLOCKED,
  EEH_PE_ISOLATED,
  EEH_PE_KEEP,
  EEH_PE_PRI_BUS,
  EEH_PE_RESET,
  EEH_RESET_DEACTIVATE,
  EEH_RESET_FUNDAMENTAL,
  EEH_RESET_HOT,
  EEH_STATE_NOT_SUPPORT,
  EEH_STATE_UNAVAILABLE,
  eeh_state_active,
  HOTPLUG_SETTLE_MS,
  RESET_WAIT_MS,
  STATE_WAIT_MAX_MS,
  STATE_WAIT_MIN_MS,
  state_bits,
  state_delay_ms,
} from './flags.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev, eeh_pe } from './structs.ts';

/** eeh_wait_state(): polls until the state can be told; NOT_SUPPORT when that takes too long. */
export function* eeh_wait_state(k: Kernel, pe: Ptr, max_wait_ms: number): Proc<number> {
  let left = max_wait_ms;
  for (;;) {
    const answer = yield* k.get_state(k, pe);
    const bits = state_bits(answer);
    if (bits !== EEH_STATE_UNAVAILABLE) return bits;
    if (left <= 0) {
      yield printk("EEH: Timeout when getting PE's state (%d)", max_wait_ms);
      return EEH_STATE_NOT_SUPPORT;
    }
    let wait = state_delay_ms(answer);
    if (wait <= 0) {
      yield printk('EEH: Firmware returned bad wait value %d', wait);
      wait = STATE_WAIT_MIN_MS;
    } else if (wait > STATE_WAIT_MAX_MS) {
      yield printk('EEH: Firmware returned too long wait value %d', wait);
      wait = STATE_WAIT_MAX_MS;
    }
    yield msleep(Math.min(wait, left));
    left -= wait;
  }
}

/** eeh_pe_reset_full(): hot or fundamental, up to three times. 0 when the PE runs again. */
export function* eeh_pe_reset_full(k: Kernel, pe: Ptr): Proc<number> {
  const type = yield* reset_type(k, pe);
  yield* eeh_pe_state_mark(k, pe, EEH_PE_RESET | EEH_PE_CFG_BLOCKED);
  let failed = 1;
  for (let i = 0; i < ATTEMPTS && failed !== 0; i++) {
    yield* k.set_option(k, pe, EEH_OPT_FREEZE_PE);
    yield* k.reset(k, pe, type);
    yield* k.reset(k, pe, EEH_RESET_DEACTIVATE);
    const state = yield* eeh_wait_state(k, pe, RESET_WAIT_MS);
    const phb = yield* pe_phb(pe);
    const number = yield* pe_number(pe);
    if (eeh_state_active(state) !== 0) {
      failed = 0;
      if (i > 0)
        yield printk('EEH: PHB#%x-PE#%x: Successful reset (attempt %d)', phb, number, i + 1);
    } else if ((state & EEH_STATE_NOT_SUPPORT) !== 0) {
      yield printk('EEH: Unrecoverable slot failure on PHB#%x-PE#%x', phb, number);
    } else {
      yield printk(
        'EEH: PHB#%x-PE#%x: Slot inactive after reset: 0x%x (attempt %d)',
        phb,
        number,
        state,
        i + 1,
      );
    }
  }
  yield* eeh_pe_state_clear(k, pe, EEH_PE_RESET | EEH_PE_CFG_BLOCKED, 1);
  return failed;
}

/** Fundamental as soon as one device of the PE wants it. */
function* reset_type(k: Kernel, root: Ptr): Proc<number> {
  let type = EEH_RESET_HOT;
  let pe = yield* k.eeh_walk_begin(k, root);
  while (pe !== 0) {
    let entry = yield read(pe + eeh_pe.edevs.next);
    while (entry !== pe + eeh_pe.edevs.at) {
      const next = yield read(entry + list_head.next);
      const pdev = yield read(entry - eeh_dev.entry.at + eeh_dev.pdev);
      if (pdev !== 0 && (yield read(pdev + pci_dev.needs_freset)) !== 0) {
        type = EEH_RESET_FUNDAMENTAL;
      }
      entry = next;
    }
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
  yield* k.eeh_walk_end(k);
  return type;
}

/**
 * eeh_rmv_device(): unplugs a device whose driver cannot sit through a reset. It takes the rescan
 * lock itself in every design, also where the caller holds it (T11a). 1 when it removed something.
 */
function* eeh_rmv_device(k: Kernel, edev: Ptr): Proc<number> {
  if (((yield read(edev + eeh_dev.mode)) & EEH_DEV_BRIDGE) !== 0) return 0;
  if ((yield* eeh_edev_actionable(edev)) === 0) return 0;
  const dev = yield read(edev + eeh_dev.pdev);
  const driver = yield read(dev + pci_dev.driver);
  if (driver !== 0) {
    const has = yield read(driver + pci_driver.err_handler);
    const needed = HAS_ERROR_DETECTED | HAS_SLOT_RESET;
    if ((has & needed) === needed) return 0;
  }
  const bdfn = yield read(edev + eeh_dev.bdfn);
  yield printk(
    'EEH: Removing %04x:%02x:%02x.%x without EEH sensitive driver',
    yield* edev_domain(edev),
    bdfn >> 8,
    (bdfn >> 3) & 31,
    bdfn & 7,
  );
  yield write(edev + eeh_dev.mode, (yield read(edev + eeh_dev.mode)) | EEH_DEV_DISCONNECTED);
  yield* pci_lock_rescan_remove(k);
  yield* pci_stop_and_remove_bus_device(k, dev);
  yield* pci_unlock_rescan_remove(k);
  return 1;
}

function* rmv_devices(k: Kernel, root: Ptr): Proc<number> {
  let removed = 0;
  let pe = yield* k.eeh_pe_hold(k, root);
  while (pe !== 0) {
    let entry = yield read(pe + eeh_pe.edevs.next);
    while (entry !== pe + eeh_pe.edevs.at) {
      const next = yield read(entry + list_head.next);
      removed += yield* eeh_rmv_device(k, entry - eeh_dev.entry.at);
      entry = next;
    }
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
  return removed;
}

/** What hotplug left in the tree because of KEEP goes out of it now. */
function* detach_disconnected(k: Kernel, root: Ptr): Proc<void> {
  let pe = yield* k.eeh_pe_hold(k, root);
  while (pe !== 0) {
    let entry = yield read(pe + eeh_pe.edevs.next);
    while (entry !== pe + eeh_pe.edevs.at) {
      const next = yield read(entry + list_head.next);
      const edev = entry - eeh_dev.entry.at;
      const mode = yield read(edev + eeh_dev.mode);
      if ((mode & EEH_DEV_DISCONNECTED) !== 0) {
        yield write(edev + eeh_dev.mode, mode & ~EEH_DEV_DISCONNECTED);
        yield* k.eeh_pe_tree_remove(k, edev);
      }
      entry = next;
    }
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
}

/** Thaws one PE, three tries. 0 when both MMIO and DMA run. */
function* eeh_clear_pe_frozen_state(k: Kernel, pe: Ptr): Proc<number> {
  for (let i = 0; i < ATTEMPTS; i++) {
    const mmio = yield* k.set_option(k, pe, EEH_OPT_THAW_MMIO);
    const dma = mmio === 0 ? yield* k.set_option(k, pe, EEH_OPT_THAW_DMA) : mmio;
    if (dma === 0) return 0;
  }
  return 1;
}

/** Unfreezes every PE of the subtree, then clears ISOLATED in it. */
export function* eeh_clear_frozen_state(k: Kernel, root: Ptr): Proc<number> {
  let failed = 0;
  let pe = yield* k.eeh_walk_begin(k, root);
  while (pe !== 0) {
    failed |= yield* eeh_clear_pe_frozen_state(k, pe);
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
  yield* k.eeh_walk_end(k);
  if (failed === 0) yield* eeh_pe_state_clear(k, root, EEH_PE_ISOLATED, 1);
  return failed;
}

/** Devices leave before the reset. Not 0 when some did. */
function* unplug(k: Kernel, pe: Ptr, bus: Ptr, aware: number): Proc<number> {
  if (aware !== 0) return yield* rmv_devices(k, pe);
  yield* k.inner_lock(k);
  yield* pci_hp_remove_devices(k, bus);
  yield* k.inner_unlock(k);
  return 1;
}

/** And come back after it, into PEs that KEEP held in place. */
function* replug(k: Kernel, pe: Ptr, bus: Ptr, aware: number): Proc<void> {
  if (aware !== 0) yield printk('EEH: Sleep 5s ahead of partial hotplug');
  else yield printk('EEH: Sleep 5s ahead of complete hotplug');
  yield msleep(HOTPLUG_SETTLE_MS);
  yield* detach_disconnected(k, pe);
  if (aware === 0) yield* eeh_pe_state_clear(k, pe, EEH_PE_PRI_BUS, 1);
  yield* pci_hp_add_devices(k, bus);
}

/** aware: 0 when no driver of the PE takes part in the recovery. 0 when the PE runs again. */
export function* eeh_reset_device(k: Kernel, pe: Ptr, bus: Ptr, aware: number): Proc<number> {
  const count = yield read(pe + eeh_pe.freeze_count);
  const tstamp = yield read(pe + eeh_pe.tstamp);
  yield* eeh_pe_state_mark(k, pe, EEH_PE_KEEP);
  const removed = yield* unplug(k, pe, bus, aware);
  if ((yield* eeh_pe_reset_full(k, pe)) !== 0) return 1;
  yield* k.inner_lock(k);
  yield* eeh_restore_bars(k, pe);
  if ((yield* eeh_clear_frozen_state(k, pe)) !== 0) {
    yield* k.inner_unlock(k);
    return 1;
  }
  if (removed !== 0) yield* replug(k, pe, bus, aware);
  yield* eeh_pe_state_clear(k, pe, EEH_PE_KEEP, 1);
  yield write(pe + eeh_pe.tstamp, tstamp);
  yield write(pe + eeh_pe.freeze_count, count);
  yield* k.inner_unlock(k);
  return 0;
}
