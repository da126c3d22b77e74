/**
 * OPAL's error events (eeh.md 1.0.1 OPALIRQ, 1.3.5): an interrupt wakes eehd, which asks OPAL for
 * the next error. The PE that it names is marked without confirm_error_lock (eeh.md 2.3 T17).
 */
import { irq_enter, irq_exit, type Proc, type Ptr, printk, read, readl } from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { eventCodes } from '../../src/ops/events.ts';
import { pe_number, pe_phb } from '../eeh/eeh_log.ts';
import { eeh_pe_get, eeh_pe_mark_isolated } from '../eeh/eeh_pe.ts';
import { eeh_remove_event, eeh_send_special_event } from '../eeh/eehd_special.ts';
import {
  EEH_OPT_FREEZE_PE,
  EEH_PE_ISOLATED,
  EEH_PE_PHB,
  EEH_STATE_NOT_SUPPORT,
  eeh_state_active,
  state_bits,
} from '../eeh/flags.ts';
import type { Kernel } from '../eeh/kernel.ts';
import { eeh_pe } from '../eeh/structs.ts';
import { OPAL_EEH_STOPPED_NOT_FROZEN, pe_regs, phb_regs } from '../hardware/phb_regs.ts';
import { pci_controller } from '../pci/structs.ts';

const ev = eventCodes('IRQ', 'SENT', 'RETURNED');

export function* opal_irq_wait(_k: Kernel, irq: Ptr): Proc<number> {
  yield irq_enter(irq);
  return ev.IRQ;
}

/** opal_eeh_event(). */
export function* opal_eeh_event(k: Kernel): Proc<number> {
  yield* eeh_send_special_event(k);
  return ev.SENT;
}

export function* opal_irq_return(_k: Kernel, irq: Ptr): Proc<number> {
  yield irq_exit(irq);
  return ev.RETURNED;
}

/** OPAL_PCI_NEXT_ERROR: the number of a stopped PE, or 0. */
function* opal_next_error(phb: Ptr): Proc<number> {
  let regs = yield read((yield read(phb + pci_controller.private_data)) + phb_regs.pes);
  while (regs !== 0) {
    const status = yield readl(regs + pe_regs.freeze_status);
    if (status !== OPAL_EEH_STOPPED_NOT_FROZEN) return yield read(regs + pe_regs.number);
    regs = yield read(regs + pe_regs.next);
  }
  return 0;
}

/** The highest frozen PE. A reference stays with the PE that was found first (2.4 RFC-A). */
function* top_parent(k: Kernel, pe: Ptr): Proc<Ptr> {
  let top = pe;
  let at = yield read(pe + eeh_pe.parent);
  while (at !== 0 && ((yield read(at + eeh_pe.type)) & EEH_PE_PHB) === 0) {
    const state = state_bits(yield* k.get_state(k, at));
    if ((state & EEH_STATE_NOT_SUPPORT) === 0 && eeh_state_active(state) === 0) top = at;
    at = yield read(at + eeh_pe.parent);
  }
  return top;
}

/** pnv_eeh_next_error(). A PE that is ISOLATED already is somebody else's [M]. */
export function* pnv_eeh_next_error(k: Kernel): Proc<Ptr> {
  yield* eeh_remove_event(k, 0, 0);
  let entry = yield read(k.eeh_phb_pe + list_head.next);
  while (entry !== k.eeh_phb_pe) {
    const phb_pe = entry - eeh_pe.child.at;
    if (((yield read(phb_pe + eeh_pe.state)) & EEH_PE_ISOLATED) === 0) {
      const pe = yield* phb_next_error(k, yield read(phb_pe + eeh_pe.phb));
      if (pe !== 0) return pe;
    }
    entry = yield read(entry + list_head.next);
  }
  return 0;
}

function* phb_next_error(k: Kernel, phb: Ptr): Proc<Ptr> {
  const number = yield* opal_next_error(phb);
  if (number === 0) return 0;
  const pe = yield* eeh_pe_get(k, phb, number);
  if (pe === 0) return 0;
  if (((yield read(pe + eeh_pe.state)) & EEH_PE_ISOLATED) !== 0) {
    yield* k.eeh_pe_put(k, pe);
    return 0;
  }
  yield printk('EEH: Frozen PE#%x on PHB#%x detected', yield* pe_number(pe), yield* pe_phb(pe));
  yield* k.set_option(k, pe, EEH_OPT_FREEZE_PE);
  const top = yield* top_parent(k, pe);
  yield* eeh_pe_mark_isolated(k, top);
  return top;
}
