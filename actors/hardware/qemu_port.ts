/**
 * A QEMU hotplug port of late 2018 seen from inside (pciehp.md 1.7). A guest's config access ends
 * in qemu_port_config_read/write; the monitor's device_add and device_del end in the *_cb
 * procedures. All of it happens under the big QEMU lock, so the guest never sees a half-done one.
 *
 * The trap: hpev_notified is the aggregate over all enabled events, and a message is sent only when
 * it changes. One status bit that nobody clears keeps it at 1 for ever, and no message follows.
 * The port has MSI and uses it; INTx, which would fire again and again, is not modelled.
 */
import {
  type Proc,
  type Ptr,
  raise_irq,
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
  PCI_EXP_SLTCTL_PCC,
  PCI_EXP_SLTCTL_PIC,
  PCI_EXP_SLTCTL_PWR_IND_OFF,
  PCI_EXP_SLTSTA,
  PCI_EXP_SLTSTA_ABP,
  PCI_EXP_SLTSTA_CC,
  PCI_EXP_SLTSTA_EIS,
  PCI_EXP_SLTSTA_PDC,
  PCI_EXP_SLTSTA_PDS,
} from './pci_regs.ts';
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
function* hotplug_event_update_event_status(port: Ptr): Proc<number> {
  const prev = yield read(port + qemu_port.hpev_notified);
  const sltctl = yield readl(port + qemu_port.sltctl);
  const sltsta = yield readl(port + qemu_port.sltsta);
  const pending = (sltctl & PCI_EXP_SLTCTL_HPIE) !== 0 ? sltctl & sltsta & HPEV_MASK : 0;
  const next = pending !== 0 ? 1 : 0;
  if (next !== prev) yield write(port + qemu_port.hpev_notified, next);
  return prev;
}

/** Tells the guest of a change of the aggregate: with MSI also of one from true to false. */
function* hotplug_event_notify(port: Ptr): Proc<void> {
  const prev = yield* hotplug_event_update_event_status(port);
  const next = yield read(port + qemu_port.hpev_notified);
  if (next === prev) return;
  const irq = yield read(port + qemu_port.irq);
  yield raise_irq(irq);
}

/** An event; in 2018 it is dropped when ANY of its bits is already set. */
function* pcie_cap_slot_event(port: Ptr, events: number): Proc<void> {
  const sltsta = yield readl(port + qemu_port.sltsta);
  if ((sltsta & events) !== 0) return;
  yield writel(port + qemu_port.sltsta, sltsta | events);
  yield* hotplug_event_notify(port);
}

/** A write to Slot Control: effects in QEMU's order; the command completes before it returns. */
function* pcie_cap_slot_write_control(port: Ptr, value: number): Proc<void> {
  const old = yield readl(port + qemu_port.sltctl);
  yield writel(port + qemu_port.sltctl, (old & ~SLTCTL_WRITABLE) | (value & SLTCTL_WRITABLE));
  let sltsta = yield readl(port + qemu_port.sltsta);
  if ((value & PCI_EXP_SLTCTL_EIC) !== 0) {
    const sltctl = yield readl(port + qemu_port.sltctl);
    yield writel(port + qemu_port.sltctl, sltctl & ~PCI_EXP_SLTCTL_EIC);
    sltsta ^= PCI_EXP_SLTSTA_EIS;
    yield writel(port + qemu_port.sltsta, sltsta);
  }
  // Power off with the power LED off is the guest's consent: the device goes (2018: whatever the
  // register held before).
  const consent = PCI_EXP_SLTCTL_PCC | PCI_EXP_SLTCTL_PWR_IND_OFF;
  const controls = value & (PCI_EXP_SLTCTL_PCC | PCI_EXP_SLTCTL_PIC);
  if ((sltsta & PCI_EXP_SLTSTA_PDS) !== 0 && controls === consent) {
    yield write(port + qemu_port.card, 0);
    sltsta = (sltsta & ~PCI_EXP_SLTSTA_PDS) | PCI_EXP_SLTSTA_PDC;
    yield writel(port + qemu_port.sltsta, sltsta);
  }
  yield* hotplug_event_notify(port);
  yield* pcie_cap_slot_event(port, PCI_EXP_SLTSTA_CC);
}

/**
 * A write to Slot Status: write-one-to-clear of the event bits. It never sends a message; when all
 * enabled events are gone it arms the edge again.
 */
function* pcie_cap_slot_write_status(port: Ptr, value: number): Proc<void> {
  const sltsta = yield readl(port + qemu_port.sltsta);
  yield writel(port + qemu_port.sltsta, sltsta & ~(value & HPEV_MASK));
  yield* hotplug_event_update_event_status(port);
}

/** A config read of the PCIe capability by a guest CPU. */
export function* qemu_port_config_read(port: Ptr, pos: number, bql: Ptr): Proc<number> {
  yield raw_spin_lock_irqsave(bql);
  const value = yield readl(port + capability_word(pos));
  yield raw_spin_unlock_irqrestore(bql);
  return value;
}

/** A config write to the PCIe capability by a guest CPU. */
export function* qemu_port_config_write(
  port: Ptr,
  pos: number,
  value: number,
  bql: Ptr,
): Proc<void> {
  yield raw_spin_lock_irqsave(bql);
  switch (pos) {
    case PCI_EXP_SLTCTL:
      yield* pcie_cap_slot_write_control(port, value);
      break;
    case PCI_EXP_SLTSTA:
      yield* pcie_cap_slot_write_status(port, value);
      break;
    case PCI_EXP_LNKCTL:
      yield writel(port + qemu_port.lnkctl, value);
      break;
    default:
      break;
  }
  yield raw_spin_unlock_irqrestore(bql);
}

/** Vendor and device id of function 0 behind the port: all ones where there is none. */
export function* qemu_card_id_read(port: Ptr, bql: Ptr): Proc<number> {
  yield raw_spin_lock_irqsave(bql);
  const id = yield readl(port + qemu_port.card);
  yield raw_spin_unlock_irqrestore(bql);
  return id === 0 ? ALL_ONES_32 : id;
}

/** Command register of function 0 behind the port. */
export function* qemu_card_command_read(port: Ptr, bql: Ptr): Proc<number> {
  yield raw_spin_lock_irqsave(bql);
  const command = yield readl(port + qemu_port.card_command);
  yield raw_spin_unlock_irqrestore(bql);
  return command;
}

export function* qemu_card_command_write(port: Ptr, value: number, bql: Ptr): Proc<void> {
  yield raw_spin_lock_irqsave(bql);
  yield writel(port + qemu_port.card_command, value);
  yield raw_spin_unlock_irqrestore(bql);
}

/**
 * device_add of function 0: 1 if plugged, 0 if the electromechanical lock refuses. The card's id
 * stands before presence, as the device exists before the slot's handler is called.
 */
export function* pcie_cap_slot_hotplug_cb(port: Ptr, card: number, bql: Ptr): Proc<number> {
  yield raw_spin_lock_irqsave(bql);
  const sltsta = yield readl(port + qemu_port.sltsta);
  const locked = sltsta & PCI_EXP_SLTSTA_EIS;
  if (locked === 0) {
    yield writel(port + qemu_port.card, card);
    yield writel(port + qemu_port.sltsta, sltsta | PCI_EXP_SLTSTA_PDS);
    yield* pcie_cap_slot_event(port, PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_ABP);
  }
  yield raw_spin_unlock_irqrestore(bql);
  return locked === 0 ? 1 : 0;
}

/** device_del: in 2018 no more than a press of the attention button; the guest has to answer. */
export function* pcie_cap_slot_hot_unplug_request_cb(port: Ptr, bql: Ptr): Proc<void> {
  yield raw_spin_lock_irqsave(bql);
  yield* pcie_cap_slot_event(port, PCI_EXP_SLTSTA_ABP);
  yield raw_spin_unlock_irqrestore(bql);
}
