/**
 * /sys/bus/pci/slots/N/power and the hotplug thread's answer to it (pciehp.md 2.6, 3.3 R12): the
 * writer waits until its request has been dealt with.
 */
import {
  ctx_get,
  ctx_set,
  finish_wait,
  ghost_add,
  ghost_write,
  type Proc,
  prepare_to_wait,
  read,
  schedule,
  wake_up_all,
  write,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { wake_threads_waitq } from '../pciehp/irq.ts';
import { controller, DISABLE_SLOT, OFF_STATE } from '../pciehp/structs.ts';
import type { Dpc } from './design.ts';
import { thread_take } from './hp_slot.ts';
import { dpc_ghost, dpc_ist, SLOT_DISABLED } from './structs.ts';

const ev = eventCodes('DONE');

/** Register of the hotplug thread: this run found nothing. */
const NOTHING = 2;

/** The button's work, five seconds after the press: nobody waits for what it asks for. */
export function* power_button(d: Dpc): Proc<number> {
  yield ghost_write(d.ghost + dpc_ghost.moved, SLOT_DISABLED);
  yield* d.hp_notify(DISABLE_SLOT, d);
  return ev.DONE;
}

/** echo 0 > power: the slot goes off. */
export function* power_file(d: Dpc): Proc<number> {
  yield ghost_write(d.ghost + dpc_ghost.moved, SLOT_DISABLED);
  yield* d.hp_notify(DISABLE_SLOT, d);
  yield* d.user_wait(d);
  return ev.DONE;
}

/** 4.18: the writer does the work itself; here the slot's worker does it, and nobody waits. */
export function* user_no_wait(_d: Dpc): Proc<void> {
  return;
}

/** 4.19 to 5.3: until nothing is pending. */
export function* user_wait_pending(d: Dpc): Proc<void> {
  yield* wait_requester(0, d);
}

/** 157c1062fcd8 (5.4): and the thread does not run. */
export function* user_wait_running(d: Dpc): Proc<void> {
  yield* wait_requester(1, d);
}

function* wait_requester(running: number, d: Dpc): Proc<void> {
  for (;;) {
    yield prepare_to_wait(d.ctrl + controller.requester.at);
    const pending = yield read(d.ctrl + controller.pending_events);
    const busy = running === 0 ? 0 : yield read(d.ist + dpc_ist.running);
    if (pending === 0 && busy === 0) break;
    yield schedule();
  }
  yield finish_wait(d.ctrl + controller.requester.at);
  if ((yield read(d.ctrl + controller.state)) !== OFF_STATE) {
    yield ghost_add(d.ghost + dpc_ghost.returned_early, 1);
  }
}

/** The thread runs from before it takes the events ... */
export function* thread_take_running(d: Dpc): Proc<number> {
  yield write(d.ist + dpc_ist.running, 1);
  const events = yield* thread_take(d);
  yield ctx_set(NOTHING, events === 0 ? 1 : 0);
  return events;
}

/** ... to its one exit. */
export function* thread_done_running(d: Dpc): Proc<void> {
  yield write(d.ist + dpc_ist.running, 0);
  yield wake_up_all(d.ctrl + controller.requester.at);
  yield* wake_threads_waitq(d.hp_action);
}

/** As 157c1062fcd8 was at first: a run that finds nothing returns early. */
export function* thread_done_early(d: Dpc): Proc<void> {
  if ((yield ctx_get(NOTHING)) === 0) yield* thread_done_running(d);
  else yield* wake_threads_waitq(d.hp_action);
}
