/**
 * Kernel mappings of device memory, and what CPUs and the hypervisor keep of them (eeh.md 1.2.2).
 *
 * A translation is one word: flags, then the number of the mapping it was made from, then the bus
 * page. Hardware looks at flags and page only; the mapping's number is there for the oracles.
 */
import { completion, list_head, spinlock } from '../../src/memory/kernel_structs.ts';
import { embed, struct, word, words } from '../../src/memory/layout.ts';

/** Two pages of kernel address space, 1 and 2: 0 is NULL. */
export const VA_FIRST = 1;
export const VA_LAST = 2;
const VA_WORDS = VA_LAST + 1;
/** Mappings a run may make; numbers from 1, which D1's driver has. */
export const MAPPINGS_MAX = 6;
export const FIRST_MAPPING = 1;

/** Address of the word of a page (or mapping) in an array of words. */
export function nth(array: number, index: number): number {
  return array + index;
}

export const PTE_VALID = 1;
/** Taken by the fault handler while it puts the entry into the hash table. */
export const PTE_BUSY = 2;
/** The entry is (or was) in the hash table too. */
export const PTE_HASHPTE = 4;
const FLAG_BITS = 4;
const MAPPING_BITS = 4;

export function translation(mapping: number, page: number): number {
  return (page << (FLAG_BITS + MAPPING_BITS)) | (mapping << FLAG_BITS) | PTE_VALID;
}

export function page_of(entry: number): number {
  return entry >> (FLAG_BITS + MAPPING_BITS);
}

export function mapping_of(entry: number): number {
  return (entry >> FLAG_BITS) & ((1 << MAPPING_BITS) - 1);
}

/** An entry as the hash table and TLBs hold it: without the flags that only Linux knows. */
export function hardware_entry(pte: number): number {
  return pte & ~(PTE_BUSY | PTE_HASHPTE);
}

export const init_mm = struct('init_mm', {
  pte: words(VA_WORDS, 'Linux page table, by page; cmpxchg against PTE_BUSY'),
});

export const hash_table = struct('hash_table', {
  lock: embed(spinlock, 'the hypervisor: one call at a time on this partition'),
  hpte: words(VA_WORDS, 'hash page table, by page', 'lock'),
});

export const vmap_cpu = struct('vmap_cpu', {
  lsu: embed(spinlock, 'an access in flight: tlbie and ptesync wait until it is through'),
  tlb: words(VA_WORDS, 'translations this CPU holds, by page', 'lsu'),
});

export const vmap_area = struct('vmap_area', {
  list: embed(list_head, 'busy list (vmap_area_lock), then purge list (purge_vmap_area_lock)'),
  va_start: word('its page', 'const'),
  pages: word('how many pages it counts for', 'const'),
  mapping: word('number of the mapping', 'const'),
});

export const vmap_free = struct('vmap_free', {
  pages: word('bit mask of free pages: the free tree', 'free_vmap_area_lock'),
});

export const vmap_counter = struct('vmap_counter', {
  value: word('pages on the purge list; atomic'),
});

export const vmap_lists = struct('vmap_lists', {
  busy: embed(list_head, 'vmap_area_list; vmap_area_lock'),
  purge: embed(list_head, 'purge_vmap_area_list; purge_vmap_area_lock'),
  stolen: embed(list_head, 'what a purge has taken off the purge list; vmap_purge_lock'),
});

/** A function behind the bus: it answers where its BAR is, once it decodes memory. */
export const mmio_function = struct('mmio_function', {
  bar: word('bus page of BAR 0', 'pci_rescan_remove_lock'),
  decodes: word('powered, memory space enabled'),
  reg: word('a register of BAR 0'),
  origins: word('bit mask of the mappings that were meant when it was reached; grows only'),
});

export const vmap_dev = struct('vmap_dev', {
  function: word('the hardware (mmio_function)', 'const'),
  cookie: word('what ioremap() answered', 'device_lock'),
});

/** DR connector of the slot, and what Linux thinks of the slot. */
export const drc = struct('drc', {
  state: word('DRC_*', 'hash_table.lock'),
  unplug_requested: word('the device is to be released when it is isolated'),
});

export const rpa_slot = struct('rpa_slot', {
  dev: word('vmap_dev in the slot; NULL when Linux has none', 'pci_rescan_remove_lock'),
  state: word('EMPTY 0, CONFIGURED 1, NOT_CONFIGURED 2, NOT_VALID 3'),
});

/** For oracles and measures; no kernel has it. */
export const vmap_ledger = struct('vmap_ledger', {
  mappings: word('mappings made so far'),
  made_for: words(MAPPINGS_MAX + 1, 'mmio_function that a mapping was made for, by its number'),
  unmapped: word('bit mask of mappings whose iounmap() has returned'),
  reached_late: word('bit mask of mappings that reached the bus after their iounmap()'),
  aborts: word('accesses that nothing on the bus answered'),
  faults: word('accesses that ended in a page fault'),
  purges: word('times that a purge flushed something'),
});

/** Who waits for whom; what a race does not use is complete from the start. */
export const vmap_signs = struct('vmap_signs', {
  used: embed(completion, 'the late user has used the mapping while it was good'),
  unmap: embed(completion, 'the last user of the mapping is gone: its destructor is queued'),
  begun: embed(completion, 'the destructor has cleared the page table'),
  drained: embed(completion, 'the destructor has run, for who flushes the workqueue'),
  settled: embed(completion, 'the destructor has run, for who comes after it'),
});
