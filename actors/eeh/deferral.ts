/**
 * Deferral (eeh.md 2.4 D; Oliver O'Halloran, 29 Jun 2020): a detector looks at no PE. It records
 * the suspect and wakes eehd, which decides in thread context. The sleeping lock is taken to be
 * pci_rescan_remove_lock, held over the whole recovery as in V5: the mail leaves it open. No race
 * fences a PHB, whose report would need a suspect of its own.
 */
import {
  ctx_get,
  ctx_set,
  GFP_ATOMIC,
  ghost_read,
  ghost_write,
  ktime_ms,
  kzalloc,
  type Proc,
  type Ptr,
  printk,
  read,
  write,
} from '#ops';
import { eeh_check_state } from './eeh_check.ts';
import { eeh_pe_state_mark } from './eeh_pe.ts';
import { CTX_EVENT, CTX_PE } from './eehd.ts';
import { EEH_PE_RECOVERING } from './flags.ts';
import type { Kernel } from './kernel.ts';
import { eeh_event, eeh_snapshots } from './structs.ts';

/** The suspect itself: nothing is looked at, so nothing can be gone. */
export function* check_deferred(_k: Kernel, edev: Ptr): Proc<Ptr> {
  return edev;
}

export function* eeh_send_suspect(k: Kernel, edev: Ptr): Proc<void> {
  const event = yield kzalloc(eeh_event.typeid, GFP_ATOMIC);
  if (event === 0) {
    yield printk('EEH: out of memory, event not handled');
    return;
  }
  yield write(event + eeh_event.edev, edev);
  yield ghost_write(event + eeh_event.recorded_ms, yield ktime_ms());
  yield* k.eeh_event_enqueue(k, event);
}

function* note_latency(k: Kernel, event: Ptr): Proc<void> {
  const waited = (yield ktime_ms()) - (yield ghost_read(event + eeh_event.recorded_ms));
  const longest = k.eeh_snapshots + eeh_snapshots.undecided_ms;
  if (waited > (yield ghost_read(longest))) yield ghost_write(longest, waited);
}

/** eehd's part: the steps that detectors otherwise do, with the lock of the recovery held. */
export function* decided_by_eehd(k: Kernel): Proc<number> {
  const event = yield ctx_get(CTX_EVENT);
  const pe = yield* eeh_check_state(k, yield read(event + eeh_event.edev));
  yield* note_latency(k, event);
  if (pe <= 0) return 0;
  yield* eeh_pe_state_mark(k, pe, EEH_PE_RECOVERING);
  yield write(event + eeh_event.pe, pe);
  yield ctx_set(CTX_PE, pe);
  return 1;
}
