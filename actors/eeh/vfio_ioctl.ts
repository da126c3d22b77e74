/**
 * Two ioctls of VFIO that RFC-B puts its mutex around, and misses (eeh.md 2.4 M): one returns on an
 * error with the mutex held, the loop of another gives it back in each turn.
 */
import { type Proc, type Ptr, read } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev, eeh_pe } from './structs.ts';

const ev = eventCodes('DONE', 'REFUSED');

/** VFIO_EEH_PE_OP on a PE that no device was handed out of: refused. */
export function* vfio_eeh_pe_op(k: Kernel, edev: Ptr): Proc<number> {
  yield* k.vfio_lock(k);
  const pe = yield read(edev + eeh_dev.pe);
  if (pe === 0 || (yield read(pe + eeh_pe.pass_dev_cnt)) === 0) {
    yield* k.vfio_refused(k);
    return ev.REFUSED;
  }
  yield* k.vfio_unlock(k);
  return ev.DONE;
}

/** Regions of DMA memory that are registered when the ioctl comes. */
const REGIONS = 2;

/** VFIO_IOMMU_SPAPR_UNREGISTER_MEMORY: has nothing to do with PEs. */
export function* vfio_tce_unregister(k: Kernel): Proc<number> {
  for (let i = 0; i < REGIONS; i++) yield* k.tce_region_done(k);
  return ev.DONE;
}
