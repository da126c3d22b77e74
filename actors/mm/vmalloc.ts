/**
 * ioremap(), iounmap() and the lazy purge, Linux 5.15 (eeh.md 1.2.3). Per-CPU blocks of
 * vm_map_ram() hold no device memory and are left out. An area has one entry in page table, hash
 * table and TLBs, whatever the number of pages that it counts for.
 */
import {
  atomic_fetch_add,
  GFP_KERNEL,
  ghost_add,
  ghost_read,
  ghost_write,
  kfree,
  kzalloc,
  lockdep_assert_held,
  might_sleep,
  mutex_lock,
  mutex_trylock,
  mutex_unlock,
  type Proc,
  type Ptr,
  printk,
  read,
  spin_lock,
  spin_unlock,
  write,
} from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { INIT_LIST_HEAD, list_add_tail, list_del, list_empty } from '../list.ts';
import type { VmapKernel } from './kernel.ts';
import { ptep_get_and_clear } from './mmu.ts';
import {
  init_mm,
  nth,
  translation,
  VA_FIRST,
  VA_LAST,
  vmap_area,
  vmap_counter,
  vmap_free,
  vmap_ledger,
  vmap_lists,
} from './structs.ts';

const PAGE_SIZE = 0x10000;

/** fls(2 CPUs) * 32 MiB in pages of 64 KiB. */
const LAZY_MAX_PAGES = 2 * 512;

/** Maps a BAR for a device; its virtual page, or 0 (vmalloc space is exhausted). */
export function* ioremap(k: VmapKernel, device: Ptr, page: number, pages: number): Proc<number> {
  const va = yield* alloc_vmap_area(k);
  if (va === 0) {
    yield printk(
      'vmap allocation for size %d failed: use vmalloc=<size> to increase size',
      PAGE_SIZE * pages,
    );
    return 0;
  }
  const mapping = yield ghost_add(k.ledger + vmap_ledger.mappings, 1);
  yield ghost_write(nth(k.ledger + vmap_ledger.made_for.at, mapping), device);
  const area = yield kzalloc(vmap_area.typeid, GFP_KERNEL);
  yield write(area + vmap_area.va_start, va);
  yield write(area + vmap_area.pages, pages);
  yield write(area + vmap_area.mapping, mapping);
  yield spin_lock(k.vmap_area_lock);
  yield* list_add_tail(area + vmap_area.list.at, k.lists + vmap_lists.busy.at);
  yield spin_unlock(k.vmap_area_lock);
  yield write(nth(k.init_mm + init_mm.pte.at, va), translation(mapping, page));
  return va;
}

/** A free page; where there is none, what waits to be purged is purged, once. */
function* alloc_vmap_area(k: VmapKernel): Proc<number> {
  const va = yield* take_free_page(k);
  if (va !== 0) return va;
  yield* vm_unmap_aliases(k);
  return yield* take_free_page(k);
}

function* take_free_page(k: VmapKernel): Proc<number> {
  let va = VA_FIRST;
  yield spin_lock(k.free_vmap_area_lock);
  const pages = yield read(k.free + vmap_free.pages);
  while (va <= VA_LAST && (pages & (1 << va)) === 0) va += 1;
  if (va <= VA_LAST) yield write(k.free + vmap_free.pages, pages & ~(1 << va));
  yield spin_unlock(k.free_vmap_area_lock);
  return va <= VA_LAST ? va : 0;
}

/** The busy area of a page. */
export function* find_vmap_area(k: VmapKernel, va: number): Proc<Ptr> {
  let found = 0;
  yield spin_lock(k.vmap_area_lock);
  let entry = yield read(k.lists + vmap_lists.busy.next);
  while (found === 0 && entry !== k.lists + vmap_lists.busy.at) {
    const area = entry - vmap_area.list.at;
    if ((yield read(area + vmap_area.va_start)) === va) found = area;
    entry = yield read(entry + list_head.next);
  }
  yield spin_unlock(k.vmap_area_lock);
  return found;
}

/** Step (a): page-table entries cleared, no flush. */
export function* unmap_vmap_area(k: VmapKernel, area: Ptr): Proc<void> {
  const va = yield read(area + vmap_area.va_start);
  yield* ptep_get_and_clear(k, va);
  yield* k.pte_cleared(k, va);
  yield* k.flush_at_unmap(k, va);
}

/** Steps (b) to (d): off the busy list, and retired. iounmap() returns after it. */
export function* free_vmap_area_noflush(k: VmapKernel, area: Ptr): Proc<void> {
  const mapping = yield read(area + vmap_area.mapping);
  yield spin_lock(k.vmap_area_lock);
  yield* list_del(area + vmap_area.list.at);
  yield spin_unlock(k.vmap_area_lock);
  yield* k.retire_vmap_area(k, area);
  const before = yield ghost_read(k.ledger + vmap_ledger.unmapped);
  yield ghost_write(k.ledger + vmap_ledger.unmapped, before | (1 << mapping));
}

export function* iounmap(k: VmapKernel, va: number): Proc<void> {
  const area = yield* find_vmap_area(k, va);
  yield* unmap_vmap_area(k, area);
  yield* free_vmap_area_noflush(k, area);
}

/**
 * The kernel's way: it is counted, and waits on the purge list for the next flush. Who finds too
 * many waiting flushes them, unless somebody is purging already.
 */
export function* retire_lazily(k: VmapKernel, area: Ptr): Proc<void> {
  const pages = yield read(area + vmap_area.pages);
  const lazy = (yield atomic_fetch_add(k.vmap_lazy_nr + vmap_counter.value, pages)) + pages;
  yield spin_lock(k.purge_vmap_area_lock);
  yield* list_add_tail(area + vmap_area.list.at, k.lists + vmap_lists.purge.at);
  yield spin_unlock(k.purge_vmap_area_lock);
  if (lazy <= LAZY_MAX_PAGES || (yield mutex_trylock(k.vmap_purge_lock)) === 0) return;
  yield* purge_vmap_area_lazy(k);
  yield mutex_unlock(k.vmap_purge_lock);
}

/** The mutant of eeh.md 2.2.1 I1-D: the page is free at once, flushed or not. */
export function* retire_at_once(k: VmapKernel, area: Ptr): Proc<void> {
  yield spin_lock(k.free_vmap_area_lock);
  yield* merge_or_add_vmap_area(k, area);
  yield spin_unlock(k.free_vmap_area_lock);
}

function* merge_or_add_vmap_area(k: VmapKernel, area: Ptr): Proc<void> {
  const pages = yield read(k.free + vmap_free.pages);
  yield write(k.free + vmap_free.pages, pages | (1 << (yield read(area + vmap_area.va_start))));
  yield kfree(area);
}

/** Everything that iounmap() left behind is flushed when this returns. */
export function* vm_unmap_aliases(k: VmapKernel): Proc<void> {
  yield might_sleep();
  yield mutex_lock(k.vmap_purge_lock);
  yield* purge_vmap_area_lazy(k);
  yield mutex_unlock(k.vmap_purge_lock);
}

/** 1 if there was something to flush. */
function* purge_vmap_area_lazy(k: VmapKernel): Proc<number> {
  const stolen = k.lists + vmap_lists.stolen.at;
  yield lockdep_assert_held(k.vmap_purge_lock);
  yield spin_lock(k.purge_vmap_area_lock);
  yield* steal(k.lists + vmap_lists.purge.at, stolen);
  yield spin_unlock(k.purge_vmap_area_lock);
  if ((yield* list_empty(stolen)) !== 0) return 0;
  yield ghost_add(k.ledger + vmap_ledger.purges, 1);
  let entry = yield read(stolen + list_head.next);
  while (entry !== stolen) {
    const area = entry - vmap_area.list.at;
    yield* k.flush_tlb_kernel_range(k, yield read(area + vmap_area.va_start));
    entry = yield read(entry + list_head.next);
  }
  yield spin_lock(k.free_vmap_area_lock);
  while ((yield* list_empty(stolen)) === 0) {
    entry = yield read(stolen + list_head.next);
    yield* list_del(entry);
    const pages = yield read(entry - vmap_area.list.at + vmap_area.pages);
    yield* merge_or_add_vmap_area(k, entry - vmap_area.list.at);
    yield atomic_fetch_add(k.vmap_lazy_nr + vmap_counter.value, -pages);
  }
  yield spin_unlock(k.free_vmap_area_lock);
  return 1;
}

/** list_splice_init(): the whole list goes to an empty head. */
function* steal(from: Ptr, to: Ptr): Proc<void> {
  if ((yield* list_empty(from)) !== 0) return;
  const first = yield read(from + list_head.next);
  const last = yield read(from + list_head.prev);
  yield write(to + list_head.next, first);
  yield write(to + list_head.prev, last);
  yield write(first + list_head.prev, to);
  yield write(last + list_head.next, to);
  yield* INIT_LIST_HEAD(from);
}
