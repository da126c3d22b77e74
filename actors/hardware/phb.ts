/**
 * A POWER host bridge as software sees it: reads through a stopped PE answer all ones, a reset
 * wipes base addresses and lets the link train for a while (eeh.md 4.2). Firmware calls end here.
 */
import { ktime_ms, type Proc, type Ptr, read, readl, writel } from '#ops';
import { pci_controller } from '../pci/structs.ts';
import {
  ALL_ONES,
  OPAL_EEH_STOPPED_MMIO_DMA_FREEZE,
  OPAL_EEH_STOPPED_MMIO_FREEZE,
  OPAL_EEH_STOPPED_NOT_FROZEN,
  OPAL_EEH_STOPPED_RESET,
  OPAL_EEH_STOPPED_TEMP_UNAVAIL,
  pci_function,
  pe_regs,
  phb_regs,
} from './phb_regs.ts';

/** Registers of the PE with a number: firmware's own table, which nobody changes. */
export function* phb_pe_regs(phb: Ptr, addr: number): Proc<Ptr> {
  const regs = yield read(phb + pci_controller.private_data);
  let pe = yield read(regs + phb_regs.pes);
  while (pe !== 0 && (yield read(pe + pe_regs.number)) !== addr) {
    pe = yield read(pe + pe_regs.next);
  }
  return pe;
}

export function* phb_is_fenced(phb: Ptr): Proc<number> {
  const regs = yield read(phb + pci_controller.private_data);
  return yield readl(regs + phb_regs.fenced);
}

/** A load from a function's BAR. */
export function* phb_mmio_read(hardware: Ptr): Proc<number> {
  const pe = yield read(hardware + pci_function.pe);
  const frozen = yield readl(pe + pe_regs.freeze_status);
  if ((frozen & OPAL_EEH_STOPPED_MMIO_FREEZE) !== 0) return ALL_ONES;
  return yield readl(hardware + pci_function.data);
}

/** OPAL_EEH_STOPPED_*: what the firmware answers when asked for a PE's state. */
export function* phb_freeze_status(phb: Ptr, addr: number): Proc<number> {
  const pe = yield* phb_pe_regs(phb, addr);
  if ((yield readl(pe + pe_regs.reset)) !== 0) return OPAL_EEH_STOPPED_RESET;
  const until = yield readl(pe + pe_regs.unavailable_until);
  if (until !== 0 && (yield ktime_ms()) < until) return OPAL_EEH_STOPPED_TEMP_UNAVAIL;
  return yield readl(pe + pe_regs.freeze_status);
}

export function* phb_freeze(phb: Ptr, addr: number): Proc<void> {
  const pe = yield* phb_pe_regs(phb, addr);
  yield writel(pe + pe_regs.freeze_status, OPAL_EEH_STOPPED_MMIO_DMA_FREEZE);
}

/** Lets some of what is stopped run again. */
export function* phb_thaw(phb: Ptr, addr: number, bits: number): Proc<void> {
  const pe = yield* phb_pe_regs(phb, addr);
  const frozen = yield readl(pe + pe_regs.freeze_status);
  yield writel(pe + pe_regs.freeze_status, frozen & ~bits);
}

/** Asserting wipes the functions' base addresses. */
export function* phb_reset_assert(phb: Ptr, addr: number): Proc<void> {
  const pe = yield* phb_pe_regs(phb, addr);
  yield writel(pe + pe_regs.reset, 1);
  let hardware = yield read(pe + pe_regs.functions);
  while (hardware !== 0) {
    yield writel(hardware + pci_function.bar0, 0);
    hardware = yield read(hardware + pci_function.pe_sibling);
  }
}

/** After deassertion the link trains; a PE reset by RTAS comes up running, one by OPAL frozen. */
export function* phb_reset_deassert(
  phb: Ptr,
  addr: number,
  trains_ms: number,
  runs: number,
): Proc<void> {
  const pe = yield* phb_pe_regs(phb, addr);
  const now = yield ktime_ms();
  yield writel(pe + pe_regs.unavailable_until, now + trains_ms);
  if (runs !== 0) yield writel(pe + pe_regs.freeze_status, OPAL_EEH_STOPPED_NOT_FROZEN);
  yield writel(pe + pe_regs.reset, 0);
}
