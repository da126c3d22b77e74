/**
 * A slot whose link goes down and comes back with the card (report of August 2024, eeh.md 2.1.3):
 * the function is deleted and registered again, and no scan calls pcibios_bus_add_device() for it.
 */
import { mutex_lock, mutex_unlock, type Proc, type Ptr, read, write } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { device_attach, device_release_driver } from './driver.ts';
import type { IrqKernel } from './kernel.ts';
import { phb_dev, phb_dn, phb_globals } from './structs.ts';

const ev = eventCodes('DOWN', 'UP');

/** Data Link Layer State Changed: down. */
export function* link_down(k: IrqKernel, dn: Ptr): Proc<number> {
  yield mutex_lock(k.g + phb_globals.pci_rescan_remove_lock.at);
  const dev = yield read(dn + phb_dn.pdev);
  yield* device_release_driver(k, dev);
  yield write(dev + phb_dev.is_added, 0);
  yield* k.notify_del_device(k, dev);
  yield mutex_unlock(k.g + phb_globals.pci_rescan_remove_lock.at);
  return ev.DOWN;
}

/** Presence Detect Changed: the card is there. */
export function* card_present(k: IrqKernel, dn: Ptr): Proc<number> {
  yield mutex_lock(k.g + phb_globals.pci_rescan_remove_lock.at);
  const dev = yield read(dn + phb_dn.pdev);
  yield* k.notify_add_device(k, dev);
  yield* device_attach(k, dev);
  yield write(dev + phb_dev.is_added, 1);
  yield mutex_unlock(k.g + phb_globals.pci_rescan_remove_lock.at);
  return ev.UP;
}
