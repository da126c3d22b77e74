/** pciehp_reset_slot() by generation (pciehp.md 2.7), and pci_bus_error_reset() (2.8). */
import {
  atomic_fetch_and,
  atomic_fetch_or,
  down_write,
  mutex_lock,
  mutex_unlock,
  type Proc,
  up_write,
  wake_up_all,
} from '#ops';
import { pci_dev_put, pci_get_slot } from '../dpc/bus.ts';
import { port_read, slot_control_write, slot_status_clear } from '../dpc/config.ts';
import type { Dpc } from '../dpc/design.ts';
import { CHANGES } from '../dpc/hp_isr.ts';
import { PCI_LINK_CHANGED, PCI_LINK_CHANGING } from '../dpc/structs.ts';
import { link_port } from '../hardware/link_regs.ts';
import { PCI_EXP_SLTCTL_DLLSCE, PCI_EXP_SLTCTL_PDCE } from '../hardware/pci_regs.ts';
import { controller, pci_dev } from '../pciehp/structs.ts';

const MASKED = PCI_EXP_SLTCTL_DLLSCE | PCI_EXP_SLTCTL_PDCE;

/** Slot Control is read, changed and written under ctrl_lock. */
function* set_enables(bits: number, d: Dpc): Proc<void> {
  yield mutex_lock(d.ctrl + controller.ctrl_lock.at);
  const value = yield* port_read(link_port.sltctl, d);
  yield* slot_control_write((value & ~MASKED) | bits, d);
  yield mutex_unlock(d.ctrl + controller.ctrl_lock.at);
}

export function* hotplug_mask(d: Dpc): Proc<void> {
  if (d.hotplug === 0) return;
  yield* set_enables(0, d);
}

/** What happened meanwhile is forgotten. */
export function* hotplug_unmask(d: Dpc): Proc<void> {
  if (d.hotplug === 0) return;
  yield* slot_status_clear(CHANGES, d);
  yield* set_enables(MASKED, d);
}

/** 2013 to 4.18: no lock. */
export function* reset_slot_masked(d: Dpc): Proc<number> {
  yield* hotplug_mask(d);
  const result = yield* d.bus_reset(d);
  yield* hotplug_unmask(d);
  return result;
}

/** 4.19 to 6.15: the thread must not look at the link meanwhile; the ISR still does. */
export function* reset_slot_locked(d: Dpc): Proc<number> {
  yield down_write(d.reset_lock);
  const result = yield* reset_slot_masked(d);
  yield up_write(d.reset_lock);
  return result;
}

/** 2af781a9edc4 (6.16): the thread is told that the link changes and that it has. */
export function* reset_slot_ignored(d: Dpc): Proc<number> {
  const flags = d.pdev + pci_dev.priv_flags;
  yield down_write(d.reset_lock);
  yield atomic_fetch_or(flags, PCI_LINK_CHANGING);
  const result = yield* d.bus_reset(d);
  yield atomic_fetch_or(flags, PCI_LINK_CHANGED);
  yield atomic_fetch_and(flags, ~PCI_LINK_CHANGING);
  yield wake_up_all(d.dpc_completed);
  yield up_write(d.reset_lock);
  return result;
}

/** 4.18 and 4.19: a plain bus reset, pciehp is not told. */
export function* aer_bus_reset(d: Dpc): Proc<number> {
  return yield* d.bus_reset(d);
}

/** Since 4.20: the slot behind the bridge is asked; for a pciehp port there is always one. */
export function* aer_slot_reset(d: Dpc): Proc<number> {
  const dev = yield* pci_get_slot(d);
  yield mutex_lock(d.pci_slot_mutex);
  yield mutex_lock(d.pdev + pci_dev.device_lock.at);
  if (dev !== 0) yield mutex_lock(dev + pci_dev.device_lock.at);
  const result = yield* d.reset_slot(d);
  if (dev !== 0) {
    yield mutex_unlock(dev + pci_dev.device_lock.at);
    yield* pci_dev_put(dev);
  }
  yield mutex_unlock(d.pdev + pci_dev.device_lock.at);
  yield mutex_unlock(d.pci_slot_mutex);
  return result;
}
