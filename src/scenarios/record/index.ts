/** The history tables of the domain record, in their order. */
import { eehRecord } from './eeh.ts';
import type { RecordEntry } from './entry.ts';
import { pciehpRecord } from './pciehp.ts';

export const RECORD: readonly RecordEntry[] = [...eehRecord, ...pciehpRecord];
