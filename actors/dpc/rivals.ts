/**
 * Others who meet recovery or hotplug at the same device: vfio closing it with a reset (pciehp.md
 * 2.8, R3), and a PF's driver being unbound (D2).
 */
import { down_write, mutex_lock, mutex_trylock, mutex_unlock, type Proc, up_write } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { pci_dev } from '../pciehp/structs.ts';
import { note_usable, pci_dev_put, pci_get_slot } from './bus.ts';
import type { Dpc } from './design.ts';

const ev = eventCodes('DONE');

/** vfio_pci_core_disable(): device locks by trylock, but reset_lock is waited for. */
export function* vfio_close(d: Dpc): Proc<number> {
  const dev = yield* pci_get_slot(d);
  if (dev === 0) return ev.DONE;
  if ((yield mutex_trylock(d.pdev + pci_dev.device_lock.at)) !== 0) {
    if ((yield mutex_trylock(dev + pci_dev.device_lock.at)) !== 0) {
      const result = yield* d.reset_slot(d);
      if (result === 0) yield* note_usable(d);
      yield mutex_unlock(dev + pci_dev.device_lock.at);
    }
    yield mutex_unlock(d.pdev + pci_dev.device_lock.at);
  }
  yield* pci_dev_put(dev);
  return ev.DONE;
}

/** The PF's driver is unbound: it removes its VFs, under device_lock; then it binds again. */
export function* pf_unbind(d: Dpc): Proc<number> {
  const dev = yield* pci_get_slot(d);
  if (dev === 0) return ev.DONE;
  yield mutex_lock(dev + pci_dev.device_lock.at);
  yield down_write(d.pci_bus_sem);
  yield up_write(d.pci_bus_sem);
  yield mutex_unlock(dev + pci_dev.device_lock.at);
  yield* pci_dev_put(dev);
  return ev.DONE;
}
