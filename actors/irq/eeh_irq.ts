/**
 * eehd around a reset (I0-G): a driver without slot_reset has its line disabled while its device
 * is frozen, and enabled when it resumes. Each lookup of the line is by pci_dev.irq.
 */
import {
  ctx_get,
  ctx_set,
  disable_irq_nosync,
  enable_irq,
  msleep,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  read,
  refcount_inc,
  write,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { irq_to_desc } from './irqdomain.ts';
import type { IrqKernel } from './kernel.ts';
import { irq_has_action } from './manage.ts';
import { pci_dev_put } from './remove.ts';
import {
  EEH_DEV_IRQ_DISABLED,
  phb_dev,
  phb_dn,
  phb_globals,
  virq_desc,
  xive_source,
} from './structs.ts';

/** Hold and settle times of a PHB reset (eeh.md 1.3.7), rounded. */
const RESET_MS = 1800;
const CTX_DEV = 0;

const ev = eventCodes('TAKEN', 'NO_DEVICE', 'DISABLED', 'RESET', 'ENABLED', 'PUT');

/** The snapshot of the PE's devices, with a reference (2e25505147b8). */
export function* eeh_take_device(k: IrqKernel, dn: Ptr): Proc<number> {
  yield mutex_lock(k.g + phb_globals.pci_rescan_remove_lock.at);
  const dev = yield read(dn + phb_dn.pdev);
  if (dev !== 0) yield refcount_inc(dev + phb_dev.ref.refcount);
  yield mutex_unlock(k.g + phb_globals.pci_rescan_remove_lock.at);
  yield ctx_set(CTX_DEV, dev);
  return dev === 0 ? ev.NO_DEVICE : ev.TAKEN;
}

/** The same since 1010b4c012b0: the lock is held until the recovery is over. */
export function* eeh_take_device_locked(k: IrqKernel, dn: Ptr): Proc<number> {
  yield mutex_lock(k.g + phb_globals.pci_rescan_remove_lock.at);
  const dev = yield read(dn + phb_dn.pdev);
  if (dev === 0) {
    yield mutex_unlock(k.g + phb_globals.pci_rescan_remove_lock.at);
    return ev.NO_DEVICE;
  }
  yield refcount_inc(dev + phb_dev.ref.refcount);
  yield ctx_set(CTX_DEV, dev);
  return ev.TAKEN;
}

/** eeh_report_error() as far as eeh_disable_irq(), under device_lock. */
export function* eeh_disable_irq(k: IrqKernel, dn: Ptr): Proc<number> {
  const dev = yield ctx_get(CTX_DEV);
  yield mutex_lock(dev + phb_dev.dev.mutex.at);
  const virq = yield read(dev + phb_dev.irq);
  if ((yield* irq_has_action(k, virq)) !== 0) {
    yield write(dn + phb_dn.eeh_mode, EEH_DEV_IRQ_DISABLED);
    const desc = yield* irq_to_desc(k, virq);
    const source = yield read(desc + virq_desc.source);
    yield disable_irq_nosync(source + xive_source.line.at);
  }
  yield mutex_unlock(dev + phb_dev.dev.mutex.at);
  return ev.DISABLED;
}

export function* eeh_reset(_k: IrqKernel): Proc<number> {
  yield msleep(RESET_MS);
  return ev.RESET;
}

/** irq_get_irq_data() is not asked whether it found anything. */
export function* eeh_enable_irq(k: IrqKernel, dn: Ptr): Proc<number> {
  const dev = yield ctx_get(CTX_DEV);
  yield mutex_lock(dev + phb_dev.dev.mutex.at);
  if ((yield read(dn + phb_dn.eeh_mode)) === EEH_DEV_IRQ_DISABLED) {
    yield write(dn + phb_dn.eeh_mode, 0);
    const irq_data = yield* irq_to_desc(k, yield read(dev + phb_dev.irq));
    const source = yield read(irq_data + virq_desc.source);
    if ((yield read(source + xive_source.line.depth)) > 0) {
      yield enable_irq(source + xive_source.line.at);
    }
  }
  yield mutex_unlock(dev + phb_dev.dev.mutex.at);
  return ev.ENABLED;
}

export function* eeh_put_device(_k: IrqKernel): Proc<number> {
  const dev = yield ctx_get(CTX_DEV);
  yield ctx_set(CTX_DEV, 0);
  yield* pci_dev_put(dev);
  return ev.PUT;
}

export function* eeh_put_device_locked(k: IrqKernel): Proc<number> {
  const put = yield* eeh_put_device(k);
  yield mutex_unlock(k.g + phb_globals.pci_rescan_remove_lock.at);
  return put;
}
