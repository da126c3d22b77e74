/**
 * RFC-B (eeh.md 2.4 M): a mutex and a raw spinlock, the former confirm_error_lock. Links of the
 * tree, edev->pe and edev->pdev are changed with both held and read with either. PEs that are
 * RECOVERING stay, and new PEs below them inherit it. Drivers are called without the mutex, from a
 * snapshot of devices; its second loop goes through edev->pdev again, unchecked, as in the mails.
 */
import {
  current,
  ghost_add,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
  read,
  write,
} from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { list_add_tail } from '../list.ts';
import { device_lock, device_unlock, get_device, put_device } from '../pci/device.ts';
import { pci_dev } from '../pci/structs.ts';
import { eeh_addr_cache_insert_dev, eeh_addr_cache_rmv_dev } from './eeh_cache.ts';
import { confirm_state, NO_EEH, PHB_HANDLED } from './eeh_check.ts';
import { bound_edev, leave_or_disconnect, mode_set } from './eeh_dev.ts';
import { eeh_pe_bus_get_unlocked, eeh_pe_get, eeh_pe_state_mark } from './eeh_pe.ts';
import { eeh_pe_alloc, eeh_pe_cleanup, eeh_pe_join, eeh_pe_tree_remove } from './eeh_pe_tree.ts';
import { report_locked } from './eeh_report.ts';
import { EEH_DEV_NO_HANDLER, EEH_PE_RECOVERING } from './flags.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev, eeh_pe, eeh_snapshots, SNAPSHOT_MAX } from './structs.ts';

function* lock_both(k: Kernel): Proc<void> {
  yield mutex_lock(k.eeh_mutex);
  yield raw_spin_lock_irqsave(k.confirm_error_lock);
}

function* unlock_both(k: Kernel): Proc<void> {
  yield raw_spin_unlock_irqrestore(k.confirm_error_lock);
  yield mutex_unlock(k.eeh_mutex);
}

export function* eeh_pe_tree_insert_two_lock(k: Kernel, edev: Ptr, new_parent: Ptr): Proc<void> {
  const phb = yield read(edev + eeh_dev.controller);
  const addr = yield read(edev + eeh_dev.pe_config_addr);
  yield mutex_lock(k.eeh_mutex);
  const known = yield* eeh_pe_get(k, phb, addr);
  const pe = known !== 0 ? known : yield* eeh_pe_alloc(phb, addr);
  const parent = new_parent !== 0 ? new_parent : yield* k.eeh_phb_pe_get(k, phb);
  yield raw_spin_lock_irqsave(k.confirm_error_lock);
  if (known !== 0) {
    yield* eeh_pe_join(edev, known);
  } else if (pe !== 0) {
    const inherited = (yield read(parent + eeh_pe.state)) & EEH_PE_RECOVERING;
    yield write(pe + eeh_pe.state, inherited);
    yield write(pe + eeh_pe.parent, parent);
    yield* list_add_tail(pe + eeh_pe.child.at, parent + eeh_pe.child_list.at);
    yield* list_add_tail(edev + eeh_dev.entry.at, pe + eeh_pe.edevs.at);
    yield write(edev + eeh_dev.pe, pe);
  }
  yield* unlock_both(k);
}

export function* eeh_pe_tree_remove_two_lock(k: Kernel, edev: Ptr): Proc<void> {
  yield* lock_both(k);
  yield* eeh_pe_tree_remove(k, edev);
  yield* unlock_both(k);
}

export function* eeh_pe_cleanup_two_lock(k: Kernel, pe: Ptr): Proc<void> {
  yield* lock_both(k);
  yield* eeh_pe_cleanup(k, pe);
  yield* unlock_both(k);
}

export function* eeh_pe_bus_get_two_lock(k: Kernel, pe: Ptr): Proc<Ptr> {
  yield mutex_lock(k.eeh_mutex);
  const bus = yield* eeh_pe_bus_get_unlocked(k, pe);
  yield mutex_unlock(k.eeh_mutex);
  return bus;
}

export function* eeh_probe_device_two_lock(k: Kernel, dev: Ptr): Proc<void> {
  const edev = yield* k.probe(k, dev);
  if (edev === 0) return;
  yield* lock_both(k);
  yield write(edev + eeh_dev.pdev, dev);
  yield* unlock_both(k);
  yield write(dev + pci_dev.edev, edev);
  yield* eeh_addr_cache_insert_dev(k, dev, edev);
}

export function* eeh_remove_device_two_lock(k: Kernel, dev: Ptr): Proc<void> {
  yield* lock_both(k);
  const edev = yield* bound_edev(dev);
  if (edev !== 0) yield write(edev + eeh_dev.pdev, 0);
  yield* unlock_both(k);
  if (edev === 0) return;
  yield* mode_set(edev, EEH_DEV_NO_HANDLER);
  yield* eeh_addr_cache_rmv_dev(k, dev);
  yield write(edev + eeh_dev.in_error, 0);
  yield write(dev + pci_dev.edev, 0);
  yield* leave_or_disconnect(k, edev);
}

/**
 * Steps 2 to 8 under the spinlock, edev->pe included, and RECOVERING before it is dropped: from
 * then on the PE stays. The check of the PHB starts from the edev's PHB: its PE is never removed.
 */
export function* eeh_check_state_two_lock(k: Kernel, edev: Ptr): Proc<Ptr> {
  const phb_pe = yield* k.eeh_phb_pe_get(k, yield read(edev + eeh_dev.controller));
  if (phb_pe !== 0 && (yield* k.eeh_phb_check_failure(k, phb_pe)) !== 0) return PHB_HANDLED;
  yield raw_spin_lock_irqsave(k.confirm_error_lock);
  const pe = yield read(edev + eeh_dev.pe);
  const top = pe === 0 ? NO_EEH : yield* confirm_state(k, pe);
  if (top > 0) yield* eeh_pe_state_mark(k, top, EEH_PE_RECOVERING);
  yield raw_spin_unlock_irqrestore(k.confirm_error_lock);
  return top;
}

/** eeh_pe_report(): what the subtree's devices are now, and then one after the other. */
export function* report_from_snapshot(
  k: Kernel,
  phase: number,
  root: Ptr,
  result: Ptr,
): Proc<void> {
  const me = (yield current()) - 1;
  const edevs = k.eeh_snapshots + eeh_snapshots.first.at + me * SNAPSHOT_MAX;
  const devs = k.eeh_snapshots + eeh_snapshots.second.at + me * SNAPSHOT_MAX;
  let count = 0;
  yield mutex_lock(k.eeh_mutex);
  let pe = root;
  while (pe !== 0) {
    let entry = yield read(pe + eeh_pe.edevs.next);
    while (entry !== pe + eeh_pe.edevs.at && count < SNAPSHOT_MAX) {
      const edev = entry - eeh_dev.entry.at;
      const pdev = yield read(edev + eeh_dev.pdev);
      if (pdev !== 0) {
        yield* get_device(pdev);
        yield write(edevs + count, edev);
        yield write(devs + count, pdev);
        count++;
      }
      entry = yield read(entry + list_head.next);
    }
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
  yield mutex_unlock(k.eeh_mutex);
  for (let i = 0; i < count; i++) {
    const edev = yield read(edevs + i);
    yield ghost_add(edev + eeh_dev.visits, 1);
    yield* k.eeh_pe_report_edev(k, edev, phase, result);
    yield* put_device(k, yield read(devs + i));
    yield write(devs + i, 0);
  }
}

/** The reference is the snapshot's; the pointer is not. */
export function* report_edev_two_lock(
  k: Kernel,
  edev: Ptr,
  phase: number,
  result: Ptr,
): Proc<void> {
  const pdev = yield read(edev + eeh_dev.pdev);
  yield* device_lock(pdev);
  yield* report_locked(k, edev, pdev, phase, result);
  yield* device_unlock(pdev);
}
