/**
 * Scanning a PHB and adding what is found (eeh.md 1.0.5). Callers hold pci_rescan_remove_lock, as
 * far as they do.
 */
import {
  down_write,
  GFP_KERNEL,
  kzalloc,
  type Proc,
  type Ptr,
  read,
  readl,
  refcount_set,
  up_write,
  write,
} from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { INIT_LIST_HEAD, list_add_tail } from '../list.ts';
import { device_attach } from './driver.ts';
import type { IrqKernel } from './kernel.ts';
import { phb_bus, phb_controller, phb_dev, phb_dn, phb_globals } from './structs.ts';

function* pci_alloc_bus(phb: Ptr, number: number, dn: Ptr): Proc<Ptr> {
  const bus = yield kzalloc(phb_bus.typeid, GFP_KERNEL);
  if (bus === 0) return 0;
  yield* INIT_LIST_HEAD(bus + phb_bus.devices.at);
  yield write(bus + phb_bus.sysdata, phb);
  yield write(bus + phb_bus.number, number);
  yield write(bus + phb_bus.dn, dn);
  return bus;
}

function* pci_scan_single_device(k: IrqKernel, bus: Ptr, dn: Ptr): Proc<void> {
  if ((yield read(dn + phb_dn.pdev)) !== 0) return;
  if ((yield readl(dn + phb_dn.present)) === 0) return;
  const dev = yield kzalloc(phb_dev.typeid, GFP_KERNEL);
  if (dev === 0) return;
  yield write(dev + phb_dev.bus, bus);
  yield write(dev + phb_dev.dn, dn);
  yield write(dn + phb_dn.pdev, dev);
  yield refcount_set(dev + phb_dev.ref.refcount, 1);
  yield* k.notify_add_device(k, dev);
  yield down_write(k.g + phb_globals.pci_bus_sem.at);
  yield* list_add_tail(dev + phb_dev.bus_list.at, bus + phb_bus.devices.at);
  yield up_write(k.g + phb_globals.pci_bus_sem.at);
}

/** pci_scan_child_bus(): all functions of a bus, then the buses behind its bridges. */
export function* pci_scan_child_bus(k: IrqKernel, bus: Ptr): Proc<void> {
  let dn = yield read(bus + phb_bus.dn);
  while (dn !== 0) {
    yield* pci_scan_single_device(k, bus, dn);
    dn = yield read(dn + phb_dn.sibling);
  }
  let entry = yield read(bus + phb_bus.devices.next);
  while (entry !== bus + phb_bus.devices.at) {
    yield* pci_scan_bridge(k, bus, entry - phb_dev.bus_list.at);
    entry = yield read(entry + list_head.next);
  }
}

function* pci_scan_bridge(k: IrqKernel, bus: Ptr, bridge: Ptr): Proc<void> {
  const dn = yield read(bridge + phb_dev.dn);
  const secondary = yield read(dn + phb_dn.secondary);
  if (secondary === 0) return;
  let child = yield read(bridge + phb_dev.subordinate);
  if (child === 0) {
    const phb = yield read(bus + phb_bus.sysdata);
    child = yield* pci_alloc_bus(phb, secondary, yield read(dn + phb_dn.child));
    if (child === 0) return;
    yield write(bridge + phb_dev.subordinate, child);
  }
  yield* pci_scan_child_bus(k, child);
}

/** The PHB's root bus and all below it; drivers come later. */
export function* pci_scan_root_bus(k: IrqKernel, phb: Ptr): Proc<void> {
  const bus = yield* pci_alloc_bus(phb, k.root, yield read(phb + phb_controller.dn));
  yield write(phb + phb_controller.bus, bus);
  if (bus !== 0) yield* pci_scan_child_bus(k, bus);
}

/** pcibios_bus_add_device(), the driver, and only then is_added. */
function* pci_bus_add_device(k: IrqKernel, dev: Ptr): Proc<void> {
  yield* k.pci_read_irq_line(k, dev);
  yield* device_attach(k, dev);
  yield write(dev + phb_dev.is_added, 1);
}

export function* pci_bus_add_devices(k: IrqKernel, bus: Ptr): Proc<void> {
  let entry = yield read(bus + phb_bus.devices.next);
  while (entry !== bus + phb_bus.devices.at) {
    const dev = entry - phb_dev.bus_list.at;
    if ((yield read(dev + phb_dev.is_added)) === 0) yield* pci_bus_add_device(k, dev);
    entry = yield read(entry + list_head.next);
  }
  entry = yield read(bus + phb_bus.devices.next);
  while (entry !== bus + phb_bus.devices.at) {
    const child = yield read(entry - phb_dev.bus_list.at + phb_dev.subordinate);
    if (child !== 0) yield* pci_bus_add_devices(k, child);
    entry = yield read(entry + list_head.next);
  }
}
