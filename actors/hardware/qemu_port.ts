/**
 * A QEMU hotplug port seen from inside (pciehp.md 1.7). A guest's config access ends in
 * qemu_port_config_read/write; the monitor's device_add and device_del end in the *_cb procedures.
 * All of it happens under the big QEMU lock, so the guest never sees a half-done one. In what one
 * port differs from another is in its PortModel.
 *
 * The trap: hpev_notified is the aggregate over all enabled events, and a message is sent only when
 * it changes. One status bit that nobody clears keeps it at 1 for ever, and no message follows.
 */
import {
  type Proc,
  type Ptr,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
  read,
  readl,
  write,
  writel,
} from '#ops';
import {
  ALL_ONES_32,
  PCI_EXP_LNKCAP,
  PCI_EXP_LNKCTL,
  PCI_EXP_LNKSTA,
  PCI_EXP_SLTCAP,
  PCI_EXP_SLTCTL,
  PCI_EXP_SLTCTL_EIC,
  PCI_EXP_SLTCTL_HPIE,
  PCI_EXP_SLTSTA,
  PCI_EXP_SLTSTA_ABP,
  PCI_EXP_SLTSTA_EIS,
  PCI_EXP_SLTSTA_PDC,
  PCI_EXP_SLTSTA_PDS,
} from './pci_regs.ts';
import type { PortModel } from './port_model.ts';
import { HPEV_MASK, qemu_port, SLTCTL_WRITABLE } from './qemu_port_regs.ts';

/** The word of a register at a byte offset of the PCIe capability. */
function capability_word(pos: number): number {
  switch (pos) {
    case PCI_EXP_LNKCAP:
      return qemu_port.lnkcap;
    case PCI_EXP_LNKCTL:
      return qemu_port.lnkctl;
    case PCI_EXP_LNKSTA:
      return qemu_port.lnksta;
    case PCI_EXP_SLTCAP:
      return qemu_port.sltcap;
    case PCI_EXP_SLTCTL:
      return qemu_port.sltctl;
    default:
      return qemu_port.sltsta;
  }
}

/** compute(): the aggregate of enabled events. Answers the old one. */
export function* hotplug_event_update_event_status(port: Ptr): Proc<number> {
  const prev = yield read(port + qemu_port.hpev_notified);
  const sltctl = yield readl(port + qemu_port.sltctl);
  const sltsta = yield readl(port + qemu_port.sltsta);
  const pending = (sltctl & PCI_EXP_SLTCTL_HPIE) !== 0 ? sltctl & sltsta & HPEV_MASK : 0;
  const next = pending !== 0 ? 1 : 0;
  if (next !== prev) yield write(port + qemu_port.hpev_notified, next);
  return prev;
}

/** Tells the guest of a change of the aggregate. */
export function* hotplug_event_notify(port: Ptr, d: PortModel): Proc<void> {
  const prev = yield* hotplug_event_update_event_status(port);
  const next = yield read(port + qemu_port.hpev_notified);
  if (next === prev) return;
  yield* d.port_tell(port, next);
}

/** An event; it may be dropped where its bits are already set. */
export function* pcie_cap_slot_event(port: Ptr, events: number, d: PortModel): Proc<void> {
  const sltsta = yield readl(port + qemu_port.sltsta);
  if ((yield* d.port_drops_event(sltsta, events)) !== 0) return;
  yield writel(port + qemu_port.sltsta, sltsta | events);
  yield* hotplug_event_notify(port, d);
}

/** A write to Slot Control: effects in QEMU's order. */
function* pcie_cap_slot_write_control(port: Ptr, value: number, d: PortModel): Proc<void> {
  const old = yield readl(port + qemu_port.sltctl);
  const next = (old & ~SLTCTL_WRITABLE) | (value & SLTCTL_WRITABLE);
  yield writel(port + qemu_port.sltctl, next);
  let sltsta = yield readl(port + qemu_port.sltsta);
  if ((value & PCI_EXP_SLTCTL_EIC) !== 0) {
    const sltctl = yield readl(port + qemu_port.sltctl);
    yield writel(port + qemu_port.sltctl, sltctl & ~PCI_EXP_SLTCTL_EIC);
    sltsta ^= PCI_EXP_SLTSTA_EIS;
    yield writel(port + qemu_port.sltsta, sltsta);
  }
  if ((sltsta & PCI_EXP_SLTSTA_PDS) !== 0 && (yield* d.port_consents(old, value)) !== 0) {
    yield* qemu_card_detach(port, d);
    sltsta = (sltsta & ~PCI_EXP_SLTSTA_PDS) | PCI_EXP_SLTSTA_PDC;
    yield writel(port + qemu_port.sltsta, sltsta);
  }
  yield* d.port_enables_written(port, d);
  yield* d.port_complete(port, old ^ next, d);
}

/** The device leaves the bus behind the port. */
export function* qemu_card_detach(port: Ptr, d: PortModel): Proc<void> {
  yield write(port + qemu_port.card, 0);
  yield* d.port_link(port, 0);
}

/**
 * A write to Slot Status: write-one-to-clear of the event bits. It never sends a message; when all
 * enabled events are gone it arms the edge again.
 */
function* pcie_cap_slot_write_status(port: Ptr, value: number, d: PortModel): Proc<void> {
  const sltsta = yield readl(port + qemu_port.sltsta);
  const cleared = yield* d.port_clears(sltsta, value & HPEV_MASK);
  yield writel(port + qemu_port.sltsta, sltsta & ~cleared);
  yield* hotplug_event_update_event_status(port);
  yield* d.port_cleared(port);
}

/** A config read of the PCIe capability by a guest CPU. */
export function* qemu_port_config_read(port: Ptr, pos: number, d: PortModel): Proc<number> {
  yield raw_spin_lock_irqsave(d.bql);
  const value = yield readl(port + capability_word(pos));
  yield raw_spin_unlock_irqrestore(d.bql);
  return value;
}

/** A config write to the PCIe capability by a guest CPU. */
export function* qemu_port_config_write(
  port: Ptr,
  pos: number,
  value: number,
  d: PortModel,
): Proc<void> {
  yield raw_spin_lock_irqsave(d.bql);
  switch (pos) {
    case PCI_EXP_SLTCTL:
      yield* pcie_cap_slot_write_control(port, value, d);
      break;
    case PCI_EXP_SLTSTA:
      yield* pcie_cap_slot_write_status(port, value, d);
      break;
    case PCI_EXP_LNKCTL:
      yield writel(port + qemu_port.lnkctl, value);
      break;
    default:
      break;
  }
  yield raw_spin_unlock_irqrestore(d.bql);
}

/** Vendor and device id of function 0 behind the port: all ones where there is none. */
export function* qemu_card_id_read(port: Ptr, d: PortModel): Proc<number> {
  yield raw_spin_lock_irqsave(d.bql);
  const id = yield readl(port + qemu_port.card);
  const powered = yield* d.port_powers(port);
  yield raw_spin_unlock_irqrestore(d.bql);
  return id === 0 || powered === 0 ? ALL_ONES_32 : id;
}

/** Command register of function 0 behind the port. */
export function* qemu_card_command_read(port: Ptr, d: PortModel): Proc<number> {
  yield raw_spin_lock_irqsave(d.bql);
  const command = yield readl(port + qemu_port.card_command);
  yield raw_spin_unlock_irqrestore(d.bql);
  return command;
}

export function* qemu_card_command_write(port: Ptr, value: number, d: PortModel): Proc<void> {
  yield raw_spin_lock_irqsave(d.bql);
  yield writel(port + qemu_port.card_command, value);
  yield raw_spin_unlock_irqrestore(d.bql);
}

/**
 * device_add of function 0: 1 if plugged, 0 if the electromechanical lock refuses. The card's id
 * stands before presence, as the device exists before the slot's handler is called.
 */
export function* pcie_cap_slot_hotplug_cb(port: Ptr, card: number, d: PortModel): Proc<number> {
  yield raw_spin_lock_irqsave(d.bql);
  const sltsta = yield readl(port + qemu_port.sltsta);
  const locked = sltsta & PCI_EXP_SLTSTA_EIS;
  if (locked === 0) {
    yield writel(port + qemu_port.card, card);
    yield writel(port + qemu_port.sltsta, sltsta | PCI_EXP_SLTSTA_PDS);
    yield* d.port_link(port, 1);
    yield* pcie_cap_slot_event(port, PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_ABP, d);
  }
  yield raw_spin_unlock_irqrestore(d.bql);
  return locked === 0 ? 1 : 0;
}

/** device_del. */
export function* pcie_cap_slot_hot_unplug_request_cb(port: Ptr, d: PortModel): Proc<void> {
  yield raw_spin_lock_irqsave(d.bql);
  yield* d.port_unplug(port, d);
  yield raw_spin_unlock_irqrestore(d.bql);
}
