/**
 * Designs without a record per PHB: none at all (F3), the mapping's own count (F4), and the bus
 * notifier that disposes of what pci_dev.irq names (F4, F6; eeh.md 2.1.3).
 */
import { kfree, type Proc, type Ptr, read, write } from '#ops';
import { irq_create_mapping, irq_dispose_mapping } from './irqdomain.ts';
import type { IrqKernel } from './kernel.ts';
import { pci_scan_root_bus } from './probe.ts';
import { phb_dev, phb_dn, virq_desc } from './structs.ts';

export function* pcibios_scan_phb(k: IrqKernel, phb: Ptr): Proc<void> {
  yield* pci_scan_root_bus(k, phb);
}

export function* pci_read_irq_line(k: IrqKernel, dev: Ptr): Proc<void> {
  const source = yield read((yield read(dev + phb_dev.dn)) + phb_dn.source);
  if (source === 0) return;
  yield write(dev + phb_dev.irq, yield* irq_create_mapping(k, source));
}

/** The hook of a kernel that has none for buses. */
export function* no_pcibios_remove_bus(_k: IrqKernel, _bus: Ptr): Proc<void> {
  // The weak function of the PCI core is empty.
}

/** The array, if there was one, went with a bus. */
export function* pcibios_free_controller(_k: IrqKernel, phb: Ptr): Proc<void> {
  yield kfree(phb);
}

export function* no_notify_del_device(_k: IrqKernel, _dev: Ptr): Proc<void> {
  // INTx has no notifier.
}

export function* no_notify_add_device(_k: IrqKernel, _dev: Ptr): Proc<void> {
  // The mapping is made when the device is added to its bus, and not before.
}

/** Per-device teardown: of whatever irq says now. */
export function* pci_dispose_irq(k: IrqKernel, dev: Ptr): Proc<void> {
  yield* irq_dispose_mapping(k, yield read(dev + phb_dev.irq));
}

/** An existing mapping is handed out without a reference count. */
export function* mapping_uncounted(_desc: Ptr): Proc<void> {
  // As the irq domain code has always had it.
}

export function* mapping_given_up(_desc: Ptr): Proc<number> {
  return 1;
}

/** F4: under irq_domain_mutex, so that the count and the look-up are one step for others. */
export function* mapping_get(desc: Ptr): Proc<void> {
  const refs = yield read(desc + virq_desc.refs);
  yield write(desc + virq_desc.refs, refs + 1);
}

export function* mapping_put(desc: Ptr): Proc<number> {
  const refs = (yield read(desc + virq_desc.refs)) - 1;
  yield write(desc + virq_desc.refs, refs);
  return refs <= 0 ? 1 : 0;
}
