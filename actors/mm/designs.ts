/** Where the designs of eeh.md 2.2.2 flush: each is one place, or none. */
import { type Proc, wait_for_completion } from '#ops';
import type { VmapKernel } from './kernel.ts';
import { vmap_signs } from './structs.ts';
import { vm_unmap_aliases } from './vmalloc.ts';

export function* no_flush(_k: VmapKernel): Proc<void> {
  // Here nothing is flushed.
}

export function* no_flush_of(_k: VmapKernel, _va: number): Proc<void> {
  // iounmap() leaves the flush to whoever purges.
}

/** E: iounmap() returns when no CPU can translate the page any more. */
export function* flush_range(k: VmapKernel, va: number): Proc<void> {
  yield* k.flush_tlb_kernel_range(k, va);
}

export function* flush_aliases(k: VmapKernel): Proc<void> {
  yield* vm_unmap_aliases(k);
}

/** G: first the destructors that still hold mappings, as flush_workqueue() does; then the flush. */
export function* drain_and_flush_aliases(k: VmapKernel): Proc<void> {
  yield wait_for_completion(k.signs + vmap_signs.drained.at);
  yield* vm_unmap_aliases(k);
}
