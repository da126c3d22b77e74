/** What the IRQ thread does about events: the slot state machine of 4.20-rc1 (pciehp.md 2.6). */
import {
  atomic_fetch_or,
  cancel_work,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  printk,
  queue_delayed_work,
  read,
  work_done,
  work_wait,
  write,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { PCI_EXP_SLTSTA_DLLSC, PCI_EXP_SLTSTA_PDC } from '../hardware/pci_regs.ts';
import type { Pciehp } from './design.ts';
import { irq_wake_thread } from './irq.ts';
import {
  pciehp_card_present,
  pciehp_check_link_active,
  pciehp_green_led_blink,
  pciehp_green_led_off,
  pciehp_green_led_on,
  pciehp_set_attention_status,
} from './pciehp_hpc.ts';
import { pciehp_disable_slot, pciehp_enable_slot } from './pciehp_power.ts';
import {
  BLINKINGOFF_STATE,
  BLINKINGON_STATE,
  controller,
  DISABLE_SLOT,
  OFF_STATE,
  ON_STATE,
  POWEROFF_STATE,
  POWERON_STATE,
} from './structs.ts';

const ev = eventCodes('DUE', 'WORKED');

/** The user has this long to press the button again and cancel. */
const BUTTON_DELAY_MS = 5000;
const SAFE = 1;
const SURPRISE = 0;

/** Asks the IRQ thread for something, as an event or as DISABLE_SLOT. */
export function* pciehp_request(ctrl: Ptr, action: number, d: Pciehp): Proc<void> {
  yield atomic_fetch_or(ctrl + controller.pending_events, action);
  if (d.pciehp_poll_mode === 0) yield* irq_wake_thread(ctrl);
}

/** First press: blink for 5 s, then act. A second press in that time cancels. */
export function* pciehp_handle_button_press(ctrl: Ptr, d: Pciehp): Proc<void> {
  yield mutex_lock(ctrl + controller.state_lock.at);
  const state = yield read(ctrl + controller.state);
  switch (state) {
    case OFF_STATE:
    case ON_STATE:
      yield* start_blinking(ctrl, state, d);
      break;
    case BLINKINGOFF_STATE:
    case BLINKINGON_STATE:
      yield* cancel_blinking(ctrl, state, d);
      break;
    default:
      yield printk(
        'pciehp %04x:%02x:%02x.%x:pcie%03x: Slot(%d): ignoring invalid state %#x',
        d.domain,
        d.bus,
        d.device,
        d.func,
        d.service,
        d.slot,
        state,
      );
      break;
  }
  yield mutex_unlock(ctrl + controller.state_lock.at);
}

function* start_blinking(ctrl: Ptr, state: number, d: Pciehp): Proc<void> {
  if (state === ON_STATE) {
    yield write(ctrl + controller.state, BLINKINGOFF_STATE);
    yield printk(
      'pciehp %04x:%02x:%02x.%x:pcie%03x: Slot(%d): Powering off due to button press',
      d.domain,
      d.bus,
      d.device,
      d.func,
      d.service,
      d.slot,
    );
  } else {
    yield write(ctrl + controller.state, BLINKINGON_STATE);
    // Without a colon after the slot, as 4.18 to 4.20 print it.
    yield printk(
      'pciehp %04x:%02x:%02x.%x:pcie%03x: Slot(%d) Powering on due to button press',
      d.domain,
      d.bus,
      d.device,
      d.func,
      d.service,
      d.slot,
    );
  }
  yield* pciehp_green_led_blink(ctrl, d);
  yield* pciehp_set_attention_status(ctrl, 0, d);
  yield queue_delayed_work(ctrl + controller.button_work.at, BUTTON_DELAY_MS);
}

function* cancel_blinking(ctrl: Ptr, state: number, d: Pciehp): Proc<void> {
  yield printk(
    'pciehp %04x:%02x:%02x.%x:pcie%03x: Slot(%d): Button cancel',
    d.domain,
    d.bus,
    d.device,
    d.func,
    d.service,
    d.slot,
  );
  yield cancel_work(ctrl + controller.button_work.at);
  if (state === BLINKINGOFF_STATE) {
    yield write(ctrl + controller.state, ON_STATE);
    yield* pciehp_green_led_on(ctrl, d);
  } else {
    yield write(ctrl + controller.state, OFF_STATE);
    yield* pciehp_green_led_off(ctrl, d);
  }
  yield* pciehp_set_attention_status(ctrl, 0, d);
  yield printk(
    'pciehp %04x:%02x:%02x.%x:pcie%03x: Slot(%d): Action canceled due to button press',
    d.domain,
    d.bus,
    d.device,
    d.func,
    d.service,
    d.slot,
  );
}

/** Worker of button_work: waits until it is due. */
export function* pciehp_button_wait(ctrl: Ptr, _d: Pciehp): Proc<number> {
  yield work_wait(ctrl + controller.button_work.at);
  return ev.DUE;
}

/** Five seconds passed without a second press. */
export function* pciehp_queue_pushbutton_work(ctrl: Ptr, d: Pciehp): Proc<number> {
  yield mutex_lock(ctrl + controller.state_lock.at);
  const state = yield read(ctrl + controller.state);
  if (state === BLINKINGOFF_STATE) {
    yield* pciehp_request(ctrl, DISABLE_SLOT, d);
  } else if (state === BLINKINGON_STATE) {
    yield* pciehp_request(ctrl, PCI_EXP_SLTSTA_PDC, d);
  }
  yield mutex_unlock(ctrl + controller.state_lock.at);
  yield work_done(ctrl + controller.button_work.at);
  return ev.WORKED;
}

/** sysfs or the button asked for power off: a safe removal. */
export function* pciehp_handle_disable_request(ctrl: Ptr, d: Pciehp): Proc<void> {
  yield mutex_lock(ctrl + controller.state_lock.at);
  const state = yield read(ctrl + controller.state);
  if (state === BLINKINGON_STATE || state === BLINKINGOFF_STATE) {
    yield cancel_work(ctrl + controller.button_work.at);
  }
  yield write(ctrl + controller.state, POWEROFF_STATE);
  yield mutex_unlock(ctrl + controller.state_lock.at);
  const result = yield* pciehp_disable_slot(ctrl, SAFE, d);
  yield write(ctrl + controller.request_result, result);
}

/**
 * Presence or link changed. A slot that is on is brought down first even if a card is there: it
 * cannot be assumed to be the same one.
 */
export function* pciehp_handle_presence_or_link_change(
  ctrl: Ptr,
  events: number,
  d: Pciehp,
): Proc<void> {
  yield* bring_down(ctrl, events, d);
  yield mutex_lock(ctrl + controller.state_lock.at);
  const present = yield* pciehp_card_present(d);
  const link_active = yield* pciehp_check_link_active(d);
  if (present <= 0 && link_active <= 0) {
    yield mutex_unlock(ctrl + controller.state_lock.at);
    return;
  }
  const state = yield read(ctrl + controller.state);
  if (state !== BLINKINGON_STATE && state !== OFF_STATE) {
    yield mutex_unlock(ctrl + controller.state_lock.at);
    return;
  }
  if (state === BLINKINGON_STATE) yield cancel_work(ctrl + controller.button_work.at);
  yield write(ctrl + controller.state, POWERON_STATE);
  yield mutex_unlock(ctrl + controller.state_lock.at);
  if (present !== 0) {
    yield printk(
      'pciehp %04x:%02x:%02x.%x:pcie%03x: Slot(%d): Card present',
      d.domain,
      d.bus,
      d.device,
      d.func,
      d.service,
      d.slot,
    );
  }
  if (link_active !== 0) {
    yield printk(
      'pciehp %04x:%02x:%02x.%x:pcie%03x: Slot(%d): Link Up',
      d.domain,
      d.bus,
      d.device,
      d.func,
      d.service,
      d.slot,
    );
  }
  const result = yield* pciehp_enable_slot(ctrl, d);
  yield write(ctrl + controller.request_result, result);
}

/** The first half: whatever is on goes off. The texts tell the event, not the bits of now. */
function* bring_down(ctrl: Ptr, events: number, d: Pciehp): Proc<void> {
  yield mutex_lock(ctrl + controller.state_lock.at);
  const state = yield read(ctrl + controller.state);
  if (state !== BLINKINGOFF_STATE && state !== ON_STATE) {
    yield mutex_unlock(ctrl + controller.state_lock.at);
    return;
  }
  if (state === BLINKINGOFF_STATE) yield cancel_work(ctrl + controller.button_work.at);
  yield write(ctrl + controller.state, POWEROFF_STATE);
  yield mutex_unlock(ctrl + controller.state_lock.at);
  if ((events & PCI_EXP_SLTSTA_DLLSC) !== 0) {
    yield printk(
      'pciehp %04x:%02x:%02x.%x:pcie%03x: Slot(%d): Link Down',
      d.domain,
      d.bus,
      d.device,
      d.func,
      d.service,
      d.slot,
    );
  }
  if ((events & PCI_EXP_SLTSTA_PDC) !== 0) {
    yield printk(
      'pciehp %04x:%02x:%02x.%x:pcie%03x: Slot(%d): Card not present',
      d.domain,
      d.bus,
      d.device,
      d.func,
      d.service,
      d.slot,
    );
  }
  yield* pciehp_disable_slot(ctrl, SURPRISE, d);
}
