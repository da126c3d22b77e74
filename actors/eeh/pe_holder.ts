/**
 * A detector on its way out: between its read of edev->pe and here, the PE has lost its devices. It
 * finds it ISOLATED, counts the read and lets go (eeh.md 1.3.4 step 5, 2.3 T12). What it may look
 * at is the design's.
 */
import {
  type Proc,
  type Ptr,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
  read,
  write,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev, eeh_pe } from './structs.ts';

const ev = eventCodes('KNOWN', 'PUT');

export function* holder_look(k: Kernel, edev: Ptr, pe: Ptr): Proc<number> {
  yield* k.eeh_count_ignored(k, edev, pe);
  return ev.KNOWN;
}

export function* holder_put(k: Kernel, _edev: Ptr, pe: Ptr): Proc<number> {
  yield* k.eeh_pe_put(k, pe);
  return ev.PUT;
}

function* count(pe: Ptr): Proc<void> {
  yield write(pe + eeh_pe.check_count, (yield read(pe + eeh_pe.check_count)) + 1);
}

/** The pointer was read before the lock was taken. */
export function* count_on_pe_in_hand(k: Kernel, _edev: Ptr, pe: Ptr): Proc<void> {
  yield raw_spin_lock_irqsave(k.confirm_error_lock);
  yield* count(pe);
  yield raw_spin_unlock_irqrestore(k.confirm_error_lock);
}

/** RFC-B: it is read under the lock. */
export function* count_on_pe_of_edev(k: Kernel, edev: Ptr, _pe: Ptr): Proc<void> {
  yield raw_spin_lock_irqsave(k.confirm_error_lock);
  const pe = yield read(edev + eeh_dev.pe);
  if (pe !== 0) yield* count(pe);
  yield raw_spin_unlock_irqrestore(k.confirm_error_lock);
}

/** Deferral: it is not read at all. */
export function* not_counted(_k: Kernel, _edev: Ptr, _pe: Ptr): Proc<void> {
  // eehd looks at the suspect.
}
