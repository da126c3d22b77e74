/** References of pci_dev and pci_bus, and what the last one does (eeh.md 1.0.4, step 7). */
import {
  kfree,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  read,
  refcount_dec_and_test,
  refcount_inc,
  write,
} from '#ops';
import { driver_probe, driver_remove } from '../driver/driver.ts';
import type { Kernel } from '../eeh/kernel.ts';
import { pci_function } from '../hardware/phb_regs.ts';
import { pci_bus, pci_dev, pci_dn } from './structs.ts';

export function* get_device(dev: Ptr): Proc<void> {
  yield refcount_inc(dev + pci_dev.ref.refcount);
}

export function* put_device(k: Kernel, dev: Ptr): Proc<void> {
  const last = yield refcount_dec_and_test(dev + pci_dev.ref.refcount);
  if (last !== 0) yield* pci_release_dev(k, dev);
}

/** Runs in whatever context dropped the last reference. */
function* pci_release_dev(k: Kernel, dev: Ptr): Proc<void> {
  yield* k.eeh_release_device(k, dev);
  yield* k.release_device(k, dev);
  yield* put_bus(yield read(dev + pci_dev.bus));
  yield kfree(dev);
}

export function* put_bus(bus: Ptr): Proc<void> {
  if ((yield refcount_dec_and_test(bus + pci_bus.dev.refcount)) !== 0) yield kfree(bus);
}

export function* device_lock(dev: Ptr): Proc<void> {
  yield mutex_lock(dev + pci_dev.dev.mutex.at);
}

export function* device_unlock(dev: Ptr): Proc<void> {
  yield mutex_unlock(dev + pci_dev.dev.mutex.at);
}

/** device_release_driver(): the driver's remove() under device_lock. */
export function* device_release_driver(dev: Ptr): Proc<void> {
  yield* device_lock(dev);
  const driver = yield read(dev + pci_dev.driver);
  if (driver !== 0) {
    yield* driver_remove(driver, dev);
    yield write(dev + pci_dev.driver, 0);
  }
  yield* device_unlock(dev);
}

/** device_attach(): the matching driver's probe() under device_lock. */
export function* device_attach(dev: Ptr): Proc<void> {
  const pdn = yield read(dev + pci_dev.pdn);
  const hardware = yield read(pdn + pci_dn.function);
  const driver = yield read(hardware + pci_function.driver);
  yield* device_lock(dev);
  if (driver !== 0) {
    yield* driver_probe(driver, dev);
    yield write(dev + pci_dev.driver, driver);
  }
  yield* device_unlock(dev);
}
