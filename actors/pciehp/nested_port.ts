/**
 * A hotplug port in the slot of another one: the class of its reset_lock (085a9f43433f), and what
 * it makes of registers that nobody answers for (87d0f2a5536f, 5.5).
 */
import {
  down_read,
  finish_wait,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  prepare_to_wait,
  READ_ONCE,
  readl,
  schedule,
  up_read,
  WRITE_ONCE,
  wake_up,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { nested_controller } from '../pci/history_structs.ts';
import { ENODEV } from './structs.ts';

const ev = eventCodes('RETURNED');
/** What a read of a port that is gone answers. */
export const ALL_ONES = -1;
const PCI_EXP_SLTSTA_PDS = 0x40;

export interface DepthDesign {
  /** The reset_lock of a port that has `depth` hotplug ports above it. */
  readonly reset_lock_of: (ctrl: Ptr, depth: number) => Proc<Ptr>;
}
export type DepthKernel = DepthDesign &
  Readonly<{ outer: Ptr; inner: Ptr; pci_rescan_remove_lock: Ptr }>;

/** pciehp_ist() of the outer port finds the inner one, whose probe looks for a card in its slot. */
export function* outer_brings_up_inner(k: DepthKernel): Proc<number> {
  const outer = yield* k.reset_lock_of(k.outer, 0);
  yield down_read(outer);
  yield mutex_lock(k.pci_rescan_remove_lock);
  // pciehp_check_presence() of the inner port.
  const inner = yield* k.reset_lock_of(k.inner, 1);
  yield down_read(inner);
  yield readl(k.inner + nested_controller.slot_status);
  yield up_read(inner);
  yield mutex_unlock(k.pci_rescan_remove_lock);
  yield up_read(outer);
  return ev.RETURNED;
}

/** init_rwsem(): one class for the locks of all ports. */
export function* one_class(ctrl: Ptr, _depth: number): Proc<Ptr> {
  return ctrl + nested_controller.reset_lock.at;
}

/** lockdep_set_subclass() by depth. */
export function* class_by_depth(ctrl: Ptr, depth: number): Proc<Ptr> {
  if (depth === 0) return ctrl + nested_controller.reset_lock.at;
  return ctrl + nested_controller.reset_lock_1.at;
}

export interface PresenceDesign {
  /** pciehp_card_present(): 1, 0, or -ENODEV. */
  readonly card_present: (status: number) => Proc<number>;
}
export type PresenceKernel = PresenceDesign & Readonly<{ inner: Ptr; pci_rescan_remove_lock: Ptr }>;

/** The dock is gone: the outer port's thread removes the inner port, free_irq() included. */
export function* outer_removes_inner(k: PresenceKernel): Proc<number> {
  yield mutex_lock(k.pci_rescan_remove_lock);
  for (;;) {
    yield prepare_to_wait(k.inner + nested_controller.thread_wait.at);
    if ((yield READ_ONCE(k.inner + nested_controller.threads_active)) === 0) break;
    yield schedule();
  }
  yield finish_wait(k.inner + nested_controller.thread_wait.at);
  yield mutex_unlock(k.pci_rescan_remove_lock);
  return ev.RETURNED;
}

/** The inner port's thread, woken at resume to see whether its card is still there. */
export function* inner_checks_presence(k: PresenceKernel): Proc<number> {
  const status = yield readl(k.inner + nested_controller.slot_status);
  if ((yield* k.card_present(status)) === 0) {
    // pciehp_unconfigure_device(): there is nothing behind it, so that only the lock is left.
    yield mutex_lock(k.pci_rescan_remove_lock);
    yield mutex_unlock(k.pci_rescan_remove_lock);
  }
  yield WRITE_ONCE(k.inner + nested_controller.threads_active, 0);
  yield wake_up(k.inner + nested_controller.thread_wait.at);
  return ev.RETURNED;
}

/** A read that fails says that the slot is empty. */
export function* failure_is_empty(status: number): Proc<number> {
  return status !== ALL_ONES && (status & PCI_EXP_SLTSTA_PDS) !== 0 ? 1 : 0;
}

export function* failure_is_enodev(status: number): Proc<number> {
  if (status === ALL_ONES) return -ENODEV;
  return (status & PCI_EXP_SLTSTA_PDS) !== 0 ? 1 : 0;
}
