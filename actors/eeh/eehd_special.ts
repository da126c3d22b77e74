/**
 * Special events (eeh.md 1.3.5, eeh_handle_special_event): the firmware says that something failed,
 * eehd asks it what, once and again until there is nothing. Only frozen PEs are modelled. The
 * recovery of one is that of a normal event, around which a design's lock is given back.
 */
import {
  ctx_get,
  ctx_set,
  GFP_ATOMIC,
  kfree,
  kzalloc,
  type Proc,
  type Ptr,
  printk,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
  read,
  spin_lock_irqsave,
  spin_unlock_irqrestore,
} from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { eventCodes } from '../../src/ops/events.ts';
import { list_del } from '../list.ts';
import { eeh_pe_mark_isolated, eeh_pe_state_mark } from './eeh_pe.ts';
import { CTX_EVENT, CTX_PE, CTX_SPECIAL } from './eehd.ts';
import { EEH_PE_ISOLATED, EEH_PE_PHB, EEH_PE_RECOVERING } from './flags.ts';
import type { Kernel } from './kernel.ts';
import { eeh_event, eeh_pe } from './structs.ts';

const ev = eventCodes('FROZEN', 'NO_ERROR');

/** eeh_send_failure_event() without a PE. */
export function* eeh_send_special_event(k: Kernel): Proc<void> {
  const event = yield kzalloc(eeh_event.typeid, GFP_ATOMIC);
  if (event === 0) {
    yield printk('EEH: out of memory, event not handled');
    return;
  }
  yield* k.eeh_event_enqueue(k, event);
}

/**
 * eeh_remove_event(): events about `pe` go (0: about any), without `force` only those whose PE is
 * not ISOLATED. References that they own are not given back (eeh.md 2.4 RFC-A). A suspect that
 * nobody has looked at (2.4 D) stays.
 */
export function* eeh_remove_event(k: Kernel, pe: Ptr, force: number): Proc<void> {
  yield spin_lock_irqsave(k.eeh_eventlist_lock);
  let entry = yield read(k.eeh_eventlist + list_head.next);
  while (entry !== k.eeh_eventlist) {
    const next = yield read(entry + list_head.next);
    const event = entry - eeh_event.list.at;
    if ((yield* is_about(event, pe, force)) !== 0) {
      yield* list_del(entry);
      yield kfree(event);
    }
    entry = next;
  }
  yield spin_unlock_irqrestore(k.eeh_eventlist_lock);
}

function* is_about(event: Ptr, pe: Ptr, force: number): Proc<number> {
  const failed = yield read(event + eeh_event.pe);
  if (failed === 0) return (yield read(event + eeh_event.edev)) === 0 && pe === 0 ? 1 : 0;
  const isolated = (yield read(failed + eeh_pe.state)) & EEH_PE_ISOLATED;
  if (force === 0 && isolated !== 0) return 0;
  if (pe === 0 || failed === pe) return 1;
  if (((yield read(pe + eeh_pe.type)) & EEH_PE_PHB) === 0) return 0;
  return (yield read(failed + eeh_pe.phb)) === (yield read(pe + eeh_pe.phb)) ? 1 : 0;
}

/** SPECIAL: the next PE to be recovered, or the end of the event. */
export function* eeh_special_event(k: Kernel): Proc<number> {
  yield* k.recovery_lock(k);
  const pe = yield* k.next_error(k);
  if (pe !== 0) {
    yield raw_spin_lock_irqsave(k.confirm_error_lock);
    yield* eeh_remove_event(k, pe, 1);
    yield* eeh_pe_state_mark(k, pe, EEH_PE_RECOVERING);
    yield* eeh_pe_mark_isolated(k, pe);
    yield raw_spin_unlock_irqrestore(k.confirm_error_lock);
  }
  yield* k.recovery_unlock(k);
  yield ctx_set(CTX_PE, pe);
  if (pe !== 0) return ev.FROZEN;
  yield kfree(yield ctx_get(CTX_EVENT));
  yield ctx_set(CTX_EVENT, 0);
  yield ctx_set(CTX_SPECIAL, 0);
  return ev.NO_ERROR;
}
