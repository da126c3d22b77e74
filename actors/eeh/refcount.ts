/**
 * RFC-A: "[PATCH RFC 00/15] powerpc/eeh: Synchronization for safety", Sam Bobroff, 2 Oct 2019, by
 * the rules of eeh.md 2.4. eeh_pe_lock guards parent, child and child_list; each stored pointer to
 * a PE holds a reference. edevs, edev->pe, edev->pdev and state stay as they were: the mail says
 * so.
 *
 * The mail's orphan tracker looks at a PE after its own put may have freed it (eeh.md 2.4). Here an
 * orphan is noted when it is unlinked, so that a verdict is one of the design; the look after the
 * put is done where a race asks for it (k.orphan_tracker, T12).
 */
import {
  GFP_ATOMIC,
  ghost_add,
  kfree,
  kzalloc,
  type Proc,
  type Ptr,
  printk,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
  read,
  refcount_dec_and_test,
  refcount_inc,
  refcount_read,
  refcount_set,
  WARN_ON,
  write,
} from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { list_add_tail, list_del } from '../list.ts';
import { pci_controller } from '../pci/structs.ts';
import { eeh_event_queue } from './eeh_event.ts';
import { eeh_pe_get } from './eeh_pe.ts';
import {
  eeh_pe_alloc,
  eeh_pe_invalidate,
  eeh_pe_is_empty,
  eeh_pe_join,
  eeh_pe_leave,
} from './eeh_pe_tree.ts';
import {
  EEH_PE_INVALID,
  EEH_PE_KEEP,
  EEH_PE_ORPHAN,
  EEH_PE_PHB,
  EEH_PE_RECOVERING,
} from './flags.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev, eeh_event, eeh_ledger, eeh_pe } from './structs.ts';

/** eeh_get_pe(): one more pointer to it. */
export function* eeh_get_pe(_k: Kernel, pe: Ptr): Proc<Ptr> {
  const none = (yield refcount_read(pe + eeh_pe.kref.refcount)) === 0 ? 1 : 0;
  yield WARN_ON(none, 'Attempt to get when refcount 0!');
  yield refcount_inc(pe + eeh_pe.kref.refcount);
  return pe;
}

/** eeh_put_pe(): one pointer less; the last one frees the PE, which is unlinked by then. */
export function* eeh_put_pe(k: Kernel, pe: Ptr): Proc<void> {
  if ((yield refcount_dec_and_test(pe + eeh_pe.kref.refcount)) === 0) {
    if (k.orphan_tracker !== 0) yield* look_for_orphan(pe);
    return;
  }
  yield raw_spin_lock_irqsave(k.eeh_orphan_lock);
  yield* list_del(pe + eeh_pe.orphan.at);
  yield raw_spin_unlock_irqrestore(k.eeh_orphan_lock);
  yield kfree(pe);
}

/** The tracker as posted: somebody else's put may have freed the PE by now. */
function* look_for_orphan(pe: Ptr): Proc<void> {
  if ((yield read(pe + eeh_pe.parent)) !== 0) return;
  const state = yield read(pe + eeh_pe.state);
  const tracked = (state & EEH_PE_ORPHAN) !== 0;
  if (tracked) yield printk('Orphaned PEs awaiting free:');
}

/** Out of the tree, under eeh_pe_lock; the caller drops the reference of its existence after. */
function* unlink_pe(k: Kernel, pe: Ptr): Proc<void> {
  yield* list_del(pe + eeh_pe.child.at);
  yield write(pe + eeh_pe.parent, 0);
  yield write(pe + eeh_pe.state, (yield read(pe + eeh_pe.state)) | EEH_PE_ORPHAN);
  yield raw_spin_lock_irqsave(k.eeh_orphan_lock);
  yield* list_add_tail(pe + eeh_pe.orphan.at, k.eeh_orphan_pes);
  yield raw_spin_unlock_irqrestore(k.eeh_orphan_lock);
}

/**
 * The sliding reference: gives up the one on `pe` for one on the next PE. A PE that was unlinked
 * while its loop body ran leads nowhere: the traversal ends incomplete.
 */
export function* eeh_pe_next_counted(k: Kernel, pe: Ptr, root: Ptr): Proc<Ptr> {
  yield raw_spin_lock_irqsave(k.eeh_pe_lock);
  const next = yield* next_under_lock(k, pe, root);
  if (next !== 0) yield* eeh_get_pe(k, next);
  yield raw_spin_unlock_irqrestore(k.eeh_pe_lock);
  yield* eeh_put_pe(k, pe);
  return next;
}

function* next_under_lock(k: Kernel, pe: Ptr, root: Ptr): Proc<Ptr> {
  const first = yield read(pe + eeh_pe.child_list.next);
  if (first !== pe + eeh_pe.child_list.at) return first - eeh_pe.child.at;
  let at = pe;
  while (at !== root) {
    const parent = yield read(at + eeh_pe.parent);
    if (parent === 0) {
      const phb = yield read(at + eeh_pe.phb);
      const number = yield read(phb + pci_controller.global_number);
      yield printk(
        'EEH: Warning: PHB#%x-PE%x: Traversal possibly incomplete.',
        number,
        yield read(at + eeh_pe.addr),
      );
      yield ghost_add(k.ledger + eeh_ledger.traversals_incomplete, 1);
      return 0;
    }
    const next = yield read(at + eeh_pe.child.next);
    if (next !== parent + eeh_pe.child_list.at) return next - eeh_pe.child.at;
    at = parent;
  }
  return 0;
}

/** Rule 7: the reference moves up under the lock. */
export function* eeh_pe_move_to_parent_counted(k: Kernel, pe: Ptr): Proc<Ptr> {
  yield raw_spin_lock_irqsave(k.eeh_pe_lock);
  const parent = yield read(pe + eeh_pe.parent);
  if (parent !== 0) yield* eeh_get_pe(k, parent);
  yield raw_spin_unlock_irqrestore(k.eeh_pe_lock);
  yield* eeh_put_pe(k, pe);
  return parent;
}

/** Rule 8: the PHB PE, referenced. */
export function* eeh_phb_pe_get_counted(k: Kernel, phb: Ptr): Proc<Ptr> {
  yield raw_spin_lock_irqsave(k.eeh_pe_lock);
  let found = 0;
  let entry = yield read(k.eeh_phb_pe + list_head.next);
  while (entry !== k.eeh_phb_pe) {
    const pe = entry - eeh_pe.child.at;
    if ((yield read(pe + eeh_pe.phb)) === phb) {
      found = yield* eeh_get_pe(k, pe);
      break;
    }
    entry = yield read(entry + list_head.next);
  }
  yield raw_spin_unlock_irqrestore(k.eeh_pe_lock);
  return found;
}

/** eeh_add_to_parent_pe() with its links made under the lock; edev->pe is a stored pointer too. */
export function* eeh_add_to_parent_pe_counted(k: Kernel, edev: Ptr, new_parent: Ptr): Proc<void> {
  const phb = yield read(edev + eeh_dev.controller);
  const addr = yield read(edev + eeh_dev.pe_config_addr);
  const known = yield* eeh_pe_get(k, phb, addr);
  if (known !== 0) {
    // The reference of the lookup becomes the one of edev->pe.
    yield* eeh_pe_join(edev, known);
    return;
  }
  const pe = yield* eeh_pe_alloc(phb, addr);
  if (pe === 0) return;
  // One for being in the tree, one for edev->pe.
  yield refcount_set(pe + eeh_pe.kref.refcount, 2);
  const phb_pe = yield* eeh_phb_pe_get_counted(k, phb);
  const parent = new_parent !== 0 ? new_parent : phb_pe;
  yield raw_spin_lock_irqsave(k.eeh_pe_lock);
  yield write(pe + eeh_pe.parent, parent);
  yield* list_add_tail(pe + eeh_pe.child.at, parent + eeh_pe.child_list.at);
  yield raw_spin_unlock_irqrestore(k.eeh_pe_lock);
  yield* eeh_put_pe(k, phb_pe);
  yield* list_add_tail(edev + eeh_dev.entry.at, pe + eeh_pe.edevs.at);
  yield write(edev + eeh_dev.pe, pe);
}

/**
 * eeh_rmv_from_parent_pe() as of 799abe283e51, climbing with a reference on the parent. Ends at the
 * PHB PE and at a PE that somebody else has unlinked meanwhile (rule 4, as in cleanup).
 */
export function* eeh_rmv_from_parent_pe_counted(k: Kernel, edev: Ptr): Proc<void> {
  // The reference of edev->pe becomes the one of this climb.
  let pe = yield* eeh_pe_leave(edev);
  while (pe !== 0) {
    yield raw_spin_lock_irqsave(k.eeh_pe_lock);
    const parent = yield read(pe + eeh_pe.parent);
    if (parent !== 0) yield* eeh_get_pe(k, parent);
    const outcome = parent === 0 ? STOP : yield* removal_step(k, pe);
    yield raw_spin_unlock_irqrestore(k.eeh_pe_lock);
    if (outcome === UNLINKED) yield* eeh_put_pe(k, pe);
    yield* eeh_put_pe(k, pe);
    if (outcome === STOP) {
      if (parent !== 0) yield* eeh_put_pe(k, parent);
      return;
    }
    pe = parent;
  }
}

const STOP = 0;
const KEPT = 1;
const UNLINKED = 2;

/** What becomes of one PE on the way up. */
function* removal_step(k: Kernel, pe: Ptr): Proc<number> {
  if (((yield read(pe + eeh_pe.type)) & EEH_PE_PHB) !== 0) return STOP;
  const state = yield read(pe + eeh_pe.state);
  if ((state & (EEH_PE_KEEP | EEH_PE_RECOVERING)) !== 0) {
    return (yield* eeh_pe_invalidate(pe)) !== 0 ? KEPT : STOP;
  }
  if ((yield* eeh_pe_is_empty(pe)) === 0) return STOP;
  yield* unlink_pe(k, pe);
  return UNLINKED;
}

/**
 * eeh_pe_cleanup(): the same wrong test as its base; unlinking under the lock, and only of what is
 * still linked, because the reference of existence may be dropped once only (rule 4).
 */
export function* eeh_pe_cleanup_counted(k: Kernel, pe: Ptr): Proc<void> {
  let entry = yield read(pe + eeh_pe.child_list.next);
  while (entry !== pe + eeh_pe.child_list.at) {
    const next = yield read(entry + list_head.next);
    yield* eeh_pe_cleanup_counted(k, entry - eeh_pe.child.at);
    entry = next;
  }
  const state = yield read(pe + eeh_pe.state);
  if ((state & EEH_PE_KEEP) !== 0) return;
  if ((state & EEH_PE_INVALID) === 0) return;
  yield raw_spin_lock_irqsave(k.eeh_pe_lock);
  const linked = yield read(pe + eeh_pe.parent);
  const empty = yield* eeh_pe_is_empty(pe);
  if (linked !== 0 && empty !== 0) yield* unlink_pe(k, pe);
  yield raw_spin_unlock_irqrestore(k.eeh_pe_lock);
  if (linked !== 0 && empty !== 0) yield* eeh_put_pe(k, pe);
}

/**
 * Rule 9: the event owns a reference, which the handler gives back. Its caller takes it, and
 * eeh_event.c was left as it is: without memory for the event the reference is lost (2.4).
 */
export function* eeh_send_failure_event_counted(k: Kernel, pe: Ptr): Proc<void> {
  const counted = yield* eeh_get_pe(k, pe);
  const event = yield kzalloc(eeh_event.typeid, GFP_ATOMIC);
  if (event === 0) {
    yield printk('EEH: out of memory, event not handled');
    return;
  }
  yield write(event + eeh_event.pe, counted);
  yield* eeh_event_queue(k, event, pe);
}
