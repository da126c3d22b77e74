/**
 * Design V4 (Sinan Kaya, 9 July 2018): one ordered workqueue for all services of a port. Whoever's
 * interrupt came first runs to completion; each service is queued at most once.
 */
import { atomic_fetch_and, atomic_fetch_or, type Proc, type Ptr } from '#ops';
import { controller, IRQTF_RUNTHREAD, irqaction } from '../pciehp/structs.ts';
import type { Dpc } from './design.ts';
import { SERVICE_ERROR, SERVICE_HOTPLUG } from './structs.ts';
import { wq_pop, wq_queue, wq_wait } from './workqueue.ts';

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

export function* end_turn(d: Dpc): Proc<void> {
  yield* wq_pop(d.port_wq);
}
