/**
 * pnv_php, the hotplug driver of bare metal (eeh.md 4.6): its interrupt handler freezes the PE of a
 * card that was pulled, its work item takes the devices away. The handler reads the list of devices
 * without a lock and takes confirm_error_lock only around the mark; RFC-B adds its mutex (2.4 M).
 */
import {
  complete,
  irq_enter,
  irq_exit,
  type Proc,
  type Ptr,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
  read,
  wait_for_completion,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { eeh_pe_mark_isolated } from '../eeh/eeh_pe.ts';
import { EEH_OPT_FREEZE_PE } from '../eeh/flags.ts';
import type { Kernel } from '../eeh/kernel.ts';
import { eeh_dev } from '../eeh/structs.ts';
import { pci_hp_remove_devices } from '../pci/remove.ts';
import { pci_lock_rescan_remove, pci_unlock_rescan_remove } from '../pci/rescan_lock.ts';
import { pci_bus, pci_dev } from '../pci/structs.ts';

const ev = eventCodes(
  'IRQ',
  'FROZEN',
  'NO_PE',
  'QUEUED',
  'RETURNED',
  'STARTED',
  'LOCKED',
  'REMOVED',
  'UNLOCKED',
);

export function* php_irq_wait(_k: Kernel, _bus: Ptr, irq: Ptr): Proc<number> {
  yield irq_enter(irq);
  return ev.IRQ;
}

/** The PE of the first device on the slot's bus. */
function* pe_of_slot(bus: Ptr): Proc<Ptr> {
  const entry = yield read(bus + pci_bus.devices.next);
  if (entry === bus + pci_bus.devices.at) return 0;
  const edev = yield read(entry - pci_dev.bus_list.at + pci_dev.edev);
  return edev === 0 ? 0 : yield read(edev + eeh_dev.pe);
}

/** Marks the PE of the first device on the slot's bus isolated; answers it. */
export function* php_isolate_pe(k: Kernel, bus: Ptr): Proc<Ptr> {
  const pe = yield* pe_of_slot(bus);
  if (pe === 0) return 0;
  yield raw_spin_lock_irqsave(k.confirm_error_lock);
  yield* eeh_pe_mark_isolated(k, pe);
  yield raw_spin_unlock_irqrestore(k.confirm_error_lock);
  return pe;
}

export function* php_freeze_pe(k: Kernel, bus: Ptr): Proc<number> {
  yield* k.php_lock(k);
  const pe = yield* php_isolate_pe(k, bus);
  if (pe !== 0) yield* k.set_option(k, pe, EEH_OPT_FREEZE_PE);
  yield* k.php_unlock(k);
  return pe === 0 ? ev.NO_PE : ev.FROZEN;
}

export function* php_queue_event(_k: Kernel, _bus: Ptr, _irq: Ptr, work: Ptr): Proc<number> {
  yield complete(work);
  return ev.QUEUED;
}

export function* php_irq_return(_k: Kernel, _bus: Ptr, irq: Ptr): Proc<number> {
  yield irq_exit(irq);
  return ev.RETURNED;
}

export function* php_work_wait(_k: Kernel, _bus: Ptr, work: Ptr): Proc<number> {
  yield wait_for_completion(work);
  return ev.STARTED;
}

export function* php_work_lock(k: Kernel): Proc<number> {
  yield* pci_lock_rescan_remove(k);
  return ev.LOCKED;
}

export function* php_work_remove(k: Kernel, bus: Ptr): Proc<number> {
  yield* pci_hp_remove_devices(k, bus);
  return ev.REMOVED;
}

export function* php_work_unlock(k: Kernel): Proc<number> {
  yield* pci_unlock_rescan_remove(k);
  return ev.UNLOCKED;
}
