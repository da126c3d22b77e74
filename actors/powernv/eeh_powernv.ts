/**
 * powernv (bare metal): the firmware is OPAL, PEs are filled as pci_devs are probed, and a PE
 * caches the bus of its first device (eeh.md 1.3.1, 1.3.3, 1.3.6).
 */
import {
  msleep,
  type Proc,
  type Ptr,
  printk,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
  read,
  write,
} from '#ops';
import { eeh_save_bars } from '../eeh/eeh_config.ts';
import { bridge_pe, eeh_pe_mark_isolated } from '../eeh/eeh_pe.ts';
import {
  EEH_DEV_BRIDGE,
  EEH_OPT_FREEZE_PE,
  EEH_OPT_THAW_DMA,
  EEH_OPT_THAW_MMIO,
  EEH_PE_ISOLATED,
  EEH_PE_PHB,
  EEH_PE_PRI_BUS,
  EEH_PE_RESET,
  EEH_RESET_DEACTIVATE,
  EEH_STATE_DMA_ACTIVE,
  EEH_STATE_DMA_ENABLED,
  EEH_STATE_MMIO_ACTIVE,
  EEH_STATE_MMIO_ENABLED,
  EEH_STATE_NOT_SUPPORT,
  EEH_STATE_RESET_ACTIVE,
  EEH_STATE_RUNNING,
  EEH_STATE_UNAVAILABLE,
  eeh_state_active,
  OPAL_TEMP_UNAVAIL_MS,
  RESET_HOLD_MS,
  RESET_SETTLE_MS,
  with_delay,
} from '../eeh/flags.ts';
import type { Kernel } from '../eeh/kernel.ts';
import { eeh_dev, eeh_pe } from '../eeh/structs.ts';
import {
  phb_freeze,
  phb_freeze_status,
  phb_is_fenced,
  phb_pe_regs,
  phb_reset_assert,
  phb_reset_deassert,
  phb_thaw,
} from '../hardware/phb.ts';
import {
  OPAL_EEH_STOPPED_DMA_FREEZE,
  OPAL_EEH_STOPPED_MMIO_DMA_FREEZE,
  OPAL_EEH_STOPPED_MMIO_FREEZE,
  OPAL_EEH_STOPPED_NOT_FROZEN,
  OPAL_EEH_STOPPED_RESET,
  OPAL_EEH_STOPPED_TEMP_UNAVAIL,
  pci_function,
  pe_regs,
} from '../hardware/phb_regs.ts';
import { pci_bus, pci_controller, pci_dev, pci_dn } from '../pci/structs.ts';

/** Freeze status as EEH's bits. */
function state_of_status(status: number): number {
  switch (status) {
    case OPAL_EEH_STOPPED_NOT_FROZEN:
      return EEH_STATE_RUNNING;
    case OPAL_EEH_STOPPED_MMIO_FREEZE:
      return EEH_STATE_DMA_ACTIVE | EEH_STATE_DMA_ENABLED;
    case OPAL_EEH_STOPPED_DMA_FREEZE:
      return EEH_STATE_MMIO_ACTIVE | EEH_STATE_MMIO_ENABLED;
    case OPAL_EEH_STOPPED_MMIO_DMA_FREEZE:
      return 0;
    case OPAL_EEH_STOPPED_RESET:
      return EEH_STATE_RESET_ACTIVE;
    case OPAL_EEH_STOPPED_TEMP_UNAVAIL:
      return with_delay(EEH_STATE_UNAVAILABLE, OPAL_TEMP_UNAVAIL_MS);
    default:
      return EEH_STATE_NOT_SUPPORT;
  }
}

/** Asking for the state of a frozen PE marks it isolated, whoever asks. */
export function* pnv_eeh_get_state(k: Kernel, pe: Ptr): Proc<number> {
  if (((yield read(pe + eeh_pe.type)) & EEH_PE_PHB) !== 0) {
    return yield* pnv_eeh_get_phb_state(k, pe);
  }
  const state = yield read(pe + eeh_pe.state);
  if ((state & EEH_PE_RESET) !== 0) return EEH_STATE_RUNNING;
  const phb = yield read(pe + eeh_pe.phb);
  const result = state_of_status(yield* phb_freeze_status(phb, yield read(pe + eeh_pe.addr)));
  const unknown = EEH_STATE_NOT_SUPPORT | EEH_STATE_UNAVAILABLE;
  const running = EEH_STATE_MMIO_ACTIVE | EEH_STATE_DMA_ACTIVE;
  if ((result & (unknown | running)) === 0 && (state & EEH_PE_ISOLATED) === 0) {
    yield* eeh_pe_mark_isolated(k, pe);
  }
  return result;
}

function* pnv_eeh_get_phb_state(k: Kernel, pe: Ptr): Proc<number> {
  if ((yield* phb_is_fenced(yield read(pe + eeh_pe.phb))) === 0) return EEH_STATE_RUNNING;
  const state = yield read(pe + eeh_pe.state);
  if ((state & EEH_PE_ISOLATED) === 0) yield* eeh_pe_mark_isolated(k, pe);
  return 0;
}

/** Freeze, or let MMIO or DMA run again. */
export function* pnv_eeh_set_option(_k: Kernel, pe: Ptr, option: number): Proc<number> {
  const phb = yield read(pe + eeh_pe.phb);
  const addr = yield read(pe + eeh_pe.addr);
  switch (option) {
    case EEH_OPT_FREEZE_PE:
      yield* phb_freeze(phb, addr);
      return 0;
    case EEH_OPT_THAW_MMIO:
      yield* phb_thaw(phb, addr, OPAL_EEH_STOPPED_MMIO_FREEZE);
      return 0;
    case EEH_OPT_THAW_DMA:
      yield* phb_thaw(phb, addr, OPAL_EEH_STOPPED_DMA_FREEZE);
      return 0;
    default:
      return -1;
  }
}

/** A reset through the root port: held 250 ms, settled 1800 ms; the PE comes up frozen. */
export function* pnv_eeh_reset(_k: Kernel, pe: Ptr, option: number): Proc<number> {
  const phb = yield read(pe + eeh_pe.phb);
  const addr = yield read(pe + eeh_pe.addr);
  if (option !== EEH_RESET_DEACTIVATE) {
    yield* phb_reset_assert(phb, addr);
    yield msleep(RESET_HOLD_MS);
    return 0;
  }
  yield* phb_reset_deassert(phb, addr, OPAL_TEMP_UNAVAIL_MS, 0);
  yield msleep(RESET_SETTLE_MS);
  return 0;
}

/** OPAL needs no help with bridges. */
export function* pnv_eeh_configure_bridge(_k: Kernel, _pe: Ptr): Proc<number> {
  return 0;
}

/**
 * pnv_eeh_probe(): puts the edev into its PE and remembers the PE's primary bus. An edev that is in
 * a PE (KEEP held it there over an unplug) is left alone: it cannot be in a list twice [M].
 */
export function* pnv_eeh_probe(k: Kernel, dev: Ptr): Proc<Ptr> {
  const pdn = yield read(dev + pci_dev.pdn);
  const edev = yield read(pdn + pci_dn.edev);
  if ((yield read(edev + eeh_dev.pe)) !== 0) return 0;
  const hardware = yield read(pdn + pci_dn.function);
  const is_bridge = yield read(hardware + pci_function.is_bridge);
  yield* count_device(pdn);
  const kept = (yield read(edev + eeh_dev.mode)) & 0xffffff00;
  yield write(edev + eeh_dev.mode, is_bridge !== 0 ? kept | EEH_DEV_BRIDGE : kept);
  yield write(edev + eeh_dev.pe_config_addr, yield read(pdn + pci_dn.pe_number));
  const bus = yield read(dev + pci_dev.bus);
  yield* k.eeh_pe_tree_insert(k, edev, yield* bridge_pe(bus));
  const pe = yield read(edev + eeh_dev.pe);
  const state = yield read(pe + eeh_pe.state);
  if ((state & EEH_PE_PRI_BUS) === 0) {
    yield write(pe + eeh_pe.bus, bus);
    yield write(pe + eeh_pe.state, state | EEH_PE_PRI_BUS);
  }
  yield* eeh_save_bars(edev, hardware);
  return edev;
}

/** pnv_pci_dma_dev_setup(): one more pci_dev uses the ioda PE. */
function* count_device(pdn: Ptr): Proc<void> {
  const phb = yield read(pdn + pci_dn.phb);
  const ioda = yield* phb_pe_regs(phb, yield read(pdn + pci_dn.pe_number));
  yield write(ioda + pe_regs.device_count, (yield read(ioda + pe_regs.device_count)) + 1);
}

/** eeh_phb_check_failure(): a fenced PHB is reported instead of the PE. 1 when it was. */
export function* pnv_phb_check_failure(k: Kernel, pe: Ptr): Proc<number> {
  const phb_pe = yield* k.eeh_phb_pe_get(k, yield read(pe + eeh_pe.phb));
  if (phb_pe === 0) return 0;
  yield raw_spin_lock_irqsave(k.confirm_error_lock);
  const isolated = (yield read(phb_pe + eeh_pe.state)) & EEH_PE_ISOLATED;
  const fenced = isolated === 0 ? yield* is_fenced(k, phb_pe) : 0;
  if (fenced !== 0) yield* eeh_pe_mark_isolated(k, phb_pe);
  yield raw_spin_unlock_irqrestore(k.confirm_error_lock);
  if (fenced !== 0) yield* k.eeh_send_failure_event(k, phb_pe);
  yield* k.eeh_pe_put(k, phb_pe);
  return fenced;
}

function* is_fenced(k: Kernel, phb_pe: Ptr): Proc<number> {
  const state = yield* k.get_state(k, phb_pe);
  if ((state & EEH_STATE_NOT_SUPPORT) !== 0) return 0;
  return eeh_state_active(state) !== 0 ? 0 : 1;
}

/** pnv_pci_release_device(): the last pci_dev of an ioda PE gives it back. */
export function* pnv_release_device(_k: Kernel, dev: Ptr): Proc<void> {
  const pdn = yield read(dev + pci_dev.pdn);
  const number = yield read(pdn + pci_dn.pe_number);
  const phb = yield read(pdn + pci_dn.phb);
  const ioda = yield* phb_pe_regs(phb, number);
  const left = (yield read(ioda + pe_regs.device_count)) - 1;
  yield write(ioda + pe_regs.device_count, left);
  if (left !== 0) return;
  const domain = yield read(phb + pci_controller.global_number);
  const bus = yield read((yield read(dev + pci_dev.bus)) + pci_bus.number);
  yield printk('pci %04x:%02x     : [PE# %02x] Releasing PE', domain, bus, number);
}
