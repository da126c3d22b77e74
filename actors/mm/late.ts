/**
 * Those who come too late: a user of a mapping that was given back, and a destructor that gives one
 * back after everybody has flushed (eeh.md 2.2.1 I1-B, I1-C).
 */
import { BUG_ON, complete, ctx_get, ctx_set, type Proc, printk, wait_for_completion } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import type { VmapKernel } from './kernel.ts';
import { MMIO_FAULT, MMIO_OK, mmio_store } from './mmio.ts';
import { FIRST_MAPPING, VA_FIRST, vmap_signs } from './structs.ts';
import { find_vmap_area, free_vmap_area_noflush, unmap_vmap_area } from './vmalloc.ts';

const ev = eventCodes('USED', 'REACHED_BUS', 'FAULTED', 'DUE', 'CLEARED', 'UNLINKED', 'TOLD');

const CTX_AREA = 0;
/** What the driver of D1 writes. */
const GOOD = 1;
const STRAY = 7;
const PAGE_SHIFT = 16;

/** The driver uses its device: the translation is in this CPU's TLB now. */
export function* use_mapping(k: VmapKernel): Proc<number> {
  const answer = yield* mmio_store(k, k.cpu1, VA_FIRST, FIRST_MAPPING, GOOD);
  yield BUG_ON(answer === MMIO_OK ? 0 : 1);
  yield complete(k.signs + vmap_signs.used.at);
  return ev.USED;
}

/** It uses the address once more, whenever that is. */
export function* use_again(k: VmapKernel): Proc<number> {
  const answer = yield* mmio_store(k, k.cpu1, VA_FIRST, FIRST_MAPPING, STRAY);
  if (answer !== MMIO_FAULT) return ev.REACHED_BUS;
  yield printk(
    'BUG: Unable to handle kernel data access on write at 0x%08x',
    VA_FIRST << PAGE_SHIFT,
  );
  return ev.FAULTED;
}

export function* destructor_wait(k: VmapKernel): Proc<number> {
  yield wait_for_completion(k.signs + vmap_signs.unmap.at);
  return ev.DUE;
}

export function* destructor_clear(k: VmapKernel): Proc<number> {
  const area = yield* find_vmap_area(k, VA_FIRST);
  yield ctx_set(CTX_AREA, area);
  yield* unmap_vmap_area(k, area);
  yield complete(k.signs + vmap_signs.begun.at);
  return ev.CLEARED;
}

export function* destructor_unlink(k: VmapKernel): Proc<number> {
  yield* free_vmap_area_noflush(k, yield ctx_get(CTX_AREA));
  yield ctx_set(CTX_AREA, 0);
  return ev.UNLINKED;
}

export function* destructor_done(k: VmapKernel): Proc<number> {
  yield complete(k.signs + vmap_signs.drained.at);
  yield complete(k.signs + vmap_signs.settled.at);
  return ev.TOLD;
}
