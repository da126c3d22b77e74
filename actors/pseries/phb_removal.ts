/**
 * remove_phb_dynamic() and the chain of references device, root bus, host bridge, PHB (eeh.md
 * 1.0.6, 3 #15 and #16). Who frees the PHB, and who holds the bridge meanwhile, is the design's.
 */
import {
  kfree,
  type Proc,
  type Ptr,
  read,
  refcount_dec_and_test,
  refcount_inc,
  spin_lock,
  spin_unlock,
  write,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { list_del } from '../list.ts';
import { dlpar_dev, dlpar_phb, dlpar_root_bus, pci_host_bridge } from './structs.ts';

const ev = eventCodes('DONE');

export type PhbRemoval = Readonly<{
  hose_spinlock: Ptr;
  /** Around device_unregister() of the bridge. */
  hold_bridge: (k: PhbRemoval, bridge: Ptr) => Proc<void>;
  drop_bridge: (k: PhbRemoval, bridge: Ptr) => Proc<void>;
  /** The bridge's release_fn. */
  release_fn: (k: PhbRemoval, phb: Ptr) => Proc<void>;
  /** At the end of DLPAR's path. */
  free_phb: (k: PhbRemoval, phb: Ptr) => Proc<void>;
}>;

export function* bridge_not_held(_k: PhbRemoval, _bridge: Ptr): Proc<void> {
  // The caller has no reference of its own.
}

export function* bridge_get(_k: PhbRemoval, bridge: Ptr): Proc<void> {
  yield refcount_inc(bridge + pci_host_bridge.dev.refcount);
}

export function* bridge_put(k: PhbRemoval, bridge: Ptr): Proc<void> {
  if ((yield refcount_dec_and_test(bridge + pci_host_bridge.dev.refcount)) === 0) return;
  yield* k.release_fn(k, yield read(bridge + pci_host_bridge.release_data));
  yield kfree(bridge);
}

export function* phb_kept(_k: PhbRemoval, _phb: Ptr): Proc<void> {
  // It is freed at the other place.
}

/** pcibios_free_controller(). */
export function* pcibios_free_controller(k: PhbRemoval, phb: Ptr): Proc<void> {
  yield spin_lock(k.hose_spinlock);
  yield* list_del(phb + dlpar_phb.list_node.at);
  yield spin_unlock(k.hose_spinlock);
  yield kfree(phb);
}

function* put_root_bus(k: PhbRemoval, bus: Ptr): Proc<void> {
  if ((yield refcount_dec_and_test(bus + dlpar_root_bus.dev.refcount)) === 0) return;
  yield* bridge_put(k, yield read(bus + dlpar_root_bus.bridge));
  yield kfree(bus);
}

/** pci_release_dev(): pcibios_release_device() asks the PHB's controller_ops. */
function* put_dlpar_dev(k: PhbRemoval, dev: Ptr): Proc<void> {
  if ((yield refcount_dec_and_test(dev + dlpar_dev.ref.refcount)) === 0) return;
  const bus = yield read(dev + dlpar_dev.bus);
  const phb = yield read(bus + dlpar_root_bus.sysdata);
  yield read(phb + dlpar_phb.controller_ops);
  yield* put_root_bus(k, bus);
  yield kfree(dev);
}

/** Somebody who had a device open closes it. */
export function* dlpar_dev_close(k: PhbRemoval, _start: Ptr, _done: Ptr, dev: Ptr): Proc<number> {
  yield* put_dlpar_dev(k, dev);
  return ev.DONE;
}

/** dlpar_remove_phb(): the device below is removed, then the PHB. dev 0: there is none. */
export function* dlpar_remove_phb(
  k: PhbRemoval,
  _start: Ptr,
  _done: Ptr,
  phb: Ptr,
  bridge: Ptr,
  dev: Ptr,
): Proc<number> {
  if (dev !== 0) yield* put_dlpar_dev(k, dev);
  yield* k.hold_bridge(k, bridge);
  const bus = yield read(phb + dlpar_phb.bus);
  yield write(phb + dlpar_phb.bus, 0);
  yield* put_root_bus(k, bus);
  yield* bridge_put(k, bridge);
  yield write(phb + dlpar_phb.io_resource, 0);
  yield write(phb + dlpar_phb.mem_resources, 0);
  yield* k.drop_bridge(k, bridge);
  yield* k.free_phb(k, phb);
  return ev.DONE;
}
