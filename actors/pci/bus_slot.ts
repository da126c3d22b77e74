/** A hotplug port is removed: its slot lies in a list of the bus below it (eeh.md 3 #27). */
import { kfree, type Proc, type Ptr, refcount_dec_and_test } from '#ops';
import { kref, list_head } from '../../src/memory/kernel_structs.ts';
import { embed, struct, word } from '../../src/memory/layout.ts';
import { eventCodes } from '../../src/ops/events.ts';
import { list_del } from '../list.ts';

export const slotted_bus = struct('slotted_bus', {
  slots: embed(list_head, 'slots on it; pci_slot_mutex'),
  dev: embed(kref, 'its registration'),
});

/** struct pci_slot as pciehp registers it. */
export const bus_slot = struct('bus_slot', {
  list: embed(list_head, 'link in bus->slots; the slot has no reference on the bus'),
  bus: word('the bus that the slot is on', 'const'),
});

const ev = eventCodes('DONE');

export type PortRemoval = Readonly<{
  stop_driver_first: (slot: Ptr) => Proc<void>;
  stop_driver_last: (slot: Ptr) => Proc<void>;
}>;

export function* driver_not_stopped(_slot: Ptr): Proc<void> {
  // It is stopped at the other place.
}

/** pciehp_remove(): pci_destroy_slot(), whose release takes the slot off its bus. */
export function* pciehp_remove(slot: Ptr): Proc<void> {
  yield* list_del(slot + bus_slot.list.at);
  yield kfree(slot);
}

/** Removal of the port: its driver, and the bus below it. */
export function* remove_port(
  k: PortRemoval,
  _start: Ptr,
  _done: Ptr,
  bus: Ptr,
  slot: Ptr,
): Proc<number> {
  yield* k.stop_driver_first(slot);
  if ((yield refcount_dec_and_test(bus + slotted_bus.dev.refcount)) !== 0) yield kfree(bus);
  yield* k.stop_driver_last(slot);
  return ev.DONE;
}
