/**
 * rpaphp_enable_slot() (eeh.md 1.0.6): a writer of `power` turns a slot on. The eeh_devs of its
 * node are put into the PE tree before the rescan lock is taken; its pci_devs come after.
 */
import { type Proc, type Ptr, wait_for_completion } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import type { Kernel } from '../eeh/kernel.ts';
import { pci_hp_add_devices } from '../pci/probe.ts';
import { pci_lock_rescan_remove, pci_unlock_rescan_remove } from '../pci/rescan_lock.ts';
import { pseries_eeh_init_edev_recursive } from './eeh_pseries.ts';

const ev = eventCodes('STARTED', 'PREPARED', 'LOCKED', 'ADDED', 'UNLOCKED');

/** `pdn`: the node that came into the slot; `bus`: where its devices go. */
export function* enable_wait(_k: Kernel, _pdn: Ptr, _bus: Ptr, start: Ptr): Proc<number> {
  yield wait_for_completion(start);
  return ev.STARTED;
}

export function* enable_edevs(k: Kernel, pdn: Ptr): Proc<number> {
  yield* pseries_eeh_init_edev_recursive(k, pdn, 0);
  return ev.PREPARED;
}

export function* enable_lock(k: Kernel): Proc<number> {
  yield* pci_lock_rescan_remove(k);
  return ev.LOCKED;
}

export function* enable_devices(k: Kernel, _pdn: Ptr, bus: Ptr): Proc<number> {
  yield* pci_hp_add_devices(k, bus);
  return ev.ADDED;
}

export function* enable_unlock(k: Kernel): Proc<number> {
  yield* pci_unlock_rescan_remove(k);
  return ev.UNLOCKED;
}
