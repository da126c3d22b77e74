/** pciehp_probe() of 4.20-rc1, one procedure a phase (pciehp.md 2.6, probe order). */
import {
  down_read,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  read,
  up_read,
  write,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import {
  PCI_EXP_LNKCAP,
  PCI_EXP_LNKCAP_DLLLARC,
  PCI_EXP_SLTCAP,
  PCI_EXP_SLTCAP_ABP,
  PCI_EXP_SLTCAP_PCP,
  PCI_EXP_SLTCTL_ABPE,
  PCI_EXP_SLTCTL_CCIE,
  PCI_EXP_SLTCTL_DLLSCE,
  PCI_EXP_SLTCTL_HPIE,
  PCI_EXP_SLTCTL_MRLSCE,
  PCI_EXP_SLTCTL_PDCE,
  PCI_EXP_SLTCTL_PFDE,
  PCI_EXP_SLTSTA,
  PCI_EXP_SLTSTA_MRLSC,
  PCI_EXP_SLTSTA_PDC,
} from '../hardware/pci_regs.ts';
import type { Pciehp } from './design.ts';
import { pcie_capability_read_word, pcie_capability_write_word } from './pci_access.ts';
import { pcie_write_cmd, pcie_write_cmd_nowait } from './pciehp_cmd.ts';
import { pciehp_request } from './pciehp_ctrl.ts';
import {
  pciehp_card_present,
  pciehp_get_power_status,
  pciehp_power_off_slot,
} from './pciehp_hpc.ts';
import {
  BLINKINGOFF_STATE,
  BLINKINGON_STATE,
  controller,
  irqaction,
  OFF_STATE,
  ON_STATE,
  pci_bus,
  pci_dev,
  SLOT_EVENTS,
} from './structs.ts';

const ev = eventCodes('INITIALISED', 'IRQ_REQUESTED', 'NOTIFICATION_ENABLED', 'PRESENCE_CHECKED');

/** Enables that pcie_enable_notification() decides on. */
const NOTIFY =
  PCI_EXP_SLTCTL_PDCE |
  PCI_EXP_SLTCTL_ABPE |
  PCI_EXP_SLTCTL_PFDE |
  PCI_EXP_SLTCTL_HPIE |
  PCI_EXP_SLTCTL_CCIE |
  PCI_EXP_SLTCTL_DLLSCE;

/** Creates the controller; a slot that is empty and powered is switched off. */
export function* pcie_init(ctrl: Ptr, d: Pciehp): Proc<number> {
  const pdev = yield read(ctrl + controller.pdev);
  const bus = yield read(pdev + pci_dev.subordinate);
  const slot_cap = yield* pcie_capability_read_word(PCI_EXP_SLTCAP, d);
  yield write(ctrl + controller.slot_cap, slot_cap);
  yield down_read(d.pci_bus_sem);
  const first = yield read(bus + pci_bus.devices.next);
  yield write(ctrl + controller.state, first === bus + pci_bus.devices.at ? OFF_STATE : ON_STATE);
  yield up_read(d.pci_bus_sem);
  const link_cap = yield* pcie_capability_read_word(PCI_EXP_LNKCAP, d);
  const reporting = (link_cap & PCI_EXP_LNKCAP_DLLLARC) !== 0 ? 1 : 0;
  yield write(ctrl + controller.link_active_reporting, reporting);
  // What happened before nobody listened is looked at as a state, by pciehp_check_presence().
  yield* pcie_capability_write_word(PCI_EXP_SLTSTA, SLOT_EVENTS | PCI_EXP_SLTSTA_MRLSC, d);
  if ((slot_cap & PCI_EXP_SLTCAP_PCP) !== 0) {
    const occupied = yield* pciehp_card_present(d);
    const powered = yield* pciehp_get_power_status(d);
    if (occupied === 0 && powered !== 0) {
      yield* pcie_disable_notification(ctrl, d);
      yield* pciehp_power_off_slot(ctrl, d);
    }
  }
  return ev.INITIALISED;
}

/** request_threaded_irq(): interrupts reach pciehp_isr from now on; or the poll thread starts. */
export function* pciehp_request_irq(ctrl: Ptr, _d: Pciehp): Proc<number> {
  const action = yield read(ctrl + controller.action);
  yield write(action + irqaction.handler, 1);
  return ev.IRQ_REQUESTED;
}

/** Power faults are never enabled: some ports report them without end. */
function* pcie_enable_notification(ctrl: Ptr, d: Pciehp): Proc<void> {
  const slot_cap = yield read(ctrl + controller.slot_cap);
  // A button announces a change that presence detection would only repeat.
  const event = (slot_cap & PCI_EXP_SLTCAP_ABP) !== 0 ? PCI_EXP_SLTCTL_ABPE : PCI_EXP_SLTCTL_PDCE;
  const interrupts = d.pciehp_poll_mode !== 0 ? 0 : PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_CCIE;
  const cmd = PCI_EXP_SLTCTL_DLLSCE | event | interrupts;
  yield* pcie_write_cmd_nowait(ctrl, cmd, NOTIFY, d);
}

/** Probe of an empty slot that is powered; remove, and so kexec. */
export function* pcie_disable_notification(ctrl: Ptr, d: Pciehp): Proc<void> {
  yield* pcie_write_cmd(ctrl, 0, NOTIFY | PCI_EXP_SLTCTL_MRLSCE, d);
}

export function* pcie_init_notification(ctrl: Ptr, d: Pciehp): Proc<number> {
  yield* pcie_enable_notification(ctrl, d);
  yield write(ctrl + controller.notification_enabled, 1);
  return ev.NOTIFICATION_ENABLED;
}

/** Whether state and slot agree; if not, the IRQ thread is told of a presence change. */
export function* pciehp_check_presence(ctrl: Ptr, d: Pciehp): Proc<number> {
  yield down_read(ctrl + controller.reset_lock.at);
  yield mutex_lock(ctrl + controller.state_lock.at);
  const occupied = yield* d.slot_occupied(ctrl, d);
  const state = yield read(ctrl + controller.state);
  const off = state === OFF_STATE || state === BLINKINGON_STATE ? 1 : 0;
  const on = state === ON_STATE || state === BLINKINGOFF_STATE ? 1 : 0;
  if ((occupied !== 0 && off !== 0) || (occupied === 0 && on !== 0)) {
    yield* pciehp_request(ctrl, PCI_EXP_SLTSTA_PDC, d);
  }
  yield mutex_unlock(ctrl + controller.state_lock.at);
  yield up_read(ctrl + controller.reset_lock.at);
  return ev.PRESENCE_CHECKED;
}
