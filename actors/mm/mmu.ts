/**
 * Three MMUs as procedures (eeh.md 1.2.3): the hash table as the mails describe it, where flushing
 * is what removes its entries; the hash table of Linux 5.15, where clearing a page-table entry is;
 * and a radix tree that the CPU walks itself.
 */
import {
  cmpxchg,
  cpu_relax,
  type Proc,
  type Ptr,
  READ_ONCE,
  read,
  spin_lock,
  spin_unlock,
  WRITE_ONCE,
  write,
} from '#ops';
import type { Mmu, VmapKernel } from './kernel.ts';
import {
  hardware_entry,
  hash_table,
  init_mm,
  nth,
  PTE_BUSY,
  PTE_HASHPTE,
  PTE_VALID,
  page_of,
  vmap_cpu,
} from './structs.ts';

/** Clears the page-table entry; what it held. The fault handler may have it for a moment. */
export function* ptep_get_and_clear(k: VmapKernel, va: number): Proc<number> {
  const pte = nth(k.init_mm + init_mm.pte.at, va);
  for (;;) {
    const old = yield READ_ONCE(pte);
    if ((old & PTE_BUSY) !== 0) yield cpu_relax();
    else if ((yield cmpxchg(pte, old, 0)) === old) return old;
  }
}

/** tlbie, then ptesync: gone from every CPU, and nothing that used it is still in flight. */
function* tlbie(k: VmapKernel, va: number): Proc<void> {
  yield* tlbie_cpu(k.cpu0, va);
  yield* tlbie_cpu(k.cpu1, va);
}

function* tlbie_cpu(cpu: Ptr, va: number): Proc<void> {
  yield spin_lock(cpu + vmap_cpu.lsu.at);
  yield write(nth(cpu + vmap_cpu.tlb.at, va), 0);
  yield spin_unlock(cpu + vmap_cpu.lsu.at);
}

/** H_REMOVE: the hypervisor takes an entry out of the hash table and out of the TLBs. */
function* h_remove(k: VmapKernel, va: number): Proc<void> {
  yield spin_lock(k.hash_table + hash_table.lock.at);
  yield write(nth(k.hash_table + hash_table.hpte.at, va), 0);
  yield* tlbie(k, va);
  yield spin_unlock(k.hash_table + hash_table.lock.at);
}

/** H_ENTER: 1 if the entry was taken. */
function* h_enter(k: VmapKernel, va: number, pte: number): Proc<number> {
  yield spin_lock(k.hash_table + hash_table.lock.at);
  const allowed = yield* k.h_enter_allowed(k, page_of(pte));
  if (allowed !== 0) {
    yield write(nth(k.hash_table + hash_table.hpte.at, va), hardware_entry(pte));
  }
  yield spin_unlock(k.hash_table + hash_table.lock.at);
  return allowed;
}

/** The entry stays busy while the hypervisor is asked, so that nobody clears it meanwhile. */
function* hash_page(k: VmapKernel, va: number): Proc<number> {
  const addr = nth(k.init_mm + init_mm.pte.at, va);
  let old = yield READ_ONCE(addr);
  for (;;) {
    if ((old & PTE_VALID) === 0) return 0;
    if ((old & PTE_BUSY) !== 0) {
      yield cpu_relax();
    } else if ((yield cmpxchg(addr, old, old | PTE_BUSY)) === old) {
      break;
    }
    old = yield READ_ONCE(addr);
  }
  const entered = yield* h_enter(k, va, old);
  yield WRITE_ONCE(addr, entered !== 0 ? old | PTE_HASHPTE : old);
  return entered;
}

function* walk_hash_table(k: VmapKernel, va: number): Proc<number> {
  return yield read(nth(k.hash_table + hash_table.hpte.at, va));
}

function* walk_page_table(k: VmapKernel, va: number): Proc<number> {
  const pte = yield read(nth(k.init_mm + init_mm.pte.at, va));
  return (pte & PTE_VALID) !== 0 ? pte : 0;
}

function* nothing(_k: VmapKernel, _va: number): Proc<void> {
  // This MMU has nothing to do here.
}

function* no_handler(_k: VmapKernel, _va: number): Proc<number> {
  return 0;
}

/** Benjamin Herrenschmidt, 18 Feb 2015: flushing the TLB is what removes hash table entries. */
export const hash_flushed: Mmu = Object.freeze({
  hardware_walk: walk_hash_table,
  hash_page,
  pte_cleared: nothing,
  flush_tlb_kernel_range: h_remove,
});

/** Linux 5.15: no batch is active, so clearing the entry removes it; the flush is empty. */
export const hash_cleared: Mmu = Object.freeze({
  hardware_walk: walk_hash_table,
  hash_page,
  pte_cleared: h_remove,
  flush_tlb_kernel_range: nothing,
});

export const radix: Mmu = Object.freeze({
  hardware_walk: walk_page_table,
  hash_page: no_handler,
  pte_cleared: nothing,
  flush_tlb_kernel_range: tlbie,
});
