/** The procedures in which the rows of pciehp.md 4 differ, before their fix and after it. */
import { complete, type Proc, type Ptr, read, write } from '#ops';
import { PCI_EXP_SLTCTL } from '../hardware/pci_regs.ts';
import { SLTCTL_ENABLES } from '../hardware/qemu_port_regs.ts';
import { pcie_capability_write_word } from './pci_access.ts';
import { pcie_write_cmd } from './pciehp_cmd.ts';
import type { RecordedPciehp } from './record_design.ts';
import { controller, hotplug_slot, pci_dev } from './structs.ts';

/** A port that no list names: it is believed to complete every command. */
export function* quirk_not_listed(_ctrl: Ptr): Proc<void> {
  // broken_cmd_compl stays 0.
}

/** The erratum list (Intel any, Qualcomm, HXT). */
export function* quirk_listed(ctrl: Ptr): Proc<void> {
  const pdev = yield read(ctrl + controller.pdev);
  yield write(pdev + pci_dev.broken_cmd_compl, 1);
}

/** Its files appear: whoever waits for them hears of it. */
export function* slot_published(d: RecordedPciehp): Proc<void> {
  yield complete(d.hotplug_slot + hotplug_slot.uevent.at);
}

export function* slot_not_published(_d: RecordedPciehp): Proc<void> {
  // User space sees nothing yet, or has seen it already.
}

/** pci_restore_pcie_state(): behind ctrl_lock, slot_ctrl and cmd_busy. */
export function* restored_directly(_ctrl: Ptr, saved: number, d: RecordedPciehp): Proc<void> {
  yield* pcie_capability_write_word(PCI_EXP_SLTCTL, saved, d);
}

/** The proposal: a command like any other; indicators and power are the driver's. */
export function* restored_by_command(ctrl: Ptr, saved: number, d: RecordedPciehp): Proc<void> {
  yield* pcie_write_cmd(ctrl, saved, SLTCTL_ENABLES, d);
}
