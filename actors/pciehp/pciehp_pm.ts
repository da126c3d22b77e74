/**
 * Suspend and resume of the hotplug service (pciehp.md 2.4, 3.1.5): the interrupt is masked, and
 * unmasked again; what came meanwhile is looked for as a state. The tasks of the driver go on: the
 * IRQ thread may be in the middle of its work.
 */
import { ghost_write, msleep, type Proc, type Ptr, raise_irq, read } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { PCI_EXP_SLTCTL_DLLSCE, PCI_EXP_SLTCTL_HPIE } from '../hardware/pci_regs.ts';
import type { Pciehp } from './design.ts';
import { pcie_write_cmd } from './pciehp_cmd.ts';
import { controller, pciehp_ghost } from './structs.ts';

const ev = eventCodes('DUE', 'SUSPENDED', 'WOKEN', 'RESUMED', 'SIGNALLED');

/** The moment at which the monitor acts, too: nobody is first by design. */
const WAIT_MS = 30_000;
/** Asleep this long; the neighbour's interrupt comes in the middle. */
const ASLEEP_MS = 100;
const NEIGHBOUR_MS = 40;

const MASK = PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_DLLSCE;

export function* pciehp_pm_wait(_ctrl: Ptr, _d: Pciehp): Proc<number> {
  yield msleep(WAIT_MS);
  return ev.DUE;
}

/** pcie_disable_interrupt() */
export function* pciehp_suspend(ctrl: Ptr, d: Pciehp): Proc<number> {
  yield* pcie_write_cmd(ctrl, 0, MASK, d);
  yield ghost_write(d.ghost + pciehp_ghost.masked, 1);
  return ev.SUSPENDED;
}

export function* pciehp_pm_sleep(_ctrl: Ptr, _d: Pciehp): Proc<number> {
  yield msleep(ASLEEP_MS);
  return ev.WOKEN;
}

/** pcie_enable_interrupt() */
export function* pciehp_resume(ctrl: Ptr, d: Pciehp): Proc<number> {
  yield ghost_write(d.ghost + pciehp_ghost.masked, 0);
  yield* pcie_write_cmd(ctrl, MASK, MASK, d);
  return ev.RESUMED;
}

export function* port_service_wait(_ctrl: Ptr, _d: Pciehp): Proc<number> {
  yield msleep(WAIT_MS + NEIGHBOUR_MS);
  return ev.DUE;
}

/** All handlers of a shared vector run, whoever signals. */
export function* port_service_signal(ctrl: Ptr, _d: Pciehp): Proc<number> {
  const irq = yield read(ctrl + controller.irq);
  yield raise_irq(irq);
  return ev.SIGNALLED;
}
