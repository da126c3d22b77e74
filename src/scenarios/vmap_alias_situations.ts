/** What each race of vmap-alias is made of: MMU, firmware, who takes part, what the driver does. */
import type { Firmware, Mmu, Situation } from '../../actors/mm/kernel.ts';
import { hash_cleared, hash_flushed, radix } from '../../actors/mm/mmu.ts';
import { kept, opal, powervm_phb, powervm_slot, qemu_slot } from '../../actors/pseries/drc.ts';
import { unmap_begun, unmap_deferred, unmap_now } from '../../actors/pseries/drc_unplug.ts';

/** Bus pages: D1's address, which may become D2's, and one that is D2's own. */
export const PAGE_1 = 1;
const PAGE_2 = 2;

export interface Play {
  readonly mmu: Mmu;
  readonly firmware: Firmware;
  readonly situation: Situation;
  /** How the device goes: the slot driver's way, sysfs `remove`, or only its driver. */
  readonly path: 'slot' | 'sysfs' | 'unbind';
  /** Somebody still uses the mapping when it is gone. */
  readonly lateUser: boolean;
  /** A destructor unmaps, and whether drmgr comes to the firmware after it. */
  readonly destructor: 'none' | 'settles' | 'any time';
  /** An access after iounmap() must fault, not only reach nothing (eeh.md 2.2.3 #3). */
  readonly strict: boolean;
  /** Pages of kernel address space that are free at the start. */
  readonly freePages: number;
  /** What D1's BAR counts for in lazy_max_pages. */
  readonly barPages: number;
}

/** 128 MiB: more than two CPUs let wait. */
const LARGE = 2048;

const alone: Situation = Object.freeze({
  driver_unmap: unmap_now,
  second_device: 0,
  second_page: PAGE_1,
});
const replaced: Situation = Object.freeze({ ...alone, second_device: 1 });
const neighbour: Situation = Object.freeze({ ...replaced, second_page: PAGE_2 });

const isolate: Play = {
  mmu: hash_flushed,
  firmware: powervm_slot,
  situation: alone,
  path: 'slot',
  lateUser: false,
  destructor: 'none',
  strict: false,
  freePages: 1,
  barPages: 1,
};

const alias: Play = { ...isolate, firmware: opal, situation: replaced, lateUser: true };

const deferred: Play = {
  ...isolate,
  situation: Object.freeze({ ...alone, driver_unmap: unmap_deferred }),
  destructor: 'settles',
};

const reuse: Play = { ...isolate, firmware: kept, situation: neighbour, path: 'unbind' };

export const PLAYS: Readonly<Record<string, Play>> = {
  'I1-A': isolate,
  'I1-A-phb': { ...isolate, firmware: powervm_phb },
  'I1-A-qemu': { ...isolate, firmware: qemu_slot },
  'I1-A-5.15': { ...isolate, mmu: hash_cleared },
  'I1-A-large': { ...isolate, barPages: LARGE },
  'I1-B': alias,
  'I1-B-powervm': { ...alias, firmware: powervm_slot },
  'I1-B-phb': { ...alias, firmware: powervm_phb },
  'I1-B-gone': { ...alias, situation: alone },
  'I1-B-sysfs': { ...alias, path: 'sysfs' },
  'I1-B-radix': { ...alias, mmu: radix },
  'I1-B-5.15': { ...alias, mmu: hash_cleared },
  'I1-B-strict': { ...alias, situation: alone, strict: true },
  'I1-C': deferred,
  'I1-C-begun': {
    ...deferred,
    situation: Object.freeze({ ...alone, driver_unmap: unmap_begun }),
  },
  'I1-C-large': { ...deferred, barPages: LARGE },
  'I1-C-late': { ...deferred, destructor: 'any time' },
  'I1-D': reuse,
  'I1-D-full': { ...reuse, freePages: 0 },
};
