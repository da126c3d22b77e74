/**
 * What hotplug ports do differently (pciehp.md 1.7): how they tell the guest, when they complete a
 * command, and what QEMU changed between late 2018 and 7.2.
 */
import { type Proc, type Ptr, raise_irq, read, readl, writel } from '#ops';
import {
  PCI_EXP_LNKSTA_DLLLA,
  PCI_EXP_SLTCTL_PCC,
  PCI_EXP_SLTCTL_PIC,
  PCI_EXP_SLTCTL_PWR_IND_BLINK,
  PCI_EXP_SLTCTL_PWR_IND_OFF,
  PCI_EXP_SLTSTA_ABP,
  PCI_EXP_SLTSTA_CC,
  PCI_EXP_SLTSTA_PDC,
  PCI_EXP_SLTSTA_PDS,
} from './pci_regs.ts';
import type { PortModel } from './port_model.ts';
import {
  hotplug_event_notify,
  hotplug_event_update_event_status,
  pcie_cap_slot_event,
  qemu_card_detach,
} from './qemu_port.ts';
import { qemu_port } from './qemu_port_regs.ts';

/** Power off with the power LED off. */
const CONSENT = PCI_EXP_SLTCTL_PCC | PCI_EXP_SLTCTL_PWR_IND_OFF;
const POWER = PCI_EXP_SLTCTL_PCC | PCI_EXP_SLTCTL_PIC;

/** MSI: any change of the aggregate sends a message, also one from true to false. */
export function* tell_by_message(port: Ptr, _next: number): Proc<void> {
  const irq = yield read(port + qemu_port.irq);
  yield raise_irq(irq);
}

/** A message of MSI has no level that clearing could lower. */
export function* cleared_by_message(_port: Ptr): Proc<void> {
  // W1C never sends one.
}

/** An edge that was declined is gone. */
export function* return_from_edge(_irq: Ptr, _action: Ptr, _declined: number): Proc<void> {
  // The next edge brings the handler.
}

/** Whether an event became enabled is told when Slot Control is written. */
export function* notify_enabled(port: Ptr, d: PortModel): Proc<void> {
  yield* hotplug_event_notify(port, d);
}

/** An event that was pending when it became enabled is taken for told. */
export function* enable_silently(port: Ptr, _d: PortModel): Proc<void> {
  yield* hotplug_event_update_event_status(port);
}

/** QEMU: complete before the guest's write returns. */
export function* complete_at_once(port: Ptr, _changed: number, d: PortModel): Proc<void> {
  yield* pcie_cap_slot_event(port, PCI_EXP_SLTSTA_CC, d);
}

/** 2018: an event is dropped when ANY of its bits is set. */
export function* dropped_if_any(sltsta: number, events: number): Proc<number> {
  return (sltsta & events) !== 0 ? 1 : 0;
}

/** 2018: consent is what the write says, whatever the register held before. */
export function* consents_by_value(_old: number, value: number): Proc<number> {
  return (value & POWER) === CONSENT ? 1 : 0;
}

/** 2018: the link is always active. */
export function* link_hard_wired(_port: Ptr, _active: number): Proc<void> {
  // x-pcie-lnksta-dllla, on by default.
}

export function* clears_what_is_written(_sltsta: number, value: number): Proc<number> {
  return value;
}

/** 2018: no more than a press of the attention button; the guest has to answer. */
export function* unplug_by_button(port: Ptr, d: PortModel): Proc<void> {
  yield* pcie_cap_slot_event(port, PCI_EXP_SLTSTA_ABP, d);
}

/** 2018: a device is powered while it is there. */
export function* always_powered(_port: Ptr): Proc<number> {
  return 1;
}

/** 7.2: an event is dropped when ALL of its bits are set. */
export function* dropped_if_all(sltsta: number, events: number): Proc<number> {
  return (sltsta & events) === events ? 1 : 0;
}

/** 7.2: only the write that completes the condition lets the device go. */
export function* consents_by_change(old: number, value: number): Proc<number> {
  return (value & POWER) === CONSENT && (old & POWER) !== CONSENT ? 1 : 0;
}

/** 7.2: the link is active while a device is there. */
export function* link_follows_card(port: Ptr, active: number): Proc<void> {
  const lnksta = yield readl(port + qemu_port.lnksta);
  const dllla = active !== 0 ? PCI_EXP_LNKSTA_DLLLA : 0;
  yield writel(port + qemu_port.lnksta, (lnksta & ~PCI_EXP_LNKSTA_DLLLA) | dllla);
}

/** 7.2: a write that would clear an event which was not set clears none at all. */
export function* clears_only_what_is_set(sltsta: number, value: number): Proc<number> {
  return (value & ~sltsta) !== 0 ? 0 : value;
}

/** 7.2: a slot that is off gives its device up at once; one that blinks refuses. */
export function* unplug_by_state(port: Ptr, d: PortModel): Proc<void> {
  const sltctl = yield readl(port + qemu_port.sltctl);
  if ((sltctl & PCI_EXP_SLTCTL_PIC) === PCI_EXP_SLTCTL_PWR_IND_BLINK) return;
  if ((sltctl & POWER) !== CONSENT) {
    yield* pcie_cap_slot_event(port, PCI_EXP_SLTSTA_ABP, d);
    return;
  }
  yield* qemu_card_detach(port, d);
  const sltsta = yield readl(port + qemu_port.sltsta);
  yield writel(port + qemu_port.sltsta, (sltsta & ~PCI_EXP_SLTSTA_PDS) | PCI_EXP_SLTSTA_PDC);
  yield* hotplug_event_notify(port, d);
  const after = yield readl(port + qemu_port.sltsta);
  yield writel(port + qemu_port.sltsta, after & ~PCI_EXP_SLTSTA_ABP);
}

/** 7.2: the power controller switches the device. */
export function* powered_by_control(port: Ptr): Proc<number> {
  const sltctl = yield readl(port + qemu_port.sltctl);
  return (sltctl & PCI_EXP_SLTCTL_PCC) === 0 ? 1 : 0;
}
