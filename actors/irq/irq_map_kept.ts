/** F2, the patch of 25 September 2020 (eeh.md 2.1.3): the array lives as long as its PHB. */
import { kfree, type Proc, type Ptr, read, write } from '#ops';
import { pci_irq_map_dispose } from './irq_map.ts';
import type { IrqKernel } from './kernel.ts';
import { IRQ_COUNT, kmalloc_16, phb_bus, phb_controller } from './structs.ts';

/** Entries are zeroed once they are disposed of. */
export function* pcibios_remove_bus(k: IrqKernel, bus: Ptr): Proc<void> {
  const phb = yield read(bus + phb_bus.sysdata);
  const map = yield read(phb + phb_controller.irq_map);
  if (map === 0) return;
  yield* pci_irq_map_dispose(k, phb, map);
  for (let i = 0; i < IRQ_COUNT; i++) yield write(map + kmalloc_16.entry.at + i, 0);
}

export function* pcibios_free_controller(_k: IrqKernel, phb: Ptr): Proc<void> {
  yield kfree(yield read(phb + phb_controller.irq_map));
  yield kfree(phb);
}
