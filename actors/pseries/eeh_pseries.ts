/**
 * pseries (a guest of PowerVM or KVM): the firmware is RTAS, one call at a time under a raw
 * spinlock; PEs are filled from the device tree before pci_devs exist, and no bus is cached.
 */
import {
  msleep,
  type Proc,
  type Ptr,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
  read,
  write,
} from '#ops';
import { eeh_save_bars } from '../eeh/eeh_config.ts';
import {
  EEH_DEV_BRIDGE,
  EEH_OPT_FREEZE_PE,
  EEH_OPT_THAW_DMA,
  EEH_OPT_THAW_MMIO,
  EEH_RESET_DEACTIVATE,
  EEH_STATE_DMA_ACTIVE,
  EEH_STATE_MMIO_ACTIVE,
  EEH_STATE_MMIO_ENABLED,
  EEH_STATE_NOT_SUPPORT,
  EEH_STATE_RESET_ACTIVE,
  EEH_STATE_RUNNING,
  EEH_STATE_UNAVAILABLE,
  RESET_HOLD_MS,
  RESET_SETTLE_MS,
  STATE_WAIT_MIN_MS,
  with_delay,
} from '../eeh/flags.ts';
import type { Kernel } from '../eeh/kernel.ts';
import { eeh_dev, eeh_pe } from '../eeh/structs.ts';
import {
  phb_freeze,
  phb_freeze_status,
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
} from '../hardware/phb_regs.ts';
import { pci_dev, pci_dn } from '../pci/structs.ts';

/** ibm,read-slot-reset-state2 answers in words what OPAL answers in freeze status. */
function rtas_slot_state(status: number): number {
  switch (status) {
    case OPAL_EEH_STOPPED_NOT_FROZEN:
      return EEH_STATE_RUNNING;
    case OPAL_EEH_STOPPED_MMIO_DMA_FREEZE:
      return 0;
    case OPAL_EEH_STOPPED_DMA_FREEZE:
      return EEH_STATE_MMIO_ENABLED;
    case OPAL_EEH_STOPPED_RESET:
      return EEH_STATE_RESET_ACTIVE | EEH_STATE_MMIO_ACTIVE | EEH_STATE_DMA_ACTIVE;
    case OPAL_EEH_STOPPED_TEMP_UNAVAIL:
      return with_delay(EEH_STATE_UNAVAILABLE, STATE_WAIT_MIN_MS);
    default:
      return EEH_STATE_NOT_SUPPORT;
  }
}

export function* pseries_eeh_get_state(k: Kernel, pe: Ptr): Proc<number> {
  const phb = yield read(pe + eeh_pe.phb);
  const addr = yield read(pe + eeh_pe.addr);
  yield raw_spin_lock_irqsave(k.rtas_lock);
  const status = yield* phb_freeze_status(phb, addr);
  yield raw_spin_unlock_irqrestore(k.rtas_lock);
  return rtas_slot_state(status);
}

/** ibm,set-eeh-option. */
export function* pseries_eeh_set_option(k: Kernel, pe: Ptr, option: number): Proc<number> {
  const phb = yield read(pe + eeh_pe.phb);
  const addr = yield read(pe + eeh_pe.addr);
  yield raw_spin_lock_irqsave(k.rtas_lock);
  switch (option) {
    case EEH_OPT_FREEZE_PE:
      yield* phb_freeze(phb, addr);
      break;
    case EEH_OPT_THAW_MMIO:
      yield* phb_thaw(phb, addr, OPAL_EEH_STOPPED_MMIO_FREEZE);
      break;
    case EEH_OPT_THAW_DMA:
      yield* phb_thaw(phb, addr, OPAL_EEH_STOPPED_DMA_FREEZE);
      break;
    default:
      break;
  }
  yield raw_spin_unlock_irqrestore(k.rtas_lock);
  return 0;
}

/** ibm,set-slot-reset: held 250 ms, settled 1800 ms; the slot comes up running. */
export function* pseries_eeh_reset(k: Kernel, pe: Ptr, option: number): Proc<number> {
  const phb = yield read(pe + eeh_pe.phb);
  const addr = yield read(pe + eeh_pe.addr);
  yield raw_spin_lock_irqsave(k.rtas_lock);
  if (option === EEH_RESET_DEACTIVATE) {
    yield* phb_reset_deassert(phb, addr, STATE_WAIT_MIN_MS + RESET_SETTLE_MS, 1);
  } else {
    yield* phb_reset_assert(phb, addr);
  }
  yield raw_spin_unlock_irqrestore(k.rtas_lock);
  yield msleep(option === EEH_RESET_DEACTIVATE ? RESET_SETTLE_MS : RESET_HOLD_MS);
  return 0;
}

/** ibm,configure-pe. */
export function* pseries_eeh_configure_bridge(k: Kernel, _pe: Ptr): Proc<number> {
  yield raw_spin_lock_irqsave(k.rtas_lock);
  yield raw_spin_unlock_irqrestore(k.rtas_lock);
  return 0;
}

/** pseries_eeh_probe(): the edev that the device tree made; none when it was put into no PE. */
export function* pseries_eeh_probe(_k: Kernel, dev: Ptr): Proc<Ptr> {
  const edev = yield read((yield read(dev + pci_dev.pdn)) + pci_dn.edev);
  return (yield read(edev + eeh_dev.pe)) === 0 ? 0 : edev;
}

/**
 * pseries_eeh_init_edev_recursive(): puts the edevs of a device-tree node and all below it into
 * their PEs. rpaphp and rpadlpar call it without the rescan lock (eeh.md 1.0.6).
 */
export function* pseries_eeh_init_edev_recursive(k: Kernel, pdn: Ptr, parent: Ptr): Proc<void> {
  const edev = yield read(pdn + pci_dn.edev);
  if ((yield read(edev + eeh_dev.pe)) === 0) {
    const hardware = yield read(pdn + pci_dn.function);
    const is_bridge = yield read(hardware + pci_function.is_bridge);
    yield write(edev + eeh_dev.mode, is_bridge !== 0 ? EEH_DEV_BRIDGE : 0);
    yield write(edev + eeh_dev.pe_config_addr, yield read(pdn + pci_dn.pe_number));
    yield* k.eeh_pe_tree_insert(k, edev, parent);
    yield* eeh_save_bars(edev, hardware);
  }
  const pe = yield read(edev + eeh_dev.pe);
  let child = yield read(pdn + pci_dn.child);
  while (child !== 0) {
    yield* pseries_eeh_init_edev_recursive(k, child, pe);
    child = yield read(child + pci_dn.sibling);
  }
}

/** Only powernv looks at the PHB first. */
export function* no_phb_check(_k: Kernel, _pe: Ptr): Proc<number> {
  return 0;
}

export function* nothing_to_release(_k: Kernel, _dev: Ptr): Proc<void> {
  // A guest has no ioda PEs.
}

/** RTAS reports no errors by itself. */
export function* no_next_error(_k: Kernel): Proc<Ptr> {
  return 0;
}
