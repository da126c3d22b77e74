/**
 * A recovery thread for each PHB (eeh.md 2.4 P; RFC-B v2, patch 3): PHBs have event lists of their
 * own. The text asks for real locks on what they share: those of RFC-B. pci_rescan_remove_lock
 * stays one for all. Each thread is handed a kernel record with its PHB's list and its own stack.
 */
import { type Proc, type Ptr, read } from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { pci_controller } from '../pci/structs.ts';
import { enqueue_for } from './eeh_event.ts';
import type { Kernel } from './kernel.ts';
import { eeh_event, eeh_pe } from './structs.ts';

/** The PE is RECOVERING already: it and its PHB are there. Special events go to the first PHB. */
export function* eeh_event_enqueue_per_phb(k: Kernel, event: Ptr): Proc<void> {
  const failed = yield read(event + eeh_event.pe);
  const pe = failed !== 0 ? failed : (yield read(k.eeh_phb_pe + list_head.next)) - eeh_pe.child.at;
  const phb = yield read(pe + eeh_pe.phb);
  const list = phb + pci_controller.eeh_eventlist.at;
  yield* enqueue_for(k, event, list, phb + pci_controller.eeh_eventlist_event.at);
}
