/** Devices enter and leave the PE tree (eeh.md 1.3.3), in the forms without reference counts. */
import { GFP_KERNEL, kfree, kzalloc, type Proc, type Ptr, read, WARN_ON, write } from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { INIT_LIST_HEAD, list_add_tail, list_del, list_empty } from '../list.ts';
import { eeh_pe_get } from './eeh_pe.ts';
import {
  EEH_PE_BUS,
  EEH_PE_DEVICE,
  EEH_PE_INVALID,
  EEH_PE_KEEP,
  EEH_PE_PHB,
  EEH_PE_RECOVERING,
} from './flags.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev, eeh_pe } from './structs.ts';

/** A PE that is in no tree yet. RECOVERING and ISOLATED are not inherited from the parent. */
export function* eeh_pe_alloc(phb: Ptr, addr: number): Proc<Ptr> {
  const pe = yield kzalloc(eeh_pe.typeid, GFP_KERNEL);
  if (pe === 0) return 0;
  yield write(pe + eeh_pe.type, EEH_PE_DEVICE);
  yield write(pe + eeh_pe.phb, phb);
  yield* INIT_LIST_HEAD(pe + eeh_pe.child_list.at);
  yield* INIT_LIST_HEAD(pe + eeh_pe.edevs.at);
  yield write(pe + eeh_pe.addr, addr);
  return pe;
}

/** An existing PE takes one more device; an INVALID one is revived with its parents. */
export function* eeh_pe_join(edev: Ptr, pe: Ptr): Proc<void> {
  const type = yield read(pe + eeh_pe.type);
  if ((type & EEH_PE_INVALID) === 0) {
    yield write(pe + eeh_pe.type, EEH_PE_BUS);
    yield write(edev + eeh_dev.pe, pe);
    yield* list_add_tail(edev + eeh_dev.entry.at, pe + eeh_pe.edevs.at);
    return;
  }
  yield* list_add_tail(edev + eeh_dev.entry.at, pe + eeh_pe.edevs.at);
  yield write(edev + eeh_dev.pe, pe);
  let at = pe;
  while (at !== 0) {
    const now = yield read(at + eeh_pe.type);
    if ((now & EEH_PE_INVALID) === 0) return;
    yield write(at + eeh_pe.type, now & ~EEH_PE_INVALID);
    at = yield read(at + eeh_pe.parent);
  }
}

/**
 * eeh_add_to_parent_pe(), since 5.8 eeh_pe_tree_insert(). A new PE is reachable before its edev.
 */
export function* eeh_pe_tree_insert(k: Kernel, edev: Ptr, new_parent: Ptr): Proc<void> {
  const phb = yield read(edev + eeh_dev.controller);
  const addr = yield read(edev + eeh_dev.pe_config_addr);
  const known = yield* eeh_pe_get(k, phb, addr);
  if (known !== 0) {
    yield* eeh_pe_join(edev, known);
    return;
  }
  const pe = yield* eeh_pe_alloc(phb, addr);
  if (pe === 0) return;
  const parent = new_parent !== 0 ? new_parent : yield* k.eeh_phb_pe_get(k, phb);
  yield write(pe + eeh_pe.parent, parent);
  yield* list_add_tail(pe + eeh_pe.child.at, parent + eeh_pe.child_list.at);
  yield* list_add_tail(edev + eeh_dev.entry.at, pe + eeh_pe.edevs.at);
  yield write(edev + eeh_dev.pe, pe);
}

/** Takes the device out; answers its PE, or NULL when it was in none. */
export function* eeh_pe_leave(edev: Ptr): Proc<Ptr> {
  const pe = yield read(edev + eeh_dev.pe);
  if (pe === 0) return 0;
  yield write(edev + eeh_dev.pe, 0);
  yield* list_del(edev + eeh_dev.entry.at);
  return pe;
}

/** 1 when neither devices nor PEs are left in it. */
export function* eeh_pe_is_empty(pe: Ptr): Proc<number> {
  if ((yield* list_empty(pe + eeh_pe.edevs.at)) === 0) return 0;
  return yield* list_empty(pe + eeh_pe.child_list.at);
}

/** A kept PE: INVALID when no device is in it and nothing valid below. 1 when it became so. */
export function* eeh_pe_invalidate(pe: Ptr): Proc<number> {
  if ((yield* list_empty(pe + eeh_pe.edevs.at)) === 0) return 0;
  let entry = yield read(pe + eeh_pe.child_list.next);
  while (entry !== pe + eeh_pe.child_list.at) {
    const type = yield read(entry - eeh_pe.child.at + eeh_pe.type);
    if ((type & EEH_PE_INVALID) === 0) return 0;
    entry = yield read(entry + list_head.next);
  }
  yield write(pe + eeh_pe.type, (yield read(pe + eeh_pe.type)) | EEH_PE_INVALID);
  return 1;
}

/** 4.19: PEs that became empty are freed at once, up the tree, unless they have KEEP. */
export function* eeh_rmv_from_parent_pe_v0(_k: Kernel, edev: Ptr): Proc<void> {
  let pe = yield* eeh_pe_leave(edev);
  while (pe !== 0) {
    const parent = yield read(pe + eeh_pe.parent);
    if (((yield read(pe + eeh_pe.type)) & EEH_PE_PHB) !== 0) return;
    const state = yield read(pe + eeh_pe.state);
    if ((state & EEH_PE_KEEP) === 0) {
      if ((yield* eeh_pe_is_empty(pe)) === 0) return;
      yield* list_del(pe + eeh_pe.child.at);
      yield kfree(pe);
    } else if ((yield* eeh_pe_invalidate(pe)) === 0) {
      return;
    }
    pe = parent;
  }
}

/** 799abe283e51: KEEP and RECOVERING both keep a PE; eeh_pe_cleanup() is to free it. */
export function* eeh_pe_tree_remove(_k: Kernel, edev: Ptr): Proc<void> {
  let pe = yield* eeh_pe_leave(edev);
  while (pe !== 0) {
    const parent = yield read(pe + eeh_pe.parent);
    if (((yield read(pe + eeh_pe.type)) & EEH_PE_PHB) !== 0) return;
    const state = yield read(pe + eeh_pe.state);
    const keep = state & EEH_PE_KEEP;
    const recover = state & EEH_PE_RECOVERING;
    yield WARN_ON(keep !== 0 && recover === 0 ? 1 : 0, 'keep && !recover');
    if (keep === 0 && recover === 0) {
      if ((yield* eeh_pe_is_empty(pe)) === 0) return;
      yield* list_del(pe + eeh_pe.child.at);
      yield kfree(pe);
    } else if ((yield* eeh_pe_invalidate(pe)) === 0) {
      return;
    }
    pe = parent;
  }
}

/** 4.19: nothing is left to be collected. */
export function* no_cleanup(_k: Kernel, _pe: Ptr): Proc<void> {
  // Empty PEs were freed when they became empty.
}

/**
 * 799abe283e51: frees what a recovery kept. INVALID is a bit of `type`, and is looked for in
 * `state`, where the same value means ISOLATED (eeh.md 2.3 T9).
 */
export function* eeh_pe_cleanup(k: Kernel, pe: Ptr): Proc<void> {
  let entry = yield read(pe + eeh_pe.child_list.next);
  while (entry !== pe + eeh_pe.child_list.at) {
    const next = yield read(entry + list_head.next);
    yield* eeh_pe_cleanup(k, entry - eeh_pe.child.at);
    entry = next;
  }
  const state = yield read(pe + eeh_pe.state);
  if ((state & EEH_PE_KEEP) !== 0) return;
  if ((state & EEH_PE_INVALID) === 0) return;
  if ((yield* eeh_pe_is_empty(pe)) === 0) return;
  yield* list_del(pe + eeh_pe.child.at);
  yield kfree(pe);
}
