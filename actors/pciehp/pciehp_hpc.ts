/** The slot's registers as pciehp 4.20-rc1 uses them: LEDs, power, presence, link. */
import {
  atomic_fetch_and,
  ghost_add,
  msleep,
  type Proc,
  type Ptr,
  printk,
  read,
  write,
} from '#ops';
import {
  ALL_ONES_16,
  ALL_ONES_32,
  PCI_EXP_LNKCTL,
  PCI_EXP_LNKCTL_LD,
  PCI_EXP_LNKSTA,
  PCI_EXP_LNKSTA_DLLLA,
  PCI_EXP_LNKSTA_LT,
  PCI_EXP_LNKSTA_NLW,
  PCI_EXP_SLTCAP_AIP,
  PCI_EXP_SLTCAP_PIP,
  PCI_EXP_SLTCTL,
  PCI_EXP_SLTCTL_AIC,
  PCI_EXP_SLTCTL_ATTN_IND_OFF,
  PCI_EXP_SLTCTL_ATTN_IND_ON,
  PCI_EXP_SLTCTL_PCC,
  PCI_EXP_SLTCTL_PIC,
  PCI_EXP_SLTCTL_PWR_IND_BLINK,
  PCI_EXP_SLTCTL_PWR_IND_OFF,
  PCI_EXP_SLTCTL_PWR_IND_ON,
  PCI_EXP_SLTCTL_PWR_OFF,
  PCI_EXP_SLTCTL_PWR_ON,
  PCI_EXP_SLTSTA,
  PCI_EXP_SLTSTA_DLLSC,
  PCI_EXP_SLTSTA_MRLSS,
  PCI_EXP_SLTSTA_PDC,
  PCI_EXP_SLTSTA_PDS,
  PCI_EXP_SLTSTA_PFD,
} from '../hardware/pci_regs.ts';
import type { Pciehp } from './design.ts';
import {
  pci_bus_read_vendor_id,
  pcie_capability_read_word,
  pcie_capability_write_word,
} from './pci_access.ts';
import { pcie_write_cmd, pcie_write_cmd_nowait } from './pciehp_cmd.ts';
import { controller, EIO, ENODEV, pciehp_ghost } from './structs.ts';

/** pci_bus_check_dev: one read of the vendor id every 20 ms for 1000 ms. */
const CHECK_DEV_BUDGET_MS = 1000;
const CHECK_DEV_STEP_MS = 20;
/** Without link-active reporting nothing can be polled: 1000 ms for the link, 100 ms to settle. */
const LINK_BLIND_MS = 1100;
const LINK_MIN_MS = 20;
const LINK_POLL_MS = 10;
const LINK_BUDGET_MS = 1000;
const LINK_SETTLE_MS = 100;

function* set_power_indicator(ctrl: Ptr, value: number, d: Pciehp): Proc<void> {
  if (((yield read(ctrl + controller.slot_cap)) & PCI_EXP_SLTCAP_PIP) === 0) return;
  yield* pcie_write_cmd_nowait(ctrl, value, PCI_EXP_SLTCTL_PIC, d);
}

export function* pciehp_green_led_on(ctrl: Ptr, d: Pciehp): Proc<void> {
  yield* set_power_indicator(ctrl, PCI_EXP_SLTCTL_PWR_IND_ON, d);
}

export function* pciehp_green_led_off(ctrl: Ptr, d: Pciehp): Proc<void> {
  yield* set_power_indicator(ctrl, PCI_EXP_SLTCTL_PWR_IND_OFF, d);
}

export function* pciehp_green_led_blink(ctrl: Ptr, d: Pciehp): Proc<void> {
  yield* set_power_indicator(ctrl, PCI_EXP_SLTCTL_PWR_IND_BLINK, d);
}

/** 0 = off, 1 = on. */
export function* pciehp_set_attention_status(ctrl: Ptr, on: number, d: Pciehp): Proc<void> {
  if (((yield read(ctrl + controller.slot_cap)) & PCI_EXP_SLTCAP_AIP) === 0) return;
  const value = on !== 0 ? PCI_EXP_SLTCTL_ATTN_IND_ON : PCI_EXP_SLTCTL_ATTN_IND_OFF;
  yield* pcie_write_cmd_nowait(ctrl, value, PCI_EXP_SLTCTL_AIC, d);
}

/** Presence: 1, 0, or -ENODEV when the port itself does not answer. */
export function* pciehp_card_present(d: Pciehp): Proc<number> {
  const status = yield* pcie_capability_read_word(PCI_EXP_SLTSTA, d);
  if (status === ALL_ONES_16) return -ENODEV;
  return (status & PCI_EXP_SLTSTA_PDS) !== 0 ? 1 : 0;
}

/** Data link layer active: 1, 0, or -ENODEV. */
export function* pciehp_check_link_active(d: Pciehp): Proc<number> {
  const status = yield* pcie_capability_read_word(PCI_EXP_LNKSTA, d);
  if (status === ALL_ONES_16) return -ENODEV;
  return (status & PCI_EXP_LNKSTA_DLLLA) !== 0 ? 1 : 0;
}

/** 1 while the manually operated latch is open. */
export function* pciehp_get_latch_status(d: Pciehp): Proc<number> {
  const status = yield* pcie_capability_read_word(PCI_EXP_SLTSTA, d);
  return (status & PCI_EXP_SLTSTA_MRLSS) !== 0 ? 1 : 0;
}

/** 1 while the power controller is on. */
export function* pciehp_get_power_status(d: Pciehp): Proc<number> {
  const control = yield* pcie_capability_read_word(PCI_EXP_SLTCTL, d);
  return (control & PCI_EXP_SLTCTL_PCC) === 0 ? 1 : 0;
}

export function* pciehp_query_power_fault(d: Pciehp): Proc<number> {
  const status = yield* pcie_capability_read_word(PCI_EXP_SLTSTA, d);
  return (status & PCI_EXP_SLTSTA_PFD) !== 0 ? 1 : 0;
}

/** Power on, waiting for completion, and the link enabled. */
export function* pciehp_power_on_slot(ctrl: Ptr, d: Pciehp): Proc<void> {
  const status = yield* pcie_capability_read_word(PCI_EXP_SLTSTA, d);
  // A sticky power fault from before must not look like one of this attempt.
  if ((status & PCI_EXP_SLTSTA_PFD) !== 0) {
    yield* pcie_capability_write_word(PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PFD, d);
  }
  yield write(ctrl + controller.power_fault_detected, 0);
  yield ghost_add(d.ghost + pciehp_ghost.power_ups, 1);
  yield* pcie_write_cmd(ctrl, PCI_EXP_SLTCTL_PWR_ON, PCI_EXP_SLTCTL_PCC, d);
  const link = yield* pcie_capability_read_word(PCI_EXP_LNKCTL, d);
  yield* pcie_capability_write_word(PCI_EXP_LNKCTL, link & ~PCI_EXP_LNKCTL_LD, d);
}

export function* pciehp_power_off_slot(ctrl: Ptr, d: Pciehp): Proc<void> {
  yield* pcie_write_cmd(ctrl, PCI_EXP_SLTCTL_PWR_OFF, PCI_EXP_SLTCTL_PCC, d);
}

/** pcie_wait_for_link(active) of 4.20: 1 when the link is, or has to be taken to be, up. */
function* pcie_wait_for_link(ctrl: Ptr, d: Pciehp): Proc<number> {
  if ((yield read(ctrl + controller.link_active_reporting)) === 0) {
    yield msleep(LINK_BLIND_MS);
    return 1;
  }
  yield msleep(LINK_MIN_MS);
  let left = LINK_BUDGET_MS;
  for (;;) {
    if ((yield* pciehp_check_link_active(d)) === 1) break;
    if (left <= 0) return 0;
    yield msleep(LINK_POLL_MS);
    left -= LINK_POLL_MS;
  }
  yield msleep(LINK_SETTLE_MS);
  return 1;
}

/** Reads the vendor id until function 0 answers: 1 when it did, 0 after 50 tries. */
function* pci_bus_check_dev(d: Pciehp): Proc<number> {
  let left = CHECK_DEV_BUDGET_MS;
  while (left > 0) {
    const id = yield* pci_bus_read_vendor_id(d);
    if (id !== ALL_ONES_32) return 1;
    yield msleep(CHECK_DEV_STEP_MS);
    left -= CHECK_DEV_STEP_MS;
  }
  return 0;
}

/** 0 when a device answers behind a trained link, a negative errno otherwise. */
export function* pciehp_check_link_status(ctrl: Ptr, d: Pciehp): Proc<number> {
  if ((yield* pcie_wait_for_link(ctrl, d)) === 0) return -EIO;
  const found = yield* pci_bus_check_dev(d);
  // Linux 6c35a1ac3da6: a link that bounced while it trained is no event.
  if (found !== 0) {
    const changes = PCI_EXP_SLTSTA_DLLSC | PCI_EXP_SLTSTA_PDC;
    yield atomic_fetch_and(ctrl + controller.pending_events, ~changes);
  }
  const status = yield* pcie_capability_read_word(PCI_EXP_LNKSTA, d);
  if ((status & PCI_EXP_LNKSTA_LT) !== 0 || (status & PCI_EXP_LNKSTA_NLW) === 0) {
    yield printk(
      'pciehp %04x:%02x:%02x.%x:pcie%03x: link training error: status %#06x',
      d.domain,
      d.bus,
      d.device,
      d.func,
      d.service,
      status,
    );
    return -EIO;
  }
  return found !== 0 ? 0 : -EIO;
}
