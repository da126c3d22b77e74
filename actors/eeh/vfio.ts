/**
 * eeh_dev_release() of VFIO: the PE changes its owner and is reset for the host (eeh.md 1.3.5,
 * eeh_pe_reset_and_recover; 2.3 T18). RECOVERING is tested and set in two steps, and the PE is used
 * without any lock.
 */
import { complete, type Proc, type Ptr, read, wait_for_completion } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { eeh_restore_bars } from './eeh_config.ts';
import { eeh_pe_state_clear, eeh_pe_state_mark } from './eeh_pe.ts';
import { eeh_clear_frozen_state, eeh_pe_reset_full } from './eeh_reset.ts';
import { EEH_PE_RECOVERING } from './flags.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev, eeh_pe } from './structs.ts';

const ev = eventCodes('STARTED', 'RECOVERED', 'BUSY', 'TOLD');

export function* vfio_wait(_k: Kernel, _edev: Ptr, start: Ptr): Proc<number> {
  yield wait_for_completion(start);
  return ev.STARTED;
}

/** eeh_pe_reset_and_recover(): nothing to do when a recovery is under way. */
export function* vfio_recover(k: Kernel, edev: Ptr): Proc<number> {
  const pe = yield read(edev + eeh_dev.pe);
  if (pe === 0) return ev.BUSY;
  if (((yield read(pe + eeh_pe.state)) & EEH_PE_RECOVERING) !== 0) return ev.BUSY;
  yield* k.eeh_pe_hold(k, pe);
  yield* eeh_pe_state_mark(k, pe, EEH_PE_RECOVERING);
  if ((yield* eeh_pe_reset_full(k, pe)) === 0) {
    yield* eeh_restore_bars(k, pe);
    yield* eeh_clear_frozen_state(k, pe);
  }
  yield* eeh_pe_state_clear(k, pe, EEH_PE_RECOVERING, 1);
  yield* k.eeh_pe_put(k, pe);
  return ev.RECOVERED;
}

export function* vfio_tell(_k: Kernel, _edev: Ptr, _start: Ptr, done: Ptr): Proc<number> {
  yield complete(done);
  return ev.TOLD;
}
