/**
 * pciehp of Linux 4.18 (pciehp.md 2.3, 2.6, 5.8): the ISR itself tells what happened, an ordered
 * workqueue per slot runs events and power work. State tells the last request, not the running one.
 */
import { mutex_lock, mutex_unlock, type Proc, printk, read, write } from '#ops';
import { link_port } from '../hardware/link_regs.ts';
import {
  PCI_EXP_SLTSTA_DLLSC,
  PCI_EXP_SLTSTA_PDC,
  PCI_EXP_SLTSTA_PDS,
} from '../hardware/pci_regs.ts';
import { controller, DISABLE_SLOT, POWEROFF_STATE, POWERON_STATE } from '../pciehp/structs.ts';
import { link_active, port_read } from './config.ts';
import type { Dpc } from './design.ts';
import { board_added, card_present, note_begin, remove_board } from './hp_board.ts';
import {
  LINK_DOWN,
  LINK_UP,
  PRESENCE_OFF,
  PRESENCE_ON,
  STATIC_STATE,
  WORK_DISABLE,
  WORK_ENABLE,
} from './structs.ts';
import { wq_front, wq_pop, wq_queue, wq_wait } from './workqueue.ts';

/** ISR: the link has precedence, presence is then not queued. */
export function* notify_workqueue(events: number, d: Dpc): Proc<void> {
  if ((events & PCI_EXP_SLTSTA_DLLSC) !== 0) {
    const active = yield* link_active(d);
    yield* wq_queue(d.pciehp_wq, active !== 0 ? LINK_UP : LINK_DOWN);
    return;
  }
  if ((events & DISABLE_SLOT) !== 0) {
    // From the power file: under slot->lock, not from the ISR.
    yield mutex_lock(d.ctrl + controller.state_lock.at);
    yield* queue_power_work(WORK_DISABLE, d);
    yield mutex_unlock(d.ctrl + controller.state_lock.at);
    return;
  }
  if ((events & PCI_EXP_SLTSTA_PDC) === 0) return;
  const status = yield* port_read(link_port.sltsta, d);
  const present = (status & PCI_EXP_SLTSTA_PDS) !== 0;
  yield* wq_queue(d.pciehp_wq, present ? PRESENCE_ON : PRESENCE_OFF);
}

export function* worker_sleep(d: Dpc): Proc<void> {
  yield* wq_wait(d.pciehp_wq, 0);
}

export function* worker_take(d: Dpc): Proc<number> {
  return yield* wq_front(d.pciehp_wq);
}

export function* worker_done(d: Dpc): Proc<void> {
  yield* wq_pop(d.pciehp_wq);
}

/** One item: an event, or the power work that an event queued. */
export function* handle_item(item: number, d: Dpc): Proc<void> {
  if (item === WORK_ENABLE || item === WORK_DISABLE) {
    yield* power_thread(item, d);
    return;
  }
  // slot->lock.
  yield mutex_lock(d.ctrl + controller.state_lock.at);
  if (item === LINK_UP || item === LINK_DOWN) yield* handle_link_event(item, d);
  else yield* queue_power_work(item === PRESENCE_ON ? WORK_ENABLE : WORK_DISABLE, d);
  yield mutex_unlock(d.ctrl + controller.state_lock.at);
}

/** The state is that of the request, from now on. */
function* queue_power_work(work: number, d: Dpc): Proc<void> {
  const state = work === WORK_ENABLE ? POWERON_STATE : POWEROFF_STATE;
  yield write(d.ctrl + controller.state, state);
  yield* wq_queue(d.pciehp_wq, work);
}

function* handle_link_event(item: number, d: Dpc): Proc<void> {
  const state = yield read(d.ctrl + controller.state);
  if (state === POWERON_STATE && item === LINK_UP) {
    yield printk('pciehp: Slot(0): Link Up event ignored; already powering on');
    return;
  }
  if (state === POWEROFF_STATE && item === LINK_DOWN) {
    yield printk('pciehp: Slot(0): Link Down event ignored; already powering off');
    return;
  }
  if (item === LINK_UP) yield printk('pciehp: Slot(0): Link Up');
  else yield printk('pciehp: Slot(0): Link Down');
  yield* queue_power_work(item === LINK_UP ? WORK_ENABLE : WORK_DISABLE, d);
}

/** pciehp_power_thread(): hotplug_lock needs no word, there is one worker. */
function* power_thread(work: number, d: Dpc): Proc<void> {
  yield* note_begin();
  if (work === WORK_DISABLE) {
    yield* remove_board(d);
  } else if ((yield* card_present(d)) === 0) {
    yield printk('pciehp: Slot(0): No adapter');
  } else {
    yield* board_added(d);
  }
  yield mutex_lock(d.ctrl + controller.state_lock.at);
  yield write(d.ctrl + controller.state, STATIC_STATE);
  yield mutex_unlock(d.ctrl + controller.state_lock.at);
}
