/** F1, v3 of the patch (eeh.md 2.1.3): as 3a3181e16fbd, but the pointer is cleared. */
import { kfree, type Proc, type Ptr, read, write } from '#ops';
import { pci_irq_map_dispose } from './irq_map.ts';
import type { IrqKernel } from './kernel.ts';
import { phb_bus, phb_controller } from './structs.ts';

/** From now on nothing is recorded any more. */
export function* pcibios_remove_bus(k: IrqKernel, bus: Ptr): Proc<void> {
  const phb = yield read(bus + phb_bus.sysdata);
  const map = yield read(phb + phb_controller.irq_map);
  if (map === 0) return;
  yield* pci_irq_map_dispose(k, phb, map);
  yield kfree(map);
  yield write(phb + phb_controller.irq_map, 0);
}
