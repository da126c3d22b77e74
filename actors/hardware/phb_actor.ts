/** The PHB as an actor: an error happens on its own, and stops a PE (eeh.md 4.2). */
import {
  complete,
  ghost_add,
  type Proc,
  type Ptr,
  raise_irq,
  read,
  wait_for_completion,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import type { Kernel } from '../eeh/kernel.ts';
import { eeh_ledger } from '../eeh/structs.ts';
import { pci_dn } from '../pci/structs.ts';
import { phb_freeze } from './phb.ts';

const ev = eventCodes('DUE', 'FROZEN', 'TOLD');

export function* phb_wait(_k: Kernel, _pdn: Ptr, _gate: Ptr, _irq: Ptr, start: Ptr): Proc<number> {
  yield wait_for_completion(start);
  return ev.DUE;
}

/** A card fails: its PE is stopped. */
export function* phb_error(k: Kernel, pdn: Ptr, _gate: Ptr, _irq: Ptr): Proc<number> {
  const phb = yield read(pdn + pci_dn.phb);
  yield* phb_freeze(phb, yield read(pdn + pci_dn.pe_number));
  yield ghost_add(k.ledger + eeh_ledger.freezes, 1);
  return ev.FROZEN;
}

/** Who reads from it next: a waiting driver (gate) or an interrupt handler (irq); 0 = neither. */
export function* phb_signal(_k: Kernel, _pdn: Ptr, gate: Ptr, irq: Ptr): Proc<number> {
  if (gate !== 0) yield complete(gate);
  if (irq !== 0) yield raise_irq(irq);
  return ev.TOLD;
}
