/**
 * Removal (eeh.md 1.0.4): the stop phase unbinds drivers, the destroy phase takes objects apart.
 * Callers hold pci_rescan_remove_lock, as far as they do.
 */
import { down_write, type Proc, type Ptr, printk, read, up_write, write } from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import type { Kernel } from '../eeh/kernel.ts';
import { list_del } from '../list.ts';
import { device_release_driver, put_bus, put_device } from './device.ts';
import { pci_lock_rescan_remove, pci_unlock_rescan_remove } from './rescan_lock.ts';
import { pci_bus, pci_controller, pci_dev } from './structs.ts';

/** Children first, in reverse order; the neighbour is read before the body runs. */
export function* pci_stop_bus_device(k: Kernel, dev: Ptr): Proc<void> {
  const bus = yield read(dev + pci_dev.subordinate);
  if (bus !== 0) {
    let entry = yield read(bus + pci_bus.devices.prev);
    while (entry !== bus + pci_bus.devices.at) {
      const prev = yield read(entry + list_head.prev);
      yield* pci_stop_bus_device(k, entry - pci_dev.bus_list.at);
      entry = prev;
    }
  }
  yield* pci_stop_dev(dev);
}

/** Driver, proc entry and sysfs files go; of the last two nothing is left in memory here. */
function* pci_stop_dev(dev: Ptr): Proc<void> {
  if ((yield read(dev + pci_dev.is_added)) === 0) return;
  yield* device_release_driver(dev);
  yield write(dev + pci_dev.is_added, 0);
}

/** Children first, in order. */
export function* pci_remove_bus_device(k: Kernel, dev: Ptr): Proc<void> {
  const bus = yield read(dev + pci_dev.subordinate);
  if (bus !== 0) {
    let entry = yield read(bus + pci_bus.devices.next);
    while (entry !== bus + pci_bus.devices.at) {
      const next = yield read(entry + list_head.next);
      yield* pci_remove_bus_device(k, entry - pci_dev.bus_list.at);
      entry = next;
    }
    yield* pci_remove_bus(k, bus);
    yield write(dev + pci_dev.subordinate, 0);
  }
  yield* pci_destroy_dev(k, dev);
}

function* pci_remove_bus(k: Kernel, bus: Ptr): Proc<void> {
  yield down_write(k.pci_bus_sem);
  yield* list_del(bus + pci_bus.node.at);
  const phb = yield read(bus + pci_bus.sysdata);
  const domain = yield read(phb + pci_controller.global_number);
  const number = yield read(bus + pci_bus.number);
  yield printk(
    'pci_bus %04x:%02x: busn_res: [bus %02x-%02x] is released',
    domain,
    number,
    number,
    number,
  );
  yield up_write(k.pci_bus_sem);
  yield* put_bus(bus);
}

/** device_del with its notifiers, then unlinking, then the reference of device_add. */
function* pci_destroy_dev(k: Kernel, dev: Ptr): Proc<void> {
  if ((yield read(dev + pci_dev.registered)) === 0) return;
  yield* k.eeh_del_device(k, dev);
  yield write(dev + pci_dev.registered, 0);
  yield down_write(k.pci_bus_sem);
  yield* list_del(dev + pci_dev.bus_list.at);
  yield up_write(k.pci_bus_sem);
  yield* put_device(k, dev);
}

export function* pci_stop_and_remove_bus_device(k: Kernel, dev: Ptr): Proc<void> {
  yield* pci_stop_bus_device(k, dev);
  yield* pci_remove_bus_device(k, dev);
}

/** pci_stop_and_remove_bus_device_locked(): for callers that do not hold the lock. */
export function* pci_stop_and_remove_bus_device_locked(k: Kernel, dev: Ptr): Proc<void> {
  yield* pci_lock_rescan_remove(k);
  yield* pci_stop_and_remove_bus_device(k, dev);
  yield* pci_unlock_rescan_remove(k);
}

/** powerpc: everything on a bus and below it, backwards. Takes no lock itself. */
export function* pci_hp_remove_devices(k: Kernel, bus: Ptr): Proc<void> {
  let node = yield read(bus + pci_bus.children.next);
  while (node !== bus + pci_bus.children.at) {
    const next = yield read(node + list_head.next);
    yield* pci_hp_remove_devices(k, node - pci_bus.node.at);
    node = next;
  }
  const phb = yield read(bus + pci_bus.sysdata);
  const domain = yield read(phb + pci_controller.global_number);
  const number = yield read(bus + pci_bus.number);
  yield printk('PCI: Removing devices on bus %04x:%02x', domain, number);
  let entry = yield read(bus + pci_bus.devices.prev);
  while (entry !== bus + pci_bus.devices.at) {
    const prev = yield read(entry + list_head.prev);
    const dev = entry - pci_dev.bus_list.at;
    const devfn = yield read(dev + pci_dev.devfn);
    const slot = devfn >> 3;
    yield printk('   Removing %04x:%02x:%02x.%x...', domain, number, slot, devfn & 7);
    yield* pci_stop_and_remove_bus_device(k, dev);
    entry = prev;
  }
}
