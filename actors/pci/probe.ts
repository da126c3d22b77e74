/**
 * Rescan (eeh.md 1.0.5): functions that answer a config read and have no pci_dev get one, then
 * pci_bus_add_devices() binds EEH and drivers to those that are new.
 */
import {
  down_read,
  down_write,
  GFP_KERNEL,
  kzalloc,
  type Proc,
  type Ptr,
  printk,
  read,
  readl,
  refcount_inc,
  refcount_set,
  up_read,
  up_write,
  write,
  writel,
} from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import type { Kernel } from '../eeh/kernel.ts';
import { ALL_ONES, pci_function } from '../hardware/phb_regs.ts';
import { INIT_LIST_HEAD, list_add_tail } from '../list.ts';
import { device_attach, get_device, put_device } from './device.ts';
import { pci_bus, pci_channel_io_normal, pci_controller, pci_dev, pci_dn } from './structs.ts';

/** The function's pci_dev with a reference, or NULL. */
export function* pci_get_slot(k: Kernel, bus: Ptr, devfn: number): Proc<Ptr> {
  yield down_read(k.pci_bus_sem);
  let entry = yield read(bus + pci_bus.devices.next);
  while (entry !== bus + pci_bus.devices.at) {
    const dev = entry - pci_dev.bus_list.at;
    if ((yield read(dev + pci_dev.devfn)) === devfn) {
      yield* get_device(dev);
      yield up_read(k.pci_bus_sem);
      return dev;
    }
    entry = yield read(entry + list_head.next);
  }
  yield up_read(k.pci_bus_sem);
  return 0;
}

function* pci_alloc_bus(k: Kernel, parent: Ptr, bridge: Ptr, pdn: Ptr): Proc<Ptr> {
  const bus = yield kzalloc(pci_bus.typeid, GFP_KERNEL);
  if (bus === 0) return 0;
  yield* INIT_LIST_HEAD(bus + pci_bus.children.at);
  yield* INIT_LIST_HEAD(bus + pci_bus.devices.at);
  yield write(bus + pci_bus.parent, parent);
  yield write(bus + pci_bus.self, bridge);
  yield write(bus + pci_bus.sysdata, yield read(parent + pci_bus.sysdata));
  yield write(bus + pci_bus.number, yield read(pdn + pci_dn.secondary));
  yield write(bus + pci_bus.dn, yield read(pdn + pci_dn.child));
  yield refcount_set(bus + pci_bus.dev.refcount, 1);
  yield down_write(k.pci_bus_sem);
  yield* list_add_tail(bus + pci_bus.node.at, parent + pci_bus.children.at);
  yield up_write(k.pci_bus_sem);
  return bus;
}

/** pci_scan_single_device(): a pci_dev for a function that answers, unless it has one. */
function* pci_scan_single_device(k: Kernel, bus: Ptr, pdn: Ptr): Proc<void> {
  const devfn = yield read(pdn + pci_dn.devfn);
  const known = yield* pci_get_slot(k, bus, devfn);
  if (known !== 0) {
    yield* put_device(k, known);
    return;
  }
  const hardware = yield read(pdn + pci_dn.function);
  // Config cycles pass through a frozen PE: EEH itself dumps its registers that way.
  if ((yield readl(hardware + pci_function.vendor)) === ALL_ONES) return;
  const dev = yield kzalloc(pci_dev.typeid, GFP_KERNEL);
  if (dev === 0) return;
  yield write(dev + pci_dev.bus, bus);
  yield refcount_inc(bus + pci_bus.dev.refcount);
  yield write(dev + pci_dev.devfn, devfn);
  yield write(dev + pci_dev.pdn, pdn);
  yield write(dev + pci_dev.error_state, pci_channel_io_normal);
  yield write(dev + pci_dev.slot, yield read(pdn + pci_dn.slot));
  yield write(dev + pci_dev.irq, yield read(hardware + pci_function.irq));
  const freset = yield read(hardware + pci_function.wants_freset);
  yield write(dev + pci_dev.needs_freset, freset);
  yield write(dev + pci_dev.remove_attr, 1);
  yield write(dev + pci_dev.registered, 1);
  yield refcount_set(dev + pci_dev.ref.refcount, 1);
  yield down_write(k.pci_bus_sem);
  yield* list_add_tail(dev + pci_dev.bus_list.at, bus + pci_bus.devices.at);
  yield up_write(k.pci_bus_sem);
}

/** pci_scan_child_bus(): all functions of a bus, then the buses behind its bridges. */
export function* pci_scan_child_bus(k: Kernel, bus: Ptr): Proc<void> {
  let pdn = yield read(bus + pci_bus.dn);
  while (pdn !== 0) {
    yield* pci_scan_single_device(k, bus, pdn);
    pdn = yield read(pdn + pci_dn.sibling);
  }
  let entry = yield read(bus + pci_bus.devices.next);
  while (entry !== bus + pci_bus.devices.at) {
    yield* pci_scan_bridge(k, bus, entry - pci_dev.bus_list.at);
    entry = yield read(entry + list_head.next);
  }
}

function* pci_scan_bridge(k: Kernel, bus: Ptr, dev: Ptr): Proc<void> {
  const pdn = yield read(dev + pci_dev.pdn);
  const hardware = yield read(pdn + pci_dn.function);
  if ((yield read(hardware + pci_function.is_bridge)) === 0) return;
  let child = yield read(dev + pci_dev.subordinate);
  if (child === 0) {
    child = yield* pci_alloc_bus(k, bus, dev, pdn);
    if (child === 0) return;
    yield write(dev + pci_dev.subordinate, child);
  }
  yield* pci_scan_child_bus(k, child);
}

/** A base address that a reset wiped is assigned again; there is only one that it can get. */
function* pci_assign_resource(dev: Ptr): Proc<void> {
  const hardware = yield read((yield read(dev + pci_dev.pdn)) + pci_dn.function);
  const addr = yield read(hardware + pci_function.bar_addr);
  if ((yield readl(hardware + pci_function.bar0)) === addr) return;
  yield writel(hardware + pci_function.bar0, addr);
}

/** Resources, EEH, the driver, and only then is_added (eeh.md 1.0.5). */
function* pci_bus_add_device(k: Kernel, dev: Ptr): Proc<void> {
  yield* pci_assign_resource(dev);
  yield* k.eeh_bind_device(k, dev);
  yield* device_attach(dev);
  yield write(dev + pci_dev.is_added, 1);
}

export function* pci_bus_add_devices(k: Kernel, bus: Ptr): Proc<void> {
  let entry = yield read(bus + pci_bus.devices.next);
  while (entry !== bus + pci_bus.devices.at) {
    const dev = entry - pci_dev.bus_list.at;
    if ((yield read(dev + pci_dev.is_added)) === 0) yield* pci_bus_add_device(k, dev);
    entry = yield read(entry + list_head.next);
  }
  entry = yield read(bus + pci_bus.devices.next);
  while (entry !== bus + pci_bus.devices.at) {
    const child = yield read(entry - pci_dev.bus_list.at + pci_dev.subordinate);
    if (child !== 0) yield* pci_bus_add_devices(k, child);
    entry = yield read(entry + list_head.next);
  }
}

/** powerpc: scans a bus again and finishes adding. Takes no lock itself. */
export function* pci_hp_add_devices(k: Kernel, bus: Ptr): Proc<void> {
  yield* pci_scan_child_bus(k, bus);
  const phb = yield read(bus + pci_bus.sysdata);
  const domain = yield read(phb + pci_controller.global_number);
  const number = yield read(bus + pci_bus.number);
  yield printk('PCI: Finishing adding to hotplug bus %04x:%02x', domain, number);
  yield* pci_bus_add_devices(k, bus);
}
