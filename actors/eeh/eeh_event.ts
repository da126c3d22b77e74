/** The queue between detectors and eehd: newest first (eeh.md 1.3.4). */
import {
  complete,
  GFP_ATOMIC,
  ghost_read,
  ghost_write,
  ktime_ms,
  kzalloc,
  type Proc,
  type Ptr,
  printk,
  read,
  spin_lock_irqsave,
  spin_unlock_irqrestore,
  wait_for_completion,
  write,
} from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { list_add, list_del } from '../list.ts';
import { eeh_pe_state_mark } from './eeh_pe.ts';
import { EEH_PE_RECOVERING } from './flags.ts';
import type { Kernel } from './kernel.ts';
import { eeh_event, eeh_ledger, eeh_pe } from './structs.ts';

function* note_detection(k: Kernel): Proc<void> {
  const now = yield ktime_ms();
  const first = yield ghost_read(k.ledger + eeh_ledger.detected_ms);
  if (first === 0) yield ghost_write(k.ledger + eeh_ledger.detected_ms, now);
}

/** At the head of the list, and one more event for eehd to take. */
export function* eeh_event_enqueue(k: Kernel, event: Ptr): Proc<void> {
  yield* note_detection(k);
  yield spin_lock_irqsave(k.eeh_eventlist_lock);
  yield* list_add(event + eeh_event.list.at, k.eeh_eventlist);
  yield spin_unlock_irqrestore(k.eeh_eventlist_lock);
  yield complete(k.eeh_eventlist_event);
}

/** 4.19: the PE is not marked; it may be freed while the event waits. */
export function* eeh_send_failure_event_v0(k: Kernel, pe: Ptr): Proc<void> {
  const event = yield kzalloc(eeh_event.typeid, GFP_ATOMIC);
  if (event === 0) {
    yield printk('EEH: out of memory, event not handled');
    return;
  }
  yield write(event + eeh_event.pe, pe);
  yield* eeh_event_enqueue(k, event);
}

/**
 * 799abe283e51: RECOVERING is set before the event can be seen. Whoever frees the PE earlier wins.
 */
export function* eeh_send_failure_event(k: Kernel, pe: Ptr): Proc<void> {
  const event = yield kzalloc(eeh_event.typeid, GFP_ATOMIC);
  if (event === 0) {
    yield printk('EEH: out of memory, event not handled');
    return;
  }
  yield write(event + eeh_event.pe, pe);
  yield* eeh_event_queue(k, event, pe);
}

export function* eeh_event_queue(k: Kernel, event: Ptr, pe: Ptr): Proc<void> {
  yield write(pe + eeh_pe.stack_trace.at, 1);
  yield write(pe + eeh_pe.trace_entries, 1);
  yield* eeh_pe_state_mark(k, pe, EEH_PE_RECOVERING);
  yield* eeh_event_enqueue(k, event);
}

/** eehd waits for one event; NULL when a purge had taken it from the list. */
export function* eeh_event_take(k: Kernel): Proc<Ptr> {
  yield wait_for_completion(k.eeh_eventlist_event);
  yield spin_lock_irqsave(k.eeh_eventlist_lock);
  const entry = yield read(k.eeh_eventlist + list_head.next);
  if (entry !== k.eeh_eventlist) yield* list_del(entry);
  yield spin_unlock_irqrestore(k.eeh_eventlist_lock);
  return entry === k.eeh_eventlist ? 0 : entry - eeh_event.list.at;
}
