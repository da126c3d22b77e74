/**
 * DLPAR of a whole PHB (eeh.md 1.0.6, 2.3 T14), as far as it touches EEH: remove_phb_dynamic()
 * frees the pci_controller and leaves its PHB PE in eeh_phb_pe; init_phb_dynamic() makes another.
 */
import { GFP_KERNEL, kfree, kzalloc, type Proc, type Ptr, write } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { eeh_pe_alloc } from '../eeh/eeh_pe_tree.ts';
import { EEH_PE_PHB } from '../eeh/flags.ts';
import type { Kernel } from '../eeh/kernel.ts';
import { eeh_pe } from '../eeh/structs.ts';
import { list_add_tail } from '../list.ts';
import { pci_controller } from '../pci/structs.ts';

const ev = eventCodes('REMOVED', 'ADDED');

/** pcibios_free_controller(): its bus is empty, so nobody is asked. */
export function* remove_phb_dynamic(_k: Kernel, phb: Ptr): Proc<number> {
  yield kfree(phb);
  return ev.REMOVED;
}

/** init_phb_dynamic() with eeh_phb_pe_create(). */
export function* init_phb_dynamic(k: Kernel, _phb: Ptr, domain: number): Proc<number> {
  const phb = yield kzalloc(pci_controller.typeid, GFP_KERNEL);
  yield write(phb + pci_controller.global_number, domain);
  const pe = yield* eeh_pe_alloc(phb, 0);
  yield write(pe + eeh_pe.type, EEH_PE_PHB);
  yield* list_add_tail(pe + eeh_pe.child.at, k.eeh_phb_pe);
  return ev.ADDED;
}
