/**
 * A hotplug slot goes away, and somebody writes to its file `power` (eeh.md 1.0.6, 2.3 T15, T21).
 * The kernfs active reference of a writer is a read hold here; deregistering waits for all of them.
 */
import {
  down_read,
  down_write,
  kfree,
  type Proc,
  type Ptr,
  up_read,
  up_write,
  wait_for_completion,
  write,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import type { Kernel } from '../eeh/kernel.ts';
import { pci_hp_remove_devices } from './remove.ts';
import { pci_lock_rescan_remove, pci_unlock_rescan_remove } from './rescan_lock.ts';
import { pci_slot } from './structs.ts';

const ev = eventCodes('STARTED', 'LOCKED', 'DEREGISTERED', 'UNLOCKED', 'OPENED', 'OFF', 'CLOSED');

export type SlotUse = Readonly<{
  slot: Ptr;
  /** hotplug_slot that is registered for it, in the slot driver's memory. */
  hotplug: Ptr;
  /** rw_semaphore: active references of the file `power`. */
  active: Ptr;
  /** The bus behind the slot. */
  bus: Ptr;
  /** Completion that starts it; 0: it just runs. */
  start: Ptr;
  /** Around deregistration: the caller's lock, or none. */
  lock: (k: Kernel) => Proc<void>;
  unlock: (k: Kernel) => Proc<void>;
}>;

export function* slot_wait(_k: Kernel, s: SlotUse): Proc<number> {
  if (s.start !== 0) yield wait_for_completion(s.start);
  return ev.STARTED;
}

export function* slot_lock(k: Kernel, s: SlotUse): Proc<number> {
  yield* s.lock(k);
  return ev.LOCKED;
}

/** pci_hp_deregister(): the file goes when nobody is in it, then the driver frees its slot. */
export function* slot_deregister(_k: Kernel, s: SlotUse): Proc<number> {
  yield down_write(s.active);
  yield write(s.slot + pci_slot.hotplug, 0);
  yield up_write(s.active);
  yield kfree(s.hotplug);
  return ev.DEREGISTERED;
}

export function* slot_unlock(k: Kernel, s: SlotUse): Proc<number> {
  yield* s.unlock(k);
  return ev.UNLOCKED;
}

/** A write to `power` keeps its active reference until it returns. */
export function* power_open(_k: Kernel, s: SlotUse): Proc<number> {
  yield down_read(s.active);
  return ev.OPENED;
}

/** disable_slot() of rpaphp. */
export function* power_off(k: Kernel, s: SlotUse): Proc<number> {
  yield* pci_lock_rescan_remove(k);
  yield* pci_hp_remove_devices(k, s.bus);
  yield* pci_unlock_rescan_remove(k);
  return ev.OFF;
}

export function* power_close(_k: Kernel, s: SlotUse): Proc<number> {
  yield up_read(s.active);
  return ev.CLOSED;
}
