/** The queue between detectors and eehd: newest first (eeh.md 1.3.4). */
import {
  complete,
  ctx_get,
  GFP_ATOMIC,
  ghost_add,
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

/** Register of a detector: virtual ms of its failing read; 0 with anybody else. */
export const CTX_READ_MS = 8;

function* note_detection(k: Kernel): Proc<void> {
  const now = yield ktime_ms();
  const since = yield ctx_get(CTX_READ_MS);
  const longest = k.ledger + eeh_ledger.detector_ms;
  if (since !== 0 && now - since > (yield ghost_read(longest))) {
    yield ghost_write(longest, now - since);
  }
  const first = yield ghost_read(k.ledger + eeh_ledger.detected_ms);
  if (first === 0) yield ghost_write(k.ledger + eeh_ledger.detected_ms, now);
}

/** At the head of the list, and one more event for eehd to take. */
export function* eeh_event_enqueue(k: Kernel, event: Ptr): Proc<void> {
  yield* enqueue_for(k, event, k.eeh_eventlist, k.eeh_eventlist_event);
}

/** The same for the thread that waits for `event_count` (per_phb.ts). */
export function* enqueue_for(k: Kernel, event: Ptr, list: Ptr, event_count: Ptr): Proc<void> {
  yield* note_detection(k);
  yield spin_lock_irqsave(k.eeh_eventlist_lock);
  yield* list_add(event + eeh_event.list.at, list);
  yield spin_unlock_irqrestore(k.eeh_eventlist_lock);
  yield complete(event_count);
}

/** 4.19: the PE is not marked; it may be freed while the event waits. */
export function* eeh_send_failure_event_v0(k: Kernel, pe: Ptr): Proc<void> {
  const event = yield kzalloc(eeh_event.typeid, GFP_ATOMIC);
  if (event === 0) {
    yield printk('EEH: out of memory, event not handled');
    return;
  }
  yield write(event + eeh_event.pe, pe);
  yield* k.eeh_event_enqueue(k, event);
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
  yield* k.eeh_event_enqueue(k, event);
}

/** Whatever is still in the queue came earlier than what was just taken (eeh.md 2.3 T22). */
function* note_overtaken(k: Kernel): Proc<void> {
  const most = k.ledger + eeh_ledger.overtaken;
  let entry = yield ghost_read(k.eeh_eventlist + list_head.next);
  while (entry !== k.eeh_eventlist) {
    const at = entry - eeh_event.list.at + eeh_event.overtaken;
    const times = yield ghost_add(at, 1);
    if (times > (yield ghost_read(most))) yield ghost_write(most, times);
    entry = yield ghost_read(entry + list_head.next);
  }
}

/** eehd waits for one event; NULL when a purge had taken it from the list. */
export function* eeh_event_take(k: Kernel): Proc<Ptr> {
  yield wait_for_completion(k.eeh_eventlist_event);
  yield spin_lock_irqsave(k.eeh_eventlist_lock);
  const entry = yield read(k.eeh_eventlist + list_head.next);
  if (entry !== k.eeh_eventlist) yield* list_del(entry);
  yield* note_overtaken(k);
  yield spin_unlock_irqrestore(k.eeh_eventlist_lock);
  return entry === k.eeh_eventlist ? 0 : entry - eeh_event.list.at;
}
