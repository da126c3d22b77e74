/** Boot: the PHB is found and scanned, drivers are bound; then everybody else may begin. */
import {
  complete,
  GFP_KERNEL,
  kzalloc,
  type Proc,
  type Ptr,
  read,
  wait_for_completion,
  write,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import type { IrqKernel } from './kernel.ts';
import { pci_bus_add_devices } from './probe.ts';
import { BYSTANDER_VALUE, kmalloc_16, phb_controller, phb_globals } from './structs.ts';

const ev = eventCodes('SCANNED', 'ADDED', 'TOLD', 'STARTED', 'STORED');

/** pcibios_alloc_controller(), and the PHB's place in hose_list. */
export function* pcibios_alloc_controller(k: IrqKernel): Proc<Ptr> {
  const phb = yield kzalloc(phb_controller.typeid, GFP_KERNEL);
  yield write(phb + phb_controller.global_number, k.domain);
  yield write(phb + phb_controller.dn, k.dn);
  yield write(k.g + phb_globals.hose, phb);
  return phb;
}

export function* pcibios_init(k: IrqKernel): Proc<number> {
  const phb = yield* pcibios_alloc_controller(k);
  yield* k.pcibios_scan_phb(k, phb);
  return ev.SCANNED;
}

export function* boot_add_devices(k: IrqKernel): Proc<number> {
  const phb = yield read(k.g + phb_globals.hose);
  yield* pci_bus_add_devices(k, yield read(phb + phb_controller.bus));
  return ev.ADDED;
}

export function* boot_done(k: IrqKernel): Proc<number> {
  for (let i = 0; i < k.waiters; i++) yield complete(k.g + phb_globals.booted.at);
  return ev.TOLD;
}

export function* wait_for_boot(k: IrqKernel): Proc<number> {
  yield wait_for_completion(k.g + phb_globals.booted.at);
  return ev.STARTED;
}

/** Somebody who has nothing to do with PCI needs 16 bytes as soon as a bus was removed. */
export function* kmalloc_16_user(k: IrqKernel, removed: Ptr, stored: Ptr): Proc<number> {
  yield wait_for_completion(removed);
  const object = yield kzalloc(kmalloc_16.typeid, GFP_KERNEL);
  if (object !== 0) {
    yield write(object + kmalloc_16.entry.at, BYSTANDER_VALUE);
    yield write(k.g + phb_globals.bystander, object);
  }
  yield complete(stored);
  return ev.STORED;
}
