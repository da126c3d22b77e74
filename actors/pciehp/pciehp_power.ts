/** Bringing a slot up and down (pciehp.md 2.6: enable_slot, disable_slot and what they call). */
import { msleep, mutex_lock, mutex_unlock, type Proc, type Ptr, printk, read, write } from '#ops';
import {
  PCI_EXP_SLTCAP_ABP,
  PCI_EXP_SLTCAP_MRLSP,
  PCI_EXP_SLTCAP_PCP,
} from '../hardware/pci_regs.ts';
import type { Pciehp } from './design.ts';
import {
  pciehp_check_link_status,
  pciehp_get_latch_status,
  pciehp_get_power_status,
  pciehp_green_led_blink,
  pciehp_green_led_off,
  pciehp_green_led_on,
  pciehp_power_off_slot,
  pciehp_power_on_slot,
  pciehp_query_power_fault,
  pciehp_set_attention_status,
} from './pciehp_hpc.ts';
import { pciehp_configure_device, pciehp_unconfigure_device } from './pciehp_pci.ts';
import { controller, EEXIST, EINVAL, EIO, ENODEV, OFF_STATE, ON_STATE } from './structs.ts';

/** After power off software waits this long before it lights "may be pulled" (sec 6.7.1.8). */
const POWER_OFF_MS = 1000;

/** The answer to a failed bring-up: power off, attention on. */
function* set_slot_off(ctrl: Ptr, slot_cap: number, d: Pciehp): Proc<void> {
  if ((slot_cap & PCI_EXP_SLTCAP_PCP) !== 0) {
    yield* pciehp_power_off_slot(ctrl, d);
    yield msleep(POWER_OFF_MS);
  }
  yield* pciehp_green_led_off(ctrl, d);
  yield* pciehp_set_attention_status(ctrl, 1, d);
}

/** Powers the slot, waits for the link, enumerates: 0, or a negative errno with the slot off. */
function* board_added(ctrl: Ptr, slot_cap: number, d: Pciehp): Proc<number> {
  if ((slot_cap & PCI_EXP_SLTCAP_PCP) !== 0) yield* pciehp_power_on_slot(ctrl, d);
  yield* pciehp_green_led_blink(ctrl, d);
  const failure = yield* try_board(ctrl, d);
  if (failure !== 0) {
    yield* set_slot_off(ctrl, slot_cap, d);
    return failure;
  }
  yield* pciehp_green_led_on(ctrl, d);
  yield* pciehp_set_attention_status(ctrl, 0, d);
  return 0;
}

function* try_board(ctrl: Ptr, d: Pciehp): Proc<number> {
  const link = yield* pciehp_check_link_status(ctrl, d);
  if (link !== 0) {
    yield printk(
      'pciehp %04x:%02x:%02x.%x:pcie%03x: Failed to check link status',
      d.domain,
      d.bus,
      d.device,
      d.func,
      d.service,
    );
    return link;
  }
  if (
    (yield read(ctrl + controller.power_fault_detected)) !== 0 ||
    (yield* pciehp_query_power_fault(d)) !== 0
  ) {
    yield printk(
      'pciehp %04x:%02x:%02x.%x:pcie%03x: Slot(%d): Power fault',
      d.domain,
      d.bus,
      d.device,
      d.func,
      d.service,
      d.slot,
    );
    return -EIO;
  }
  const configured = yield* pciehp_configure_device(ctrl, d);
  // A device that is there already is no failure.
  return configured === -EEXIST ? 0 : configured;
}

function* __pciehp_enable_slot(ctrl: Ptr, slot_cap: number, d: Pciehp): Proc<number> {
  if ((slot_cap & PCI_EXP_SLTCAP_MRLSP) !== 0) {
    if ((yield* pciehp_get_latch_status(d)) !== 0) {
      yield printk(
        'pciehp %04x:%02x:%02x.%x:pcie%03x: Slot(%d): Latch open',
        d.domain,
        d.bus,
        d.device,
        d.func,
        d.service,
        d.slot,
      );
      return -ENODEV;
    }
  }
  if ((slot_cap & PCI_EXP_SLTCAP_PCP) !== 0) {
    if ((yield* pciehp_get_power_status(d)) !== 0) {
      yield printk(
        'pciehp %04x:%02x:%02x.%x:pcie%03x: Slot(%d): Already enabled',
        d.domain,
        d.bus,
        d.device,
        d.func,
        d.service,
        d.slot,
      );
      return 0;
    }
  }
  return yield* board_added(ctrl, slot_cap, d);
}

export function* pciehp_enable_slot(ctrl: Ptr, d: Pciehp): Proc<number> {
  const slot_cap = yield read(ctrl + controller.slot_cap);
  const result = yield* __pciehp_enable_slot(ctrl, slot_cap, d);
  // The blinking of the button press must not stay.
  if (result !== 0 && (slot_cap & PCI_EXP_SLTCAP_ABP) !== 0) yield* pciehp_green_led_off(ctrl, d);
  yield mutex_lock(ctrl + controller.state_lock.at);
  yield write(ctrl + controller.state, result !== 0 ? OFF_STATE : ON_STATE);
  yield mutex_unlock(ctrl + controller.state_lock.at);
  return result;
}

function* remove_board(ctrl: Ptr, slot_cap: number, safe: number, d: Pciehp): Proc<void> {
  yield* pciehp_unconfigure_device(ctrl, safe, d);
  if ((slot_cap & PCI_EXP_SLTCAP_PCP) !== 0) {
    yield* pciehp_power_off_slot(ctrl, d);
    // Events of this power-off are dropped only since Linux 3943af9d01e9 (2019).
    yield msleep(POWER_OFF_MS);
  }
  yield* pciehp_green_led_off(ctrl, d);
}

function* __pciehp_disable_slot(ctrl: Ptr, safe: number, d: Pciehp): Proc<number> {
  const slot_cap = yield read(ctrl + controller.slot_cap);
  if ((slot_cap & PCI_EXP_SLTCAP_PCP) !== 0) {
    if ((yield* pciehp_get_power_status(d)) === 0) {
      yield printk(
        'pciehp %04x:%02x:%02x.%x:pcie%03x: Slot(%d): Already disabled',
        d.domain,
        d.bus,
        d.device,
        d.func,
        d.service,
        d.slot,
      );
      return -EINVAL;
    }
  }
  yield* remove_board(ctrl, slot_cap, safe, d);
  return 0;
}

export function* pciehp_disable_slot(ctrl: Ptr, safe: number, d: Pciehp): Proc<number> {
  const result = yield* __pciehp_disable_slot(ctrl, safe, d);
  yield mutex_lock(ctrl + controller.state_lock.at);
  yield write(ctrl + controller.state, OFF_STATE);
  yield mutex_unlock(ctrl + controller.state_lock.at);
  return result;
}
