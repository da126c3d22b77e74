/** The IRQ thread of pciehp 4.20-rc1 (pciehp.md 2.6), by the states of machines/pciehp_ist.ts. */
import {
  ctx_get,
  ctx_set,
  down_read,
  type Proc,
  type Ptr,
  printk,
  read,
  synchronize_hardirq,
  up_read,
  wake_up_all,
  write,
  xchg,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import {
  PCI_EXP_SLTSTA_ABP,
  PCI_EXP_SLTSTA_DLLSC,
  PCI_EXP_SLTSTA_PDC,
  PCI_EXP_SLTSTA_PFD,
} from '../hardware/pci_regs.ts';
import type { Pciehp } from './design.ts';
import { irq_wait_for_interrupt, wake_threads_waitq } from './irq.ts';
import {
  pciehp_handle_button_press,
  pciehp_handle_disable_request,
  pciehp_handle_presence_or_link_change,
} from './pciehp_ctrl.ts';
import { pciehp_green_led_off, pciehp_set_attention_status } from './pciehp_hpc.ts';
import { controller, DISABLE_SLOT } from './structs.ts';

const ev = eventCodes(
  'RUNTHREAD',
  'SYNCED',
  'EVENTS',
  'NONE',
  'BUTTON_DONE',
  'DISABLE',
  'CHANGE',
  'NEITHER',
  'DISABLED',
  'CHANGED',
  'UNLOCKED',
  'FAULT_DONE',
  'REQUESTER_WOKEN',
  'SLEEPS',
);

/** Register of the actor: the events of this run. */
const EVENTS = 0;

export function* irq_thread_wait(ctrl: Ptr, _d: Pciehp): Proc<number> {
  const action = yield read(ctrl + controller.action);
  yield* irq_wait_for_interrupt(action);
  return ev.RUNTHREAD;
}

/** Events collected by a handler that still runs belong to this run. */
export function* pciehp_ist_sync(ctrl: Ptr, _d: Pciehp): Proc<number> {
  const irq = yield read(ctrl + controller.irq);
  yield synchronize_hardirq(irq);
  return ev.SYNCED;
}

export function* pciehp_ist_fetch(ctrl: Ptr, _d: Pciehp): Proc<number> {
  const events = yield xchg(ctrl + controller.pending_events, 0);
  yield ctx_set(EVENTS, events);
  return events === 0 ? ev.NONE : ev.EVENTS;
}

export function* pciehp_ist_button(ctrl: Ptr, d: Pciehp): Proc<number> {
  const events = yield ctx_get(EVENTS);
  if ((events & PCI_EXP_SLTSTA_ABP) !== 0) {
    yield printk(
      'pciehp %04x:%02x:%02x.%x:pcie%03x: Slot(%d): Attention button pressed',
      d.domain,
      d.bus,
      d.device,
      d.func,
      d.service,
      d.slot,
    );
    yield* pciehp_handle_button_press(ctrl, d);
  }
  return ev.BUTTON_DONE;
}

/** A request to disable wins: presence and link changes of the same batch are dropped. */
export function* pciehp_ist_reset_lock(ctrl: Ptr, _d: Pciehp): Proc<number> {
  yield down_read(ctrl + controller.reset_lock.at);
  const events = yield ctx_get(EVENTS);
  if ((events & DISABLE_SLOT) !== 0) return ev.DISABLE;
  if ((events & (PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_DLLSC)) !== 0) return ev.CHANGE;
  return ev.NEITHER;
}

export function* pciehp_ist_disable(ctrl: Ptr, d: Pciehp): Proc<number> {
  yield* pciehp_handle_disable_request(ctrl, d);
  return ev.DISABLED;
}

export function* pciehp_ist_change(ctrl: Ptr, d: Pciehp): Proc<number> {
  const events = yield ctx_get(EVENTS);
  yield* pciehp_handle_presence_or_link_change(ctrl, events, d);
  return ev.CHANGED;
}

export function* pciehp_ist_unlock(ctrl: Ptr, _d: Pciehp): Proc<number> {
  yield up_read(ctrl + controller.reset_lock.at);
  return ev.UNLOCKED;
}

/** A power fault is handled last, so that it is not seen as a failed power-up. */
export function* pciehp_ist_power_fault(ctrl: Ptr, d: Pciehp): Proc<number> {
  const events = yield ctx_get(EVENTS);
  if ((events & PCI_EXP_SLTSTA_PFD) !== 0) {
    if ((yield read(ctrl + controller.power_fault_detected)) === 0) {
      yield write(ctrl + controller.power_fault_detected, 1);
      yield printk(
        'pciehp %04x:%02x:%02x.%x:pcie%03x: Slot(%d): Power fault',
        d.domain,
        d.bus,
        d.device,
        d.func,
        d.service,
        d.slot,
      );
      yield* pciehp_set_attention_status(ctrl, 1, d);
      yield* pciehp_green_led_off(ctrl, d);
    }
  }
  return ev.FAULT_DONE;
}

export function* pciehp_ist_wake_requester(ctrl: Ptr, _d: Pciehp): Proc<number> {
  yield wake_up_all(ctrl + controller.requester.at);
  return ev.REQUESTER_WOKEN;
}

export function* irq_thread_done(ctrl: Ptr, _d: Pciehp): Proc<number> {
  const action = yield read(ctrl + controller.action);
  yield* wake_threads_waitq(action);
  return ev.SLEEPS;
}
