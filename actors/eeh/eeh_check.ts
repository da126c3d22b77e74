/**
 * Detection (eeh.md 1.3.4): a read answered all ones, so the firmware is asked whether the PE is
 * frozen. Runs in any context: only spinlocks, no reference on anything it looks at.
 *
 * eeh_dev_check_failure() is two procedures here, because between them no lock is held and the PE
 * is ISOLATED but not yet RECOVERING (eeh.md 2.3 T5): a detector passes through that state.
 */
import {
  ghost_read,
  type Proc,
  type Ptr,
  printk,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
  read,
  write,
} from '#ops';
import { pci_controller } from '../pci/structs.ts';
import { eeh_pe_mark_isolated } from './eeh_pe.ts';
import {
  EEH_MAX_FAILS,
  EEH_PE_ISOLATED,
  EEH_PE_PHB,
  EEH_STATE_NOT_SUPPORT,
  eeh_state_active,
  state_bits,
} from './flags.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev, eeh_pe } from './structs.ts';

/** What eeh_check_state() answers when the PE is not newly frozen: nothing was sent. */
export const NO_EEH = 0;
export const ALREADY_ISOLATED = -1;
const FALSE_POSITIVE = -2;
export const PHB_HANDLED = -3;

/**
 * Steps 2 to 8: the PE to be reported, isolated now (with a reference where pointers are counted),
 * or why there is none (0 or less).
 */
export function* eeh_check_state(k: Kernel, edev: Ptr): Proc<Ptr> {
  yield read(edev + eeh_dev.pdev);
  const pe = yield read(edev + eeh_dev.pe);
  if (pe === 0) return NO_EEH;
  yield* k.eeh_pe_hold(k, pe);
  if ((yield* k.eeh_phb_check_failure(k, pe)) !== 0) return yield* leave(k, pe, PHB_HANDLED);
  if ((yield read(pe + eeh_pe.pass_dev_cnt)) !== 0) return yield* leave(k, pe, NO_EEH);
  yield raw_spin_lock_irqsave(k.confirm_error_lock);
  const top = yield* confirm_state(k, pe);
  yield raw_spin_unlock_irqrestore(k.confirm_error_lock);
  return top > 0 ? top : yield* leave(k, pe, top);
}

function* leave(k: Kernel, pe: Ptr, why: number): Proc<number> {
  yield* k.eeh_pe_put(k, pe);
  return why;
}

/** Steps 5 to 8, with confirm_error_lock held. */
export function* confirm_state(k: Kernel, pe: Ptr): Proc<Ptr> {
  if (((yield read(pe + eeh_pe.state)) & EEH_PE_ISOLATED) !== 0) {
    yield* count_ignored(pe);
    return ALREADY_ISOLATED;
  }
  const state = state_bits(yield* k.get_state(k, pe));
  if ((state & EEH_STATE_NOT_SUPPORT) !== 0 || eeh_state_active(state) !== 0) {
    const wrong = yield read(pe + eeh_pe.false_positives);
    yield write(pe + eeh_pe.false_positives, wrong + 1);
    return FALSE_POSITIVE;
  }
  const top = yield* top_frozen(k, pe);
  yield* eeh_pe_mark_isolated(k, top);
  return top;
}

/** Step 5: a driver that keeps reading is told of once. */
function* count_ignored(pe: Ptr): Proc<void> {
  const count = (yield read(pe + eeh_pe.check_count)) + 1;
  yield write(pe + eeh_pe.check_count, count);
  if (count !== EEH_MAX_FAILS) return;
  yield printk('EEH: %d reads ignored for recovering device', count);
  yield printk('EEH: Might be infinite loop in driver');
}

/** Step 7: recovery belongs to the highest frozen PE below the PHB. Consumes the reference. */
function* top_frozen(k: Kernel, pe: Ptr): Proc<Ptr> {
  let top = pe;
  yield* k.eeh_pe_hold(k, pe);
  let at = yield* k.eeh_pe_move_to_parent(k, pe);
  while (at !== 0) {
    if (((yield read(at + eeh_pe.type)) & EEH_PE_PHB) !== 0) {
      yield* k.eeh_pe_put(k, at);
      break;
    }
    const state = state_bits(yield* k.get_state(k, at));
    if ((state & EEH_STATE_NOT_SUPPORT) === 0 && eeh_state_active(state) === 0) {
      yield* k.eeh_pe_put(k, top);
      top = yield* k.eeh_pe_hold(k, at);
      yield* print_parent(pe, top);
    }
    at = yield* k.eeh_pe_move_to_parent(k, at);
  }
  return top;
}

function* print_parent(pe: Ptr, top: Ptr): Proc<void> {
  yield printk(
    'EEH: Failure of PHB#%x-PE#%x will be handled at parent PHB#%x-PE#%x.',
    yield ghost_read((yield ghost_read(pe + eeh_pe.phb)) + pci_controller.global_number),
    yield ghost_read(pe + eeh_pe.addr),
    yield ghost_read((yield ghost_read(top + eeh_pe.phb)) + pci_controller.global_number),
    yield ghost_read(top + eeh_pe.addr),
  );
}

/** Step 9: the event. Gives back the detector's reference. */
export function* eeh_report_failure(k: Kernel, pe: Ptr): Proc<void> {
  yield* k.eeh_send_failure_event(k, pe);
  yield* k.eeh_pe_put(k, pe);
}
