/**
 * The global eeh_mutex of early kernels (eeh.md 0 Vpre, 2.4 G): held around every operation on the
 * tree, and over a whole walk with what it does, driver callbacks included. Detection cannot take
 * it. Unplugging and replugging in a reset walk without it: they would take it twice.
 */
import { mutex_lock, mutex_unlock, type Proc, type Ptr } from '#ops';
import { eeh_pe_bus_get_unlocked } from './eeh_pe.ts';
import { eeh_pe_tree_insert, eeh_rmv_from_parent_pe_v0 } from './eeh_pe_tree.ts';
import { recovering_at_start } from './eeh_presence.ts';
import type { Kernel } from './kernel.ts';

export function* eeh_lock(k: Kernel): Proc<void> {
  yield mutex_lock(k.eeh_mutex);
}

export function* eeh_unlock(k: Kernel): Proc<void> {
  yield mutex_unlock(k.eeh_mutex);
}

export function* eeh_walk_begin_mutex(k: Kernel, root: Ptr): Proc<Ptr> {
  yield* eeh_lock(k);
  return root;
}

export function* eeh_add_to_parent_pe_mutex(k: Kernel, edev: Ptr, new_parent: Ptr): Proc<void> {
  yield* eeh_lock(k);
  yield* eeh_pe_tree_insert(k, edev, new_parent);
  yield* eeh_unlock(k);
}

export function* eeh_rmv_from_parent_pe_mutex(k: Kernel, edev: Ptr): Proc<void> {
  yield* eeh_lock(k);
  yield* eeh_rmv_from_parent_pe_v0(k, edev);
  yield* eeh_unlock(k);
}

export function* recovering_at_start_mutex(k: Kernel, pe: Ptr): Proc<void> {
  yield* eeh_lock(k);
  yield* recovering_at_start(k, pe);
  yield* eeh_unlock(k);
}

export function* eeh_pe_bus_get_mutex(k: Kernel, pe: Ptr): Proc<Ptr> {
  yield* eeh_lock(k);
  const bus = yield* eeh_pe_bus_get_unlocked(k, pe);
  yield* eeh_unlock(k);
  return bus;
}
