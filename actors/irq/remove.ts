/**
 * Removal (eeh.md 1.0.4): the stop phase unbinds drivers, the destroy phase takes objects apart.
 * Callers hold pci_rescan_remove_lock, as far as they do.
 */
import {
  down_write,
  kfree,
  type Proc,
  type Ptr,
  printk,
  read,
  refcount_dec_and_test,
  up_write,
  write,
} from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { list_del } from '../list.ts';
import { device_release_driver } from './driver.ts';
import type { IrqKernel } from './kernel.ts';
import { phb_bus, phb_controller, phb_dev, phb_dn, phb_globals } from './structs.ts';

export function* pci_dev_put(dev: Ptr): Proc<void> {
  if ((yield refcount_dec_and_test(dev + phb_dev.ref.refcount)) !== 0) yield kfree(dev);
}

/** Children first, in reverse order; the neighbour is read before the body runs. */
export function* pci_stop_bus_device(k: IrqKernel, dev: Ptr): Proc<void> {
  const bus = yield read(dev + phb_dev.subordinate);
  if (bus !== 0) {
    let entry = yield read(bus + phb_bus.devices.prev);
    while (entry !== bus + phb_bus.devices.at) {
      const prev = yield read(entry + list_head.prev);
      yield* pci_stop_bus_device(k, entry - phb_dev.bus_list.at);
      entry = prev;
    }
  }
  if ((yield read(dev + phb_dev.is_added)) === 0) return;
  yield* device_release_driver(k, dev);
  yield write(dev + phb_dev.is_added, 0);
}

/** Children first, in order. */
export function* pci_remove_bus_device(k: IrqKernel, dev: Ptr): Proc<void> {
  const bus = yield read(dev + phb_dev.subordinate);
  if (bus !== 0) {
    let entry = yield read(bus + phb_bus.devices.next);
    while (entry !== bus + phb_bus.devices.at) {
      const next = yield read(entry + list_head.next);
      yield* pci_remove_bus_device(k, entry - phb_dev.bus_list.at);
      entry = next;
    }
    yield* pci_remove_bus(k, bus);
    yield write(dev + phb_dev.subordinate, 0);
  }
  yield* pci_destroy_dev(k, dev);
}

/** Root buses too: of those DLPAR is the caller. */
export function* pci_remove_bus(k: IrqKernel, bus: Ptr): Proc<void> {
  const phb = yield read(bus + phb_bus.sysdata);
  const domain = yield read(phb + phb_controller.global_number);
  const number = yield read(bus + phb_bus.number);
  yield printk(
    'pci_bus %04x:%02x: busn_res: [bus %02x-%02x] is released',
    domain,
    number,
    number,
    number,
  );
  yield* k.pcibios_remove_bus(k, bus);
  yield kfree(bus);
}

/** device_del() with its notifiers, then unlinking, then the reference of device_add(). */
function* pci_destroy_dev(k: IrqKernel, dev: Ptr): Proc<void> {
  yield* k.notify_del_device(k, dev);
  yield write((yield read(dev + phb_dev.dn)) + phb_dn.pdev, 0);
  yield down_write(k.g + phb_globals.pci_bus_sem.at);
  yield* list_del(dev + phb_dev.bus_list.at);
  yield up_write(k.g + phb_globals.pci_bus_sem.at);
  yield* pci_dev_put(dev);
}

/** Everything on a bus and below it, backwards. */
export function* pci_hp_remove_devices(k: IrqKernel, bus: Ptr): Proc<void> {
  let entry = yield read(bus + phb_bus.devices.prev);
  while (entry !== bus + phb_bus.devices.at) {
    const prev = yield read(entry + list_head.prev);
    const dev = entry - phb_dev.bus_list.at;
    yield* pci_stop_bus_device(k, dev);
    yield* pci_remove_bus_device(k, dev);
    entry = prev;
  }
}
