/**
 * Where the designs of pciehp.md 3.1.5 differ: when the software copy of Slot Control follows the
 * register, and what pciehp_isr looks at to tell whether hotplug interrupts are masked.
 */
import {
  ktime_ms,
  type Proc,
  type Ptr,
  read,
  spin_lock,
  spin_lock_irqsave,
  spin_unlock,
  spin_unlock_irqrestore,
  write,
} from '#ops';
import {
  ALL_ONES_16,
  PCI_EXP_LNKSTA,
  PCI_EXP_LNKSTA_DLLLA,
  PCI_EXP_SLTCTL,
  PCI_EXP_SLTCTL_HPIE,
  PCI_EXP_SLTSTA,
  PCI_EXP_SLTSTA_PDS,
} from '../hardware/pci_regs.ts';
import type { Pciehp } from './design.ts';
import { pcie_capability_read_word, pcie_capability_write_word } from './pci_access.ts';
import { controller, SLOT_EVENTS } from './structs.ts';

/** 4.19 and 4.20-rc1: the copy follows the register, after the command may have completed. */
export function* copy_after_write(ctrl: Ptr, _orig: number, next: number, d: Pciehp): Proc<void> {
  yield* pcie_capability_write_word(PCI_EXP_SLTCTL, next, d);
  yield write(ctrl + controller.cmd_started, yield ktime_ms());
  yield write(ctrl + controller.slot_ctrl, next);
}

/** The upstream fix, November 2018: the computed value is published before the register write. */
export function* copy_before_write(ctrl: Ptr, _orig: number, next: number, d: Pciehp): Proc<void> {
  yield write(ctrl + controller.slot_ctrl, next);
  yield* pcie_capability_write_word(PCI_EXP_SLTCTL, next, d);
  yield write(ctrl + controller.cmd_started, yield ktime_ms());
}

/** A3: the value that was read is published, before the new bits are merged into it. */
export function* copy_before_merge(ctrl: Ptr, orig: number, next: number, d: Pciehp): Proc<void> {
  yield write(ctrl + controller.slot_ctrl, orig);
  yield* pcie_capability_write_word(PCI_EXP_SLTCTL, next, d);
  yield write(ctrl + controller.cmd_started, yield ktime_ms());
}

/** A6: enabling is published before the write, disabling after it: never masked too early. */
export function* copy_set_before_clear_after(
  ctrl: Ptr,
  orig: number,
  next: number,
  d: Pciehp,
): Proc<void> {
  if ((next & PCI_EXP_SLTCTL_HPIE) !== 0) {
    yield* copy_before_write(ctrl, orig, next, d);
  } else {
    yield* copy_after_write(ctrl, orig, next, d);
  }
}

/** A7: write and copy are one step to an ISR that takes the same spinlock. */
export function* copy_under_lock(ctrl: Ptr, _orig: number, next: number, d: Pciehp): Proc<void> {
  yield spin_lock_irqsave(d.slot_ctrl_lock);
  yield* pcie_capability_write_word(PCI_EXP_SLTCTL, next, d);
  yield write(ctrl + controller.slot_ctrl, next);
  yield spin_unlock_irqrestore(d.slot_ctrl_lock);
  yield write(ctrl + controller.cmd_started, yield ktime_ms());
}

/** 4.19: the ISR never asks. */
export function* never_masked(_ctrl: Ptr, _d: Pciehp): Proc<number> {
  return 0;
}

/** 720d6a671a6e: hotplug interrupts are masked when the software copy lacks HPIE. */
export function* masked_by_copy(ctrl: Ptr, _d: Pciehp): Proc<number> {
  const slot_ctrl = yield read(ctrl + controller.slot_ctrl);
  return (slot_ctrl & PCI_EXP_SLTCTL_HPIE) === 0 ? 1 : 0;
}

/** A4: the register itself says; one more config access an interrupt. */
export function* masked_by_register(_ctrl: Ptr, d: Pciehp): Proc<number> {
  const slot_ctrl = yield* pcie_capability_read_word(PCI_EXP_SLTCTL, d);
  return (slot_ctrl & PCI_EXP_SLTCTL_HPIE) === 0 ? 1 : 0;
}

/** A5: declines by the copy, but clears the status so that the edge is armed again. */
export function* masked_by_copy_clearing(ctrl: Ptr, d: Pciehp): Proc<number> {
  const masked = yield* masked_by_copy(ctrl, d);
  if (masked !== 0) {
    const status = yield* pcie_capability_read_word(PCI_EXP_SLTSTA, d);
    const events = status === ALL_ONES_16 ? 0 : status & SLOT_EVENTS;
    if (events !== 0) yield* pcie_capability_write_word(PCI_EXP_SLTSTA, events, d);
  }
  return masked;
}

/** A7: the copy is read under the writer's spinlock. */
export function* masked_by_copy_locked(ctrl: Ptr, d: Pciehp): Proc<number> {
  yield spin_lock(d.slot_ctrl_lock);
  const masked = yield* masked_by_copy(ctrl, d);
  yield spin_unlock(d.slot_ctrl_lock);
  return masked;
}

/** 4.19: a card is there when its presence is detected. */
export function* occupied_by_presence(_ctrl: Ptr, d: Pciehp): Proc<number> {
  const status = yield* pcie_capability_read_word(PCI_EXP_SLTSTA, d);
  return (status & PCI_EXP_SLTSTA_PDS) !== 0 ? 1 : 0;
}

/** 80696f991424 (4.20): or when the link is active, for ports with presence wired to zero. */
export function* occupied_by_presence_or_link(ctrl: Ptr, d: Pciehp): Proc<number> {
  if ((yield* occupied_by_presence(ctrl, d)) !== 0) return 1;
  const status = yield* pcie_capability_read_word(PCI_EXP_LNKSTA, d);
  return (status & PCI_EXP_LNKSTA_DLLLA) !== 0 ? 1 : 0;
}
