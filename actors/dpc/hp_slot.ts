/**
 * The slot state machine of 4.19 and later (pciehp.md 2.6, 5.1), for presence and link changes. The
 * button and the power file are no part of the races here.
 */
import {
  atomic_fetch_or,
  down_read,
  mutex_lock,
  mutex_unlock,
  type Proc,
  printk,
  read,
  synchronize_hardirq,
  up_read,
  wake_up_all,
  write,
  xchg,
} from '#ops';
import { PCI_EXP_SLTSTA_DLLSC, PCI_EXP_SLTSTA_PFD } from '../hardware/pci_regs.ts';
import { __irq_wake_thread, irq_wait_for_interrupt, wake_threads_waitq } from '../pciehp/irq.ts';
import {
  controller,
  DISABLE_SLOT,
  OFF_STATE,
  ON_STATE,
  POWEROFF_STATE,
  POWERON_STATE,
} from '../pciehp/structs.ts';
import type { Dpc } from './design.ts';
import { board_added, card_present, link_is_active, note_begin, remove_board } from './hp_board.ts';

/** ISR: events accumulate, the thread is woken. */
export function* notify_thread(events: number, d: Dpc): Proc<void> {
  yield atomic_fetch_or(d.ctrl + controller.pending_events, events);
  yield* __irq_wake_thread(d.hp_action);
}

export function* thread_sleep(d: Dpc): Proc<void> {
  yield* irq_wait_for_interrupt(d.hp_action);
}

export function* thread_take(d: Dpc): Proc<number> {
  yield synchronize_hardirq(yield read(d.ctrl + controller.irq));
  return yield xchg(d.ctrl + controller.pending_events, 0);
}

export function* thread_done(d: Dpc): Proc<void> {
  yield wake_up_all(d.ctrl + controller.requester.at);
  yield* wake_threads_waitq(d.hp_action);
}

/** 4.18 to 5.13: every event counts. */
export function* keep_all(events: number, _d: Dpc): Proc<number> {
  return events;
}

/** pciehp_handle_presence_or_link_change() under reset_lock: down first, then up if occupied. */
export function* handle_change(events: number, d: Dpc): Proc<void> {
  if ((events & PCI_EXP_SLTSTA_PFD) !== 0) yield* note_power_fault(d);
  if ((events & ~PCI_EXP_SLTSTA_PFD) === 0) return;
  yield* note_begin();
  yield down_read(d.reset_lock);
  yield* bring_down(events, d);
  // DISABLE_SLOT wins: changes of the same batch are dropped.
  if ((events & DISABLE_SLOT) === 0) yield* bring_up(d);
  yield up_read(d.reset_lock);
}

/** Until 5.16 it is the thread that notes it; indicators are not modelled. */
function* note_power_fault(d: Dpc): Proc<void> {
  yield write(d.ctrl + controller.power_fault_detected, 1);
  yield printk('pciehp: Slot(0): Power fault');
}

/** The same card cannot be assumed: what is on goes off. */
function* bring_down(events: number, d: Dpc): Proc<void> {
  yield mutex_lock(d.ctrl + controller.state_lock.at);
  if ((yield read(d.ctrl + controller.state)) !== ON_STATE) {
    yield mutex_unlock(d.ctrl + controller.state_lock.at);
    return;
  }
  yield write(d.ctrl + controller.state, POWEROFF_STATE);
  yield mutex_unlock(d.ctrl + controller.state_lock.at);
  if ((events & PCI_EXP_SLTSTA_DLLSC) !== 0) yield printk('pciehp: Slot(0): Link Down');
  else if ((events & DISABLE_SLOT) === 0) yield printk('pciehp: Slot(0): Card not present');
  yield* remove_board(d);
  yield* set_state(OFF_STATE, d);
}

function* set_state(state: number, d: Dpc): Proc<void> {
  yield mutex_lock(d.ctrl + controller.state_lock.at);
  yield write(d.ctrl + controller.state, state);
  yield mutex_unlock(d.ctrl + controller.state_lock.at);
}

function* bring_up(d: Dpc): Proc<void> {
  yield mutex_lock(d.ctrl + controller.state_lock.at);
  const present = yield* card_present(d);
  const active = yield* link_is_active(d);
  const off = (yield read(d.ctrl + controller.state)) === OFF_STATE;
  if ((present === 0 && active === 0) || !off) {
    yield mutex_unlock(d.ctrl + controller.state_lock.at);
    return;
  }
  yield write(d.ctrl + controller.state, POWERON_STATE);
  yield mutex_unlock(d.ctrl + controller.state_lock.at);
  if (present !== 0) yield printk('pciehp: Slot(0): Card present');
  if (active !== 0) yield printk('pciehp: Slot(0): Link Up');
  const result = yield* board_added(d);
  yield* set_state(result === 0 ? ON_STATE : OFF_STATE, d);
}

/** Until 6.3: reset_lock is held over drivers' bind and unbind. */
export function* driver_under_reset_lock(_d: Dpc): Proc<void> {
  return;
}

/** f5eff5591b8f (6.4): reset_lock is dropped for it, ... */
export function* reset_lock_drop(d: Dpc): Proc<void> {
  yield up_read(d.reset_lock);
}

/** ... and taken again afterwards. */
export function* reset_lock_retake(d: Dpc): Proc<void> {
  yield down_read(d.reset_lock);
}
