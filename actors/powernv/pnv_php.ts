/** pnv_php: interrupts of slots, nested slots, presence (eeh.md 4.6, 3 #11 to #14, #26). */
import {
  complete,
  irq_exit,
  kfree,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  queue_work,
  raise_irq,
  read,
  readl,
  refcount_dec_and_test,
  WARN_ON,
  wait_for_completion,
  work_done,
  write,
  writel,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import type { Kernel } from '../eeh/kernel.ts';
import { pci_lock_rescan_remove, pci_unlock_rescan_remove } from '../pci/rescan_lock.ts';
import { php_isolate_pe } from './pnv_php_irq.ts';
import {
  msi_device_data,
  PNV_PHP_OFFLINE,
  PNV_PHP_POPULATED,
  pnv_bridge,
  pnv_php_slot,
  pnv_port,
} from './structs.ts';

const ev = eventCodes('DONE');

function* pci_disable_msi(pdev: Ptr): Proc<void> {
  const data = yield read(pdev + pnv_bridge.msi_data);
  yield mutex_lock(data + msi_device_data.mutex.at);
  yield write(data + msi_device_data.entries, 0);
  yield mutex_unlock(data + msi_device_data.mutex.at);
  yield write(pdev + pnv_bridge.msi_enabled, 0);
}

export type PhpIrqDesign = Readonly<{
  /** 1: the bridge's MSI must be turned off with the slot's interrupt, which was `irq`. */
  msi_to_disable: (pdev: Ptr, irq: number) => Proc<number>;
}>;

/** Before 335e35b74852: by what the slot's interrupt was when it was looked at. */
export function* msi_by_irq(_pdev: Ptr, irq: number): Proc<number> {
  return irq > 0 ? 1 : 0;
}

/** 335e35b74852: by what the device says now. */
export function* msi_by_device(pdev: Ptr, _irq: number): Proc<number> {
  return yield read(pdev + pnv_bridge.msi_enabled);
}

function* pnv_php_disable_irq(k: PhpIrqDesign, slot: Ptr): Proc<void> {
  const irq = yield read(slot + pnv_php_slot.irq);
  if (irq > 0) yield write(slot + pnv_php_slot.irq, 0);
  const pdev = yield read(slot + pnv_php_slot.pdev);
  if ((yield* k.msi_to_disable(pdev, irq)) !== 0) yield* pci_disable_msi(pdev);
}

/** device_del() of a bridge: msi_device_data_release() wants vectors to be gone. */
function* delete_bridge(pdev: Ptr): Proc<void> {
  const data = yield read(pdev + pnv_bridge.msi_data);
  const entries = yield read(data + msi_device_data.entries);
  yield WARN_ON(entries, 'msi_device_data_release');
  yield write(pdev + pnv_bridge.msi_data, 0);
  yield write(pdev + pnv_bridge.msi_enabled, 0);
  yield kfree(data);
  if ((yield refcount_dec_and_test(pdev + pnv_bridge.ref.refcount)) !== 0) yield kfree(pdev);
}

/** #14: the bridge is deleted with its MSI in order; its slot, which holds it, is freed later. */
export function* unplug_bridge_with_slot(
  k: Kernel & PhpIrqDesign,
  _start: Ptr,
  _done: Ptr,
  slot: Ptr,
): Proc<number> {
  const pdev = yield read(slot + pnv_php_slot.pdev);
  yield* pci_lock_rescan_remove(k);
  yield* pci_disable_msi(pdev);
  yield* delete_bridge(pdev);
  yield* pci_unlock_rescan_remove(k);
  yield* pnv_php_disable_irq(k, slot);
  if ((yield refcount_dec_and_test(pdev + pnv_bridge.ref.refcount)) !== 0) yield kfree(pdev);
  yield kfree(slot);
  return ev.DONE;
}

export type NestedDesign = PhpIrqDesign &
  Readonly<{
    free_child_irqs: (k: PhpIrqDesign, slot: Ptr) => Proc<void>;
    /** The same with the rescan lock held. */
    free_child_irqs_locked: (k: PhpIrqDesign, slot: Ptr) => Proc<void>;
  }>;

export function* child_irqs_left(_k: PhpIrqDesign, _slot: Ptr): Proc<void> {
  // Slots below are freed with their interrupts, after their bridges.
}

/** 4668619092554: interrupts of the slots below first. The walk itself takes no lock. */
export function* child_irqs_freed(k: PhpIrqDesign, slot: Ptr): Proc<void> {
  const child = yield read(slot + pnv_php_slot.child);
  if (child !== 0) yield* pnv_php_disable_irq(k, child);
}

/** The bridge, then pnv_php_unregister() of its slot. */
function* remove_child(k: NestedDesign, slot: Ptr, child: Ptr): Proc<void> {
  yield* delete_bridge(yield read(child + pnv_php_slot.pdev));
  yield* pnv_php_disable_irq(k, child);
  yield write(slot + pnv_php_slot.child, 0);
  yield kfree(child);
}

/** A sysfs `remove` of the bridge: its driver turns MSI off first. */
export function* remove_nested_bridge(
  k: Kernel & NestedDesign,
  _start: Ptr,
  _done: Ptr,
  slot: Ptr,
): Proc<number> {
  yield* pci_lock_rescan_remove(k);
  const child = yield read(slot + pnv_php_slot.child);
  if (child !== 0) {
    yield* pnv_php_disable_irq(k, child);
    yield* remove_child(k, slot, child);
  }
  yield* pci_unlock_rescan_remove(k);
  return ev.DONE;
}

/** pnv_php_disable_slot() of a slot with a bridge behind it that has a slot of its own. */
export function* pnv_php_disable_slot(
  k: Kernel & NestedDesign,
  _start: Ptr,
  _done: Ptr,
  slot: Ptr,
): Proc<number> {
  yield* k.free_child_irqs(k, slot);
  yield* pci_lock_rescan_remove(k);
  yield* k.free_child_irqs_locked(k, slot);
  const child = yield read(slot + pnv_php_slot.child);
  if (child !== 0) yield* remove_child(k, slot, child);
  yield* pci_unlock_rescan_remove(k);
  yield write(slot + pnv_php_slot.state, PNV_PHP_OFFLINE);
  return ev.DONE;
}

export type PresenceDesign = Readonly<{ link_active: (pdev: Ptr) => Proc<number> }>;

export function* link_of_bridge(pdev: Ptr): Proc<number> {
  return yield readl(pdev + pnv_bridge.link_active);
}

/** 2026: OpenCAPI's root slots have no bridge to ask. */
export function* link_of_bridge_if_any(pdev: Ptr): Proc<number> {
  return pdev === 0 ? 1 : yield readl(pdev + pnv_bridge.link_active);
}

/** pnv_php_get_adapter_state() since 80f9fc236279: the firmware, and the link. */
export function* pnv_php_get_adapter_state(
  k: PresenceDesign,
  _start: Ptr,
  _done: Ptr,
  slot: Ptr,
  port: Ptr,
): Proc<number> {
  const present = yield readl(port + pnv_port.presence);
  const pdev = yield read(slot + pnv_php_slot.pdev);
  const link = yield* k.link_active(pdev);
  yield write(slot + pnv_php_slot.state, (present & link) !== 0 ? PNV_PHP_POPULATED : 0);
  return ev.DONE;
}

export type SurpriseDesign = Readonly<{ thaw_upstream: (port: Ptr) => Proc<void> }>;

export function* upstream_left(_port: Ptr): Proc<void> {
  // Nobody looks at the PE above.
}

/** a2a2a6fc2469. */
export function* upstream_thawed(port: Ptr): Proc<void> {
  if ((yield readl(port + pnv_port.upstream_pe_frozen)) === 0) return;
  yield writel(port + pnv_port.upstream_pe_frozen, 0);
}

/** The port sends its MSI, which gets through if the PE above is not frozen. */
function* send_msi(port: Ptr): Proc<void> {
  if ((yield readl(port + pnv_port.upstream_pe_frozen)) !== 0) return;
  yield raise_irq(port + pnv_port.irq.at);
}

/** Somebody pulls a card, and puts it in again when Linux has noticed. */
export function* card_replugged(
  _k: SurpriseDesign,
  _start: Ptr,
  _done: Ptr,
  port: Ptr,
  noticed: Ptr,
): Proc<number> {
  yield writel(port + pnv_port.presence, 0);
  yield* send_msi(port);
  yield wait_for_completion(noticed);
  yield writel(port + pnv_port.presence, 1);
  yield* send_msi(port);
  return ev.DONE;
}

/** pnv_php_interrupt(): on removal the PE is frozen, and that of the bridge above with it. */
export function* pnv_php_interrupt(_k: SurpriseDesign, irq: Ptr, port: Ptr): Proc<number> {
  if ((yield readl(port + pnv_port.presence)) === 0) {
    yield writel(port + pnv_port.slot_pe_frozen, 1);
    yield writel(port + pnv_port.upstream_pe_frozen, 1);
  }
  yield queue_work(port + pnv_port.work.at);
  yield irq_exit(irq);
  return ev.DONE;
}

/** pnv_php_event_handler(). */
export function* pnv_php_event(
  k: SurpriseDesign,
  work: Ptr,
  port: Ptr,
  slot: Ptr,
  noticed: Ptr,
): Proc<number> {
  if ((yield readl(port + pnv_port.presence)) === 0) {
    yield write(slot + pnv_php_slot.state, PNV_PHP_OFFLINE);
    yield* k.thaw_upstream(port);
    yield writel(port + pnv_port.slot_pe_frozen, 0);
    yield complete(noticed);
  } else {
    yield write(slot + pnv_php_slot.state, PNV_PHP_POPULATED);
  }
  yield work_done(work);
  return ev.DONE;
}

/** The port signals that its card went. */
export function* hotplug_signal(_k: Kernel, _start: Ptr, _done: Ptr, irq: Ptr): Proc<number> {
  yield raise_irq(irq);
  return ev.DONE;
}

/** 360aebd85a4c: the first device on the bus stands for its PE; the list is read without a lock. */
export function* pnv_php_freeze(k: Kernel, irq: Ptr, bus: Ptr): Proc<number> {
  yield* php_isolate_pe(k, bus);
  yield irq_exit(irq);
  return ev.DONE;
}
