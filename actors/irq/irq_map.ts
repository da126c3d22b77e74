/**
 * The record of LSI mappings per PHB, phb.irq_map, in all its versions (eeh.md 1.1.3): filled for
 * each function that is added, disposed of with each bus that is removed. No lock of its own.
 */
import {
  GFP_KERNEL,
  ghost_add,
  kfree,
  kzalloc,
  type Proc,
  type Ptr,
  printk,
  read,
  write,
} from '#ops';
import { irq_create_mapping, irq_dispose_mapping } from './irqdomain.ts';
import type { IrqKernel } from './kernel.ts';
import { pci_scan_root_bus } from './probe.ts';
import {
  IRQ_COUNT,
  kmalloc_16,
  phb_bus,
  phb_controller,
  phb_dev,
  phb_dn,
  phb_ghost,
} from './structs.ts';

export function* pcibios_scan_phb(k: IrqKernel, phb: Ptr): Proc<void> {
  yield write(phb + phb_controller.irq_count, IRQ_COUNT);
  yield write(phb + phb_controller.irq_map, yield kzalloc(kmalloc_16.typeid, GFP_KERNEL));
  yield* pci_scan_root_bus(k, phb);
}

/** Maps, then records. A bridge's pin is not wired here. */
export function* pci_read_irq_line(k: IrqKernel, dev: Ptr): Proc<void> {
  const source = yield read((yield read(dev + phb_dev.dn)) + phb_dn.source);
  if (source === 0) return;
  const virq = yield* irq_create_mapping(k, source);
  yield write(dev + phb_dev.irq, virq);
  const phb = yield read((yield read(dev + phb_dev.bus)) + phb_bus.sysdata);
  yield* pci_irq_map_register(k, phb, virq);
}

/** Once: a virq that is there already stays as it is. */
function* pci_irq_map_register(k: IrqKernel, phb: Ptr, virq: number): Proc<void> {
  const map = yield read(phb + phb_controller.irq_map);
  if (map === 0) return;
  const count = yield read(phb + phb_controller.irq_count);
  for (let i = 0; i < count; i++) {
    const entry = yield read(map + kmalloc_16.entry.at + i);
    if (entry === virq) return;
    if (entry === 0) {
      yield write(map + kmalloc_16.entry.at + i, virq);
      return;
    }
  }
  yield printk('PCI:%04x all platform interrupts mapped', k.domain);
  yield ghost_add(k.ghost + phb_ghost.unregistered, 1);
}

/** Disposes of every entry, whoever uses it. The caller has found irq_map to be there. */
export function* pci_irq_map_dispose(k: IrqKernel, phb: Ptr, map: Ptr): Proc<void> {
  const root = yield read(phb + phb_controller.global_number);
  yield printk('PCI: Clearing interrupt mappings for PHB %04x:%02x...', root, k.root);
  const count = yield read(phb + phb_controller.irq_count);
  for (let i = 0; i < count; i++) {
    yield* irq_dispose_mapping(k, yield read(map + kmalloc_16.entry.at + i));
  }
}

/** F0, 3a3181e16fbd: the pointer stays as it is. */
export function* pcibios_remove_bus(k: IrqKernel, bus: Ptr): Proc<void> {
  const phb = yield read(bus + phb_bus.sysdata);
  const map = yield read(phb + phb_controller.irq_map);
  if (map === 0) return;
  yield* pci_irq_map_dispose(k, phb, map);
  yield kfree(map);
}
