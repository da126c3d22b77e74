/** The designs of eeh.md 2.2.2 as frozen records of procedures: who flushes, and where. */
import {
  drain_and_flush_aliases,
  flush_aliases,
  flush_range,
  no_flush,
  no_flush_of,
} from '../../actors/mm/designs.ts';
import type { Firmware, VmapDesign } from '../../actors/mm/kernel.ts';
import { retire_at_once, retire_lazily } from '../../actors/mm/vmalloc.ts';
import { opal } from '../../actors/pseries/drc.ts';
import type { Design } from './system.ts';

const none: VmapDesign = Object.freeze({
  flush_after_slot: no_flush,
  flush_after_remove: no_flush,
  flush_at_unmap: no_flush_of,
  flush_before_assign: no_flush,
  retire_vmap_area: retire_lazily,
});

/** A design may bring its platform's firmware with it. */
const DESIGNS: Readonly<Record<string, VmapDesign & Partial<Firmware>>> = {
  A: none,
  B: Object.freeze({ ...none, flush_after_slot: flush_aliases }),
  C: Object.freeze({ ...none, flush_after_remove: flush_aliases }),
  D: Object.freeze({ ...none, ...opal }),
  E: Object.freeze({ ...none, flush_at_unmap: flush_range }),
  F: Object.freeze({ ...none, flush_before_assign: flush_aliases }),
  G: Object.freeze({ ...none, flush_after_slot: drain_and_flush_aliases }),
  M: Object.freeze({ ...none, retire_vmap_area: retire_at_once }),
};

/** @throws Error `[hotrace bug]` for a design that is not in `vmapDesigns`. */
export function designProcedures(id: string): VmapDesign & Partial<Firmware> {
  const record = DESIGNS[id];
  if (record === undefined) throw new Error(`[hotrace bug] vmap-alias: no design ${id}`);
  return record;
}

const MAIL = '"Re: [PATCH RESEND v2 7/7] PCI/hotplug: PowerPC PowerNV PCI hotplug driver"';

export const vmapDesigns: readonly Design[] = [
  { id: 'A', title: 'nobody flushes', source: 'eeh.md 2.2.2' },
  {
    id: 'B',
    title: 'the slot drivers flush after the rescan lock is released',
    source: 'Linux b4a26be9f6f8 (rpaphp, rpadlpar)',
  },
  {
    id: 'C',
    title: 'the PCI core flushes whenever a device is removed',
    source: `Bjorn Helgaas's question and Benjamin Herrenschmidt's answer, 18 Feb 2015, ${MAIL}`,
  },
  {
    id: 'D',
    title: 'bare metal: nobody flushes, and no hypervisor asks',
    source: `pnv_php as merged; Benjamin Herrenschmidt, 18 Feb 2015, ${MAIL}`,
  },
  { id: 'E', title: 'iounmap() flushes before it returns', source: 'eeh.md 2.2.2' },
  {
    id: 'F',
    title: 'flushed before a bus address is given to another device',
    source: 'eeh.md 2.2.2 (derived)',
  },
  {
    id: 'G',
    title: 'as B, but destructors that hold mappings are waited for before the flush',
    source: 'this laboratory: the repair of I1-C',
  },
  {
    id: 'M',
    title: 'mutant of A: an unmapped page is free at once, flushed or not',
    source: 'eeh.md 2.2.1 I1-D',
  },
];
