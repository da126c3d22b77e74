/**
 * Design V4 (Sinan Kaya, 9 July 2018): one ordered workqueue for all services of a port. Whoever's
 * interrupt came first runs to completion; each service is queued at most once.
 */
import {
  atomic_fetch_and,
  atomic_fetch_or,
  ctx_get,
  ctx_set,
  type Proc,
  type Ptr,
  read,
  wake_up_all,
} from '#ops';
import { controller, IRQTF_RUNTHREAD, irqaction, ON_STATE } from '../pciehp/structs.ts';
import type { Dpc } from './design.ts';
import { fatal_remove, fatal_rescan } from './err_fatal.ts';
import { CHANGES } from './hp_isr.ts';
import { masked_remove, masked_rescan } from './proposals.ts';
import { SERVICE_ERROR, SERVICE_HOTPLUG } from './structs.ts';
import { wq_pop, wq_queue, wq_wait } from './workqueue.ts';

/** Register of the error actor: recovery came first and masked hotplug. */
const CAME_FIRST = 0;

function* queue_service(action: Ptr, service: number, d: Dpc): Proc<void> {
  const flags = yield atomic_fetch_or(action + irqaction.thread_flags, IRQTF_RUNTHREAD);
  if ((flags & IRQTF_RUNTHREAD) === 0) yield* wq_queue(d.port_wq, service);
}

/** From here on it may be queued again. */
function* wait_turn(action: Ptr, service: number, d: Dpc): Proc<void> {
  yield* wq_wait(d.port_wq, service);
  yield atomic_fetch_and(action + irqaction.thread_flags, ~IRQTF_RUNTHREAD);
}

export function* hotplug_queue(events: number, d: Dpc): Proc<void> {
  yield atomic_fetch_or(d.ctrl + controller.pending_events, events);
  yield* queue_service(d.hp_action, SERVICE_HOTPLUG, d);
}

export function* hotplug_turn(d: Dpc): Proc<void> {
  yield* wait_turn(d.hp_action, SERVICE_HOTPLUG, d);
}

export function* error_queue(d: Dpc): Proc<void> {
  yield* queue_service(d.err_action, SERVICE_ERROR, d);
}

export function* error_turn(d: Dpc): Proc<void> {
  yield* wait_turn(d.err_action, SERVICE_ERROR, d);
}

/**
 * Only recovery that comes first masks hotplug: a slot that is no longer ON was dealt with by
 * hotplug before, and then waits for the Link Up that recovery makes (pciehp.md 3.2.2 (a), V4).
 */
export function* queued_remove(d: Dpc): Proc<void> {
  const first = (yield read(d.ctrl + controller.state)) === ON_STATE ? 1 : 0;
  yield ctx_set(CAME_FIRST, first);
  if (first !== 0) yield* masked_remove(d);
  else yield* fatal_remove(d);
}

/** The event that queued hotplug behind recovery is forgotten. */
export function* queued_rescan(d: Dpc): Proc<number> {
  if ((yield ctx_get(CAME_FIRST)) === 0) return yield* fatal_rescan(d);
  const result = yield* masked_rescan(d);
  yield atomic_fetch_and(d.ctrl + controller.pending_events, ~CHANGES);
  return result;
}

/** Hotplug's turn ends: a writer of the power file may go on. */
export function* end_hotplug_turn(d: Dpc): Proc<void> {
  yield wake_up_all(d.ctrl + controller.requester.at);
  yield* end_turn(d);
}

export function* end_turn(d: Dpc): Proc<void> {
  yield* wq_pop(d.port_wq);
}
