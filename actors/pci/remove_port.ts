/**
 * Removal of a hotplug port before and after 7ae0567fd3f4 (2009): first the bus behind it and then
 * its driver, or all drivers first and then the objects.
 */
import {
  down_write,
  kfree,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  read,
  refcount_dec_and_test,
  up_write,
  write,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { list_del } from '../list.ts';
import { pci_bus, pci_dev } from './structs.ts';

const ev = eventCodes('RETURNED');

export interface PortRemovalDesign {
  readonly remove_port: (k: PortRemoval, port: Ptr) => Proc<void>;
}
export type PortRemoval = PortRemovalDesign &
  Readonly<{ port: Ptr; pci_bus_sem: Ptr; pci_rescan_remove_lock: Ptr }>;

/** Whoever unplugs what the port is on. */
export function* pci_stop_and_remove_port(k: PortRemoval): Proc<number> {
  yield mutex_lock(k.pci_rescan_remove_lock);
  yield* k.remove_port(k, k.port);
  yield mutex_unlock(k.pci_rescan_remove_lock);
  return ev.RETURNED;
}

/** pci_remove_bus_device() of 2.6: the bus goes before the driver of the bridge has let go. */
export function* remove_bus_then_driver(k: PortRemoval, port: Ptr): Proc<void> {
  yield* pci_remove_bus(k, port);
  yield* pci_stop_dev(port);
  yield* pci_destroy_dev(k, port);
}

/** pci_stop_bus_device(), then pci_remove_bus_device(). */
export function* stop_then_remove(k: PortRemoval, port: Ptr): Proc<void> {
  yield* pci_stop_dev(port);
  yield* pci_remove_bus(k, port);
  yield* pci_destroy_dev(k, port);
}

function* pci_remove_bus(k: PortRemoval, port: Ptr): Proc<void> {
  const bus = yield read(port + pci_dev.subordinate);
  yield down_write(k.pci_bus_sem);
  yield write(port + pci_dev.subordinate, 0);
  yield up_write(k.pci_bus_sem);
  if ((yield refcount_dec_and_test(bus + pci_bus.dev.refcount)) !== 0) yield kfree(bus);
}

function* pci_stop_dev(port: Ptr): Proc<void> {
  yield mutex_lock(port + pci_dev.dev.mutex.at);
  yield* pcie_portdrv_remove(port);
  yield write(port + pci_dev.driver, 0);
  yield mutex_unlock(port + pci_dev.dev.mutex.at);
}

/** The port's hotplug service takes its slot off the bus behind the port. */
function* pcie_portdrv_remove(port: Ptr): Proc<void> {
  const bus = yield read(port + pci_dev.subordinate);
  yield write(bus + pci_bus.sysdata, 0);
}

function* pci_destroy_dev(k: PortRemoval, port: Ptr): Proc<void> {
  yield down_write(k.pci_bus_sem);
  yield* list_del(port + pci_dev.bus_list.at);
  yield up_write(k.pci_bus_sem);
  if ((yield refcount_dec_and_test(port + pci_dev.ref.refcount)) !== 0) yield kfree(port);
}
