/** What eehd is at when a run starts: nothing, or another PE's recovery (eeh.md 2.3 T1, step 1). */
import {
  finish_wait,
  type Proc,
  type Ptr,
  prepare_to_wait,
  READ_ONCE,
  schedule_timeout,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { sign } from '../pci/structs.ts';
import type { Kernel } from './kernel.ts';

const ev = eventCodes('STARTED');

export function* eehd_idle(_k: Kernel): Proc<number> {
  return ev.STARTED;
}

/**
 * Another recovery, reduced to its lock and its time: a driver's callback that waits until a sign
 * is given (without taking it), or until its patience is over.
 */
export function* eehd_busy(k: Kernel, until: Ptr, patience_ms: number): Proc<number> {
  yield* k.recovery_lock(k);
  let left = patience_ms;
  yield prepare_to_wait(until + sign.wq.at);
  while (left > 0 && (yield READ_ONCE(until + sign.given.done)) === 0) {
    left = yield schedule_timeout(left);
    yield prepare_to_wait(until + sign.wq.at);
  }
  yield finish_wait(until + sign.wq.at);
  yield* k.recovery_unlock(k);
  return ev.STARTED;
}

/** The beginning of another recovery, as far as the look-up of its bus (eeh.md 1.3.5 P1, 3 #6). */
export function* eehd_lookup(k: Kernel, pe: Ptr): Proc<number> {
  yield* k.recovery_lock(k);
  yield* k.eeh_pe_bus_get(k, pe);
  yield* k.recovery_unlock(k);
  return ev.STARTED;
}

/** The end of another recovery, whose PE has lost its devices (eeh.md 1.3.5 P13). */
export function* eehd_cleanup(k: Kernel, pe: Ptr): Proc<number> {
  yield* k.recovery_lock(k);
  yield* k.eeh_pe_cleanup(k, pe);
  yield* k.recovery_unlock(k);
  return ev.STARTED;
}
