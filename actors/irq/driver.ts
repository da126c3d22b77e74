/** A driver of a function: it has a shared INTx handler, or uses MSI and never turns it off. */
import { mutex_lock, mutex_unlock, type Proc, type Ptr, read, write } from '#ops';
import { msi_create_mapping } from './irqdomain.ts';
import type { IrqKernel } from './kernel.ts';
import { free_irq, request_irq } from './manage.ts';
import { phb_dev, phb_dn } from './structs.ts';

/** pci_enable_msi(): the vector takes the place of the INTx virq. */
function* pci_enable_msi(k: IrqKernel, dev: Ptr): Proc<void> {
  const vector = yield* msi_create_mapping(k);
  if (vector === 0) return;
  yield write(dev + phb_dev.default_irq, yield read(dev + phb_dev.irq));
  yield write(dev + phb_dev.irq, vector);
  yield write(dev + phb_dev.msi_enabled, 1);
}

/** device_attach(): probe() under device_lock. Bridges have no driver here. */
export function* device_attach(k: IrqKernel, dev: Ptr): Proc<void> {
  const dn = yield read(dev + phb_dev.dn);
  if ((yield read(dn + phb_dn.secondary)) !== 0) return;
  yield mutex_lock(dev + phb_dev.dev.mutex.at);
  if ((yield read(dn + phb_dn.msi)) !== 0) yield* pci_enable_msi(k, dev);
  const rc = yield* request_irq(k, yield read(dev + phb_dev.irq), dev);
  yield write(dev + phb_dev.driver, rc === 0 ? 1 : 0);
  yield mutex_unlock(dev + phb_dev.dev.mutex.at);
}

/** device_release_driver(): remove() under device_lock. No pci_disable_msi(): see above. */
export function* device_release_driver(k: IrqKernel, dev: Ptr): Proc<void> {
  yield mutex_lock(dev + phb_dev.dev.mutex.at);
  if ((yield read(dev + phb_dev.driver)) !== 0) {
    yield* free_irq(k, yield read(dev + phb_dev.irq), dev);
    yield write(dev + phb_dev.driver, 0);
  }
  yield mutex_unlock(dev + phb_dev.dev.mutex.at);
}
