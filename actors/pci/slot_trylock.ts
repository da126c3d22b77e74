/** pci_slot_trylock() before and after 9368d1ee6282 (2025): a bridge sits in the slot. */
import { mutex_lock, mutex_trylock, mutex_unlock, type Proc, type Ptr, read, write } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { pci_bus, pci_dev } from './structs.ts';

const ev = eventCodes('RETURNED');

export interface TrylockDesign {
  /** What pci_slot_trylock() unlocks when the bus behind a bridge could not be locked. */
  readonly bus_trylock_failed: (bridge: Ptr) => Proc<void>;
}
export type TrylockKernel = TrylockDesign & Readonly<{ bridge: Ptr }>;

/** vfio's hot reset of the slot: -EAGAIN where a trylock fails. */
export function* pci_try_reset_slot(k: TrylockKernel): Proc<number> {
  if ((yield* pci_slot_trylock(k)) === 0) return ev.RETURNED;
  yield* pci_bus_unlock(yield read(k.bridge + pci_dev.subordinate));
  return ev.RETURNED;
}

/** One device is in the slot, a bridge: its bus is locked, and since a4e772898f8b it with it. */
function* pci_slot_trylock(k: TrylockKernel): Proc<number> {
  const bus = yield read(k.bridge + pci_dev.subordinate);
  if ((yield* pci_bus_trylock(bus)) !== 0) return 1;
  yield* k.bus_trylock_failed(k.bridge);
  return 0;
}

function* pci_bus_trylock(bus: Ptr): Proc<number> {
  const bridge = yield read(bus + pci_bus.self);
  if ((yield mutex_trylock(bridge + pci_dev.dev.mutex.at)) === 0) return 0;
  const child = (yield read(bus + pci_bus.devices.next)) - pci_dev.bus_list.at;
  if ((yield mutex_trylock(child + pci_dev.dev.mutex.at)) !== 0) return 1;
  yield mutex_unlock(bridge + pci_dev.dev.mutex.at);
  return 0;
}

function* pci_bus_unlock(bus: Ptr): Proc<void> {
  const bridge = yield read(bus + pci_bus.self);
  const child = (yield read(bus + pci_bus.devices.next)) - pci_dev.bus_list.at;
  yield mutex_unlock(child + pci_dev.dev.mutex.at);
  yield mutex_unlock(bridge + pci_dev.dev.mutex.at);
}

export function* unlock_bridge_again(bridge: Ptr): Proc<void> {
  yield mutex_unlock(bridge + pci_dev.dev.mutex.at);
}

export function* leave_bridge(_bridge: Ptr): Proc<void> {
  // pci_bus_trylock() has undone what it did.
}

/** A driver is bound to a device meanwhile. */
export function* driver_bind(dev: Ptr): Proc<number> {
  yield mutex_lock(dev + pci_dev.dev.mutex.at);
  yield write(dev + pci_dev.driver, 1);
  yield mutex_unlock(dev + pci_dev.dev.mutex.at);
  return ev.RETURNED;
}
