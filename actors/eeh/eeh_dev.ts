/**
 * Binding an eeh_dev to its pci_dev and taking it off again (eeh.md 1.3.3). Until 5.7 the teardown
 * waits for the last reference of the pci_dev, since then it is part of device_del().
 */
import { type Proc, type Ptr, read, WARN_ON, write } from '#ops';
import { pci_dev, pci_dn } from '../pci/structs.ts';
import { eeh_addr_cache_insert_dev, eeh_addr_cache_rmv_dev } from './eeh_cache.ts';
import { EEH_DEV_DISCONNECTED, EEH_DEV_NO_HANDLER, EEH_PE_KEEP } from './flags.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev, eeh_pe } from './structs.ts';

export function* mode_set(edev: Ptr, bits: number): Proc<void> {
  yield write(edev + eeh_dev.mode, (yield read(edev + eeh_dev.mode)) | bits);
}

/** pcibios_release_device() or the notifier, where the era has no teardown there. */
export function* no_teardown(_k: Kernel, _dev: Ptr): Proc<void> {
  // The other of the two places has it.
}

/** Leave the tree, or stay in it because a reset is going on and will bring the device back. */
export function* leave_or_disconnect(k: Kernel, edev: Ptr): Proc<void> {
  const state = yield read((yield read(edev + eeh_dev.pe)) + eeh_pe.state);
  if ((state & EEH_PE_KEEP) === 0) yield* k.eeh_pe_tree_remove(k, edev);
  else yield* mode_set(edev, EEH_DEV_DISCONNECTED);
}

/** The edev that still belongs to a pci_dev and is in a PE, or NULL. */
export function* bound_edev(dev: Ptr): Proc<Ptr> {
  const edev = yield read(dev + pci_dev.edev);
  if (edev === 0) return 0;
  const pdev = yield read(edev + eeh_dev.pdev);
  const pe = yield read(edev + eeh_dev.pe);
  return pdev === 0 || pe === 0 ? 0 : edev;
}

/** 4.19: the PE is left before the address cache, which still hands the edev out meanwhile. */
export function* eeh_remove_device_v0(k: Kernel, dev: Ptr): Proc<void> {
  const edev = yield* bound_edev(dev);
  if (edev === 0) return;
  yield write(edev + eeh_dev.pdev, 0);
  yield write(edev + eeh_dev.in_error, 0);
  yield write(dev + pci_dev.edev, 0);
  yield* leave_or_disconnect(k, edev);
  yield* mode_set(edev, EEH_DEV_NO_HANDLER);
  yield* eeh_addr_cache_rmv_dev(k, dev);
}

/** From 5.4 on. */
export function* eeh_remove_device(k: Kernel, dev: Ptr): Proc<void> {
  const edev = yield* bound_edev(dev);
  if (edev === 0) return;
  yield write(edev + eeh_dev.pdev, 0);
  yield* mode_set(edev, EEH_DEV_NO_HANDLER);
  yield* eeh_addr_cache_rmv_dev(k, dev);
  yield write(edev + eeh_dev.in_error, 0);
  yield write(dev + pci_dev.edev, 0);
  yield* leave_or_disconnect(k, edev);
}

/** A former pci_dev of this edev whose last reference is still out. */
function* drop_stale(k: Kernel, edev: Ptr, old: Ptr): Proc<void> {
  yield* k.eeh_pe_tree_remove(k, edev);
  yield* eeh_addr_cache_rmv_dev(k, old);
  yield* mode_set(edev, EEH_DEV_NO_HANDLER);
}

function* bind(k: Kernel, dev: Ptr, edev: Ptr): Proc<void> {
  yield write(edev + eeh_dev.pdev, dev);
  yield write(dev + pci_dev.edev, edev);
  yield* eeh_addr_cache_insert_dev(k, dev, edev);
}

/**
 * Until 5.7 (eeh_add_device_late): a stale binding goes before the edev is put into its PE again;
 * the other order would put one list entry into a list twice.
 */
export function* eeh_add_device_late(k: Kernel, dev: Ptr): Proc<void> {
  const node = yield read(dev + pci_dev.pdn);
  const known = yield read(node + pci_dn.edev);
  const old = known === 0 ? 0 : yield read(known + eeh_dev.pdev);
  if (old !== 0) {
    yield* drop_stale(k, known, old);
    yield write(known + eeh_dev.pdev, 0);
  }
  const edev = yield* k.probe(k, dev);
  if (edev !== 0) yield* bind(k, dev, edev);
}

/** eeh_probe_device(), from 5.8 on: stale bindings are not expected any more. */
export function* eeh_probe_device(k: Kernel, dev: Ptr): Proc<void> {
  const bound = yield read(dev + pci_dev.edev);
  if ((yield WARN_ON(bound, 'eeh_probe_device: already bound to an eeh_dev')) !== 0) return;
  const edev = yield* k.probe(k, dev);
  if (edev === 0) return;
  const old = yield read(edev + eeh_dev.pdev);
  if (old !== 0 && old !== dev) yield* drop_stale(k, edev, old);
  yield* bind(k, dev, edev);
}
