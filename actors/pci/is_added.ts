/**
 * is_added and is_busmaster before 44bda4b7d26e (4.18): two bit-fields of one word, which two CPUs
 * change at once. After it PCI_DEV_ADDED is an atomic bit elsewhere.
 */
import {
  atomic_fetch_and,
  atomic_fetch_or,
  complete,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  READ_ONCE,
  read,
  readl,
  wait_for_completion,
  write,
  writel,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { moment, PCI_COMMAND_MASTER, pci_function_regs as regs } from './history_structs.ts';
import { pci_dev } from './structs.ts';

const ev = eventCodes('RETURNED');
const IS_ADDED = 1;
const IS_BUSMASTER = 2;

export interface AddedDesign {
  readonly pci_dev_assign_added: (r: Ptr, added: number) => Proc<void>;
  readonly pci_dev_is_added: (r: Ptr) => Proc<number>;
  readonly set_busmaster: (r: Ptr) => Proc<void>;
}
export type AddedKernel = AddedDesign &
  Readonly<{ dev: Ptr; regs: Ptr; attached: Ptr; added: Ptr; probed: Ptr }>;

/** The rescan: the driver's probe runs on another CPU (it is asynchronous). */
export function* pci_bus_add_device(k: AddedKernel): Proc<number> {
  yield complete(k.attached + moment.come.at);
  yield* k.pci_dev_assign_added(k.regs, 1);
  yield complete(k.added + moment.come.at);
  return ev.RETURNED;
}

/** __driver_attach_async(): probe() enables bus mastering. */
export function* driver_attach_async(k: AddedKernel): Proc<number> {
  yield wait_for_completion(k.attached + moment.come.at);
  yield mutex_lock(k.dev + pci_dev.dev.mutex.at);
  yield write(k.dev + pci_dev.driver, 1);
  yield* pci_set_master(k);
  yield mutex_unlock(k.dev + pci_dev.dev.mutex.at);
  yield complete(k.probed + moment.come.at);
  return ev.RETURNED;
}

function* pci_set_master(k: AddedKernel): Proc<void> {
  const command = yield readl(k.regs + regs.command);
  yield writel(k.regs + regs.command, command | PCI_COMMAND_MASTER);
  yield* k.set_busmaster(k.regs);
}

/** pci_stop_dev() of a later removal: a device that was not added has no driver to release. */
export function* pci_stop_dev(k: AddedKernel): Proc<number> {
  yield wait_for_completion(k.added + moment.come.at);
  yield wait_for_completion(k.probed + moment.come.at);
  if ((yield* k.pci_dev_is_added(k.regs)) === 0) return ev.RETURNED;
  yield mutex_lock(k.dev + pci_dev.dev.mutex.at);
  yield write(k.dev + pci_dev.driver, 0);
  yield mutex_unlock(k.dev + pci_dev.dev.mutex.at);
  yield* k.pci_dev_assign_added(k.regs, 0);
  return ev.RETURNED;
}

export function* assign_added_bit_field(r: Ptr, added: number): Proc<void> {
  const bits = yield read(r + regs.bits);
  yield write(r + regs.bits, added !== 0 ? bits | IS_ADDED : bits & ~IS_ADDED);
}

export function* is_added_bit_field(r: Ptr): Proc<number> {
  return (yield read(r + regs.bits)) & IS_ADDED;
}

export function* set_busmaster_bit_field(r: Ptr): Proc<void> {
  yield write(r + regs.bits, (yield read(r + regs.bits)) | IS_BUSMASTER);
}

export function* assign_added_atomic(r: Ptr, added: number): Proc<void> {
  if (added !== 0) yield atomic_fetch_or(r + regs.priv_flags, IS_ADDED);
  else yield atomic_fetch_and(r + regs.priv_flags, ~IS_ADDED);
}

export function* is_added_atomic(r: Ptr): Proc<number> {
  return (yield READ_ONCE(r + regs.priv_flags)) & IS_ADDED;
}
