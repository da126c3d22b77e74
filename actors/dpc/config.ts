/**
 * Config accesses of the port and of the card behind it: each one alone is atomic under pci_lock
 * (pciehp.md 2.1). A write acts on the hardware at once. Slot Control commands complete at once:
 * the command engine is a system of its own (pciehp-command).
 */
import {
  ghost_add,
  ghost_read,
  ghost_write,
  ktime_ms,
  type Proc,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
} from '#ops';
import { link_drop, link_interrupt, link_try } from '../hardware/link.ts';
import {
  LINK_L0,
  LINK_READY,
  link_port,
  PCI_EXP_DPC_STATUS_RP_BUSY,
  PCI_EXP_DPC_STATUS_TRIGGER,
  PCI_VENDOR_ID_RRS,
} from '../hardware/link_regs.ts';
import { ALL_ONES_32, PCI_EXP_SLTCTL_PCC } from '../hardware/pci_regs.ts';
import type { Dpc } from './design.ts';
import { dpc_ghost } from './structs.ts';

/** A register of the port as it stands; `field` is its word. */
export function* port_read(field: number, d: Dpc): Proc<number> {
  yield raw_spin_lock_irqsave(d.pci_lock);
  const value = yield ghost_read(d.port + field);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
  return value;
}

/** W1C of Slot Status. */
export function* slot_status_clear(bits: number, d: Dpc): Proc<void> {
  yield raw_spin_lock_irqsave(d.pci_lock);
  const status = yield ghost_read(d.port + link_port.sltsta);
  // A power fault that lasts sets its bit again.
  yield ghost_write(d.port + link_port.sltsta, (status & ~bits) | d.powerFault);
  yield* link_interrupt(d.port);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
}

/** Slot Control: power takes the link down or lets it train. */
export function* slot_control_write(value: number, d: Dpc): Proc<void> {
  yield raw_spin_lock_irqsave(d.pci_lock);
  const before = yield ghost_read(d.port + link_port.sltctl);
  yield ghost_write(d.port + link_port.sltctl, value);
  if (((before ^ value) & PCI_EXP_SLTCTL_PCC) !== 0) {
    if ((yield ghost_read(d.ghost + dpc_ghost.resetting)) !== 0) {
      yield ghost_add(d.ghost + dpc_ghost.power_in_reset, 1);
    }
    if ((value & PCI_EXP_SLTCTL_PCC) !== 0) yield* link_drop(d.port, d);
    else yield* link_try(d.port, d);
  }
  yield* link_interrupt(d.port);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
}

/** Link Status: 1 while the data link layer is active. */
export function* link_active(d: Dpc): Proc<number> {
  return (yield* port_read(link_port.ltssm, d)) >= LINK_L0 ? 1 : 0;
}

/** Vendor and device id of function 0: all ones, Request Retry Status, or the card's. */
export function* card_id(d: Dpc): Proc<number> {
  yield raw_spin_lock_irqsave(d.pci_lock);
  const state = yield ghost_read(d.port + link_port.ltssm);
  const card = yield ghost_read(d.port + link_port.card);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
  if (state === LINK_READY) return card;
  return state === LINK_L0 ? PCI_VENDOR_ID_RRS : ALL_ONES_32;
}

/** W1C of DPC Status.TRIGGER: the port lets the link train again. */
export function* dpc_trigger_clear(d: Dpc): Proc<void> {
  yield raw_spin_lock_irqsave(d.pci_lock);
  const status = yield ghost_read(d.port + link_port.dpc_status);
  yield ghost_write(d.port + link_port.dpc_status, status & ~PCI_EXP_DPC_STATUS_TRIGGER);
  if ((status & PCI_EXP_DPC_STATUS_RP_BUSY) !== 0) {
    yield ghost_add(d.ghost + dpc_ghost.busy_cleared, 1);
  }
  if ((yield ghost_read(d.ghost + dpc_ghost.contained)) !== 0) {
    const now = yield ktime_ms();
    const since = yield ghost_read(d.ghost + dpc_ghost.fault_at);
    yield ghost_write(d.ghost + dpc_ghost.contained, 0);
    yield ghost_write(d.ghost + dpc_ghost.contained_ms, now - since);
  }
  yield* link_try(d.port, d);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
}

/** W1C of what AER logged. */
export function* uncor_status_clear(d: Dpc): Proc<void> {
  yield raw_spin_lock_irqsave(d.pci_lock);
  yield ghost_write(d.port + link_port.uncor_status, 0);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
}

/** Bridge Control, Secondary Bus Reset: set, it holds the link down. */
export function* bus_reset_write(value: number, d: Dpc): Proc<void> {
  yield raw_spin_lock_irqsave(d.pci_lock);
  yield ghost_write(d.port + link_port.bus_reset, value);
  if (value !== 0) yield* link_drop(d.port, d);
  else yield* link_try(d.port, d);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
}
