/** A PE of which the firmware says nothing any more: NOT_SUPPORT (eeh.md 1.3.4 step 6, 3 #7). */
import {
  type Proc,
  type Ptr,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
  read,
  write,
} from '#ops';
import { pci_channel_io_perm_failure, pci_dev } from '../pci/structs.ts';
import { ALREADY_ISOLATED, NO_EEH } from './eeh_check.ts';
import { eeh_pe_mark_isolated } from './eeh_pe.ts';
import { EEH_PE_ISOLATED, EEH_STATE_NOT_SUPPORT, eeh_state_active, state_bits } from './flags.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev, eeh_pe } from './structs.ts';

/** get_state of a card that died for good. */
export function* state_of_the_dead(_k: Kernel, _pe: Ptr): Proc<number> {
  return EEH_STATE_NOT_SUPPORT;
}

/** d1679b4fa172: a false positive only if somebody has given the device up already. */
export function* eeh_check_state_dead(k: Kernel, edev: Ptr): Proc<Ptr> {
  const pdev = yield read(edev + eeh_dev.pdev);
  const pe = yield read(edev + eeh_dev.pe);
  if (pe === 0 || pdev === 0) return NO_EEH;
  yield raw_spin_lock_irqsave(k.confirm_error_lock);
  const top = yield* confirm_dead(k, pe, pdev);
  yield raw_spin_unlock_irqrestore(k.confirm_error_lock);
  return top;
}

function* confirm_dead(k: Kernel, pe: Ptr, pdev: Ptr): Proc<Ptr> {
  if (((yield read(pe + eeh_pe.state)) & EEH_PE_ISOLATED) !== 0) return ALREADY_ISOLATED;
  const state = state_bits(yield* k.get_state(k, pe));
  const channel = yield read(pdev + pci_dev.error_state);
  const given_up = channel === pci_channel_io_perm_failure ? EEH_STATE_NOT_SUPPORT : 0;
  if ((state & given_up) !== 0 || eeh_state_active(state) !== 0) {
    yield write(pe + eeh_pe.false_positives, (yield read(pe + eeh_pe.false_positives)) + 1);
    return NO_EEH;
  }
  yield* eeh_pe_mark_isolated(k, pe);
  return pe;
}
