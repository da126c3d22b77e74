/** A slot that outlives its bus: who holds it, before and after c7acef99642b (October 2024). */
import {
  complete,
  down_read,
  GFP_KERNEL,
  kfree,
  kzalloc,
  type Proc,
  type Ptr,
  read,
  refcount_dec_and_test,
  refcount_inc,
  refcount_set,
  up_read,
  wait_for_completion,
  write,
} from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { eventCodes } from '../../src/ops/events.ts';
import { held_slot, moment } from './history_structs.ts';
import { pci_bus, pci_dev } from './structs.ts';

const ev = eventCodes('RETURNED');

export interface SlotDesign {
  /** pci_create_slot(): the reference on the bus that the slot points to. */
  readonly slot_get_bus: (bus: Ptr) => Proc<void>;
  readonly slot_put_bus: (bus: Ptr) => Proc<void>;
}
export type SlotKernel = SlotDesign &
  Readonly<{ bus: Ptr; pci_bus_sem: Ptr; endpoint: Ptr; created: Ptr }>;

/** The port comes and goes: slot and bus are created with it and removed with it. */
export function* hotplug_port_removed(k: SlotKernel): Proc<number> {
  const slot = yield* pci_create_slot(k);
  // The slot is published: whoever holds a device in it holds the slot.
  yield refcount_inc(slot + held_slot.kref.refcount);
  yield write(k.endpoint + pci_dev.slot, slot);
  yield complete(k.created + moment.come.at);
  yield* pci_destroy_slot(k, slot);
  yield* pci_bus_put(k.bus);
  return ev.RETURNED;
}

/** A driver, or the user of a sysfs file, that holds the slot a little longer. */
export function* slot_user(k: SlotKernel): Proc<number> {
  yield wait_for_completion(k.created + moment.come.at);
  const slot = yield read(k.endpoint + pci_dev.slot);
  yield write(k.endpoint + pci_dev.slot, 0);
  yield* pci_destroy_slot(k, slot);
  return ev.RETURNED;
}

function* pci_create_slot(k: SlotKernel): Proc<Ptr> {
  const slot = yield kzalloc(held_slot.typeid, GFP_KERNEL);
  yield* k.slot_get_bus(k.bus);
  yield write(slot + held_slot.bus, k.bus);
  yield refcount_set(slot + held_slot.kref.refcount, 1);
  return slot;
}

/** kobject_put() of the slot. */
function* pci_destroy_slot(k: SlotKernel, slot: Ptr): Proc<void> {
  if ((yield refcount_dec_and_test(slot + held_slot.kref.refcount)) === 0) return;
  yield* pci_slot_release(k, slot);
}

/** Devices of its bus that point to it forget it. */
function* pci_slot_release(k: SlotKernel, slot: Ptr): Proc<void> {
  const bus = yield read(slot + held_slot.bus);
  yield down_read(k.pci_bus_sem);
  let entry = yield read(bus + pci_bus.devices.next);
  while (entry !== bus + pci_bus.devices.at) {
    yield write(entry - pci_dev.bus_list.at + pci_dev.slot, 0);
    entry = yield read(entry + list_head.next);
  }
  yield up_read(k.pci_bus_sem);
  yield* k.slot_put_bus(bus);
  yield kfree(slot);
}

function* pci_bus_put(bus: Ptr): Proc<void> {
  if ((yield refcount_dec_and_test(bus + pci_bus.dev.refcount)) !== 0) yield kfree(bus);
}

export function* slot_takes_no_ref(_bus: Ptr): Proc<void> {
  // The pointer is all there is.
}

export function* slot_gets_bus(bus: Ptr): Proc<void> {
  yield refcount_inc(bus + pci_bus.dev.refcount);
}

export function* slot_puts_bus(bus: Ptr): Proc<void> {
  yield* pci_bus_put(bus);
}
