/** The record of pciehp.md 4: every row of its two tables, and the cells that replay it. */
import type { RecordEntry } from './entry.ts';
import { pciehpEvents } from './pciehp_events.ts';
import { pciehpOpen } from './pciehp_open.ts';
import { pciehpPci } from './pciehp_pci.ts';

export const pciehpRecord: readonly RecordEntry[] = [...pciehpEvents, ...pciehpPci, ...pciehpOpen];
