/**
 * One built kernel: addresses of its globals, its MMU, its firmware, what the race does, and the
 * procedures in which the designs of eeh.md 2.2.2 differ. It is handed to every procedure.
 */
import type { Proc, Ptr } from '#ops';

type OnVa = (k: VmapKernel, va: number) => Proc<void>;
type Simple = (k: VmapKernel) => Proc<void>;

export type VmapGlobals = Readonly<{
  init_mm: Ptr;
  hash_table: Ptr;
  cpu0: Ptr;
  cpu1: Ptr;
  vmap_area_lock: Ptr;
  purge_vmap_area_lock: Ptr;
  free_vmap_area_lock: Ptr;
  vmap_purge_lock: Ptr;
  lists: Ptr;
  free: Ptr;
  vmap_lazy_nr: Ptr;
  pci_rescan_remove_lock: Ptr;
  /** Hardware: the device that goes, and the one that comes or stays. */
  d1: Ptr;
  d2: Ptr;
  drc: Ptr;
  slot: Ptr;
  /** The slot that D2 comes into. */
  second_slot: Ptr;
  slot_number: number;
  ledger: Ptr;
  signs: Ptr;
}>;

/** How translations come to be and go away. */
export type Mmu = Readonly<{
  /** What the CPU finds by itself when its TLB has nothing: an entry, or 0. */
  hardware_walk: (k: VmapKernel, va: number) => Proc<number>;
  /** The fault handler: 1 to try again, 0 for a bad access. */
  hash_page: (k: VmapKernel, va: number) => Proc<number>;
  /** What clearing a page-table entry does beyond that. */
  pte_cleared: OnVa;
  /** flush_tlb_kernel_range() for one page. */
  flush_tlb_kernel_range: OnVa;
}>;

export type Firmware = Readonly<{
  /** H_ENTER: 1 if the hypervisor takes the entry. */
  h_enter_allowed: (k: VmapKernel, page: number) => Proc<number>;
  /** Gives the slot away: an event, RELEASED or REFUSED. */
  release_slot: (k: VmapKernel) => Proc<number>;
  /** Takes it into use again. */
  acquire_slot: Simple;
  /** State of the slot's connector at boot; DRC_NONE where slots have none. */
  connector: number;
}>;

/** What a race does at the places where races differ. */
export type Situation = Readonly<{
  /** The driver's remove() lets go of its mapping: now, or through a destructor. */
  driver_unmap: OnVa;
  /** 1: D2 comes into the slot after D1. */
  second_device: number;
  /** Bus page that D2 is given. */
  second_page: number;
}>;

export type VmapDesign = Readonly<{
  /** On the slot driver's path, after the rescan lock was released. */
  flush_after_slot: Simple;
  /** In the PCI core, on every path that removes a device. */
  flush_after_remove: Simple;
  /** In iounmap(), before the area is retired. */
  flush_at_unmap: OnVa;
  /** Before a bus address is given to a device. */
  flush_before_assign: Simple;
  /** What becomes of an area that iounmap() has emptied. */
  retire_vmap_area: (k: VmapKernel, area: Ptr) => Proc<void>;
}>;

export type VmapKernel = VmapGlobals & Mmu & Firmware & Situation & VmapDesign;
