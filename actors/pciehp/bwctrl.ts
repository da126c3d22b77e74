/**
 * Unbinding the bandwidth controller from a vector that it shares with hotplug, before and after
 * 15b8968dcb90 (January 2025): devres freed the interrupt only after remove() had cleared the data.
 */
import {
  atomic_fetch_add,
  atomic_fetch_and,
  atomic_fetch_or,
  irq_enter,
  irq_exit,
  kfree,
  type Proc,
  type Ptr,
  raise_irq,
  read,
  readl,
  synchronize_hardirq,
  write,
  writel,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { bwctrl_data, bwctrl_port, PCI_EXP_LNKSTA_LBMS } from '../pci/history_structs.ts';

const ev = eventCodes('IRQ', 'NONE', 'HANDLED', 'RETURNED');

export interface BwctrlDesign {
  /** pcie_bwnotif_remove(), and what devres does after it. */
  readonly pcie_bwnotif_remove: (port: Ptr) => Proc<void>;
}
export type BwctrlKernel = BwctrlDesign & Readonly<{ port: Ptr }>;

/** The link's bandwidth changed, and the other service of the vector has an interrupt too. */
export function* link_event(k: BwctrlKernel): Proc<number> {
  yield atomic_fetch_or(k.port + bwctrl_port.lnksta, PCI_EXP_LNKSTA_LBMS);
  yield raise_irq(k.port + bwctrl_port.irq.at);
  return ev.RETURNED;
}

export function* bwnotif_enter(k: BwctrlKernel): Proc<number> {
  yield irq_enter(k.port + bwctrl_port.irq.at);
  return ev.IRQ;
}

/** Called for an interrupt of whoever shares the vector, as long as it is installed. */
export function* pcie_bwnotif_irq(k: BwctrlKernel): Proc<number> {
  if ((yield read(k.port + bwctrl_port.action)) === 0) return ev.NONE;
  const data = yield read(k.port + bwctrl_port.link_bwctrl);
  const status = yield readl(k.port + bwctrl_port.lnksta);
  if ((status & PCI_EXP_LNKSTA_LBMS) === 0) return ev.NONE;
  yield atomic_fetch_add(data + bwctrl_data.lbms_count, 1);
  yield atomic_fetch_and(k.port + bwctrl_port.lnksta, ~PCI_EXP_LNKSTA_LBMS);
  return ev.HANDLED;
}

export function* bwnotif_exit(k: BwctrlKernel): Proc<number> {
  yield irq_exit(k.port + bwctrl_port.irq.at);
  return ev.RETURNED;
}

/** The service is unbound. */
export function* bwctrl_unbind(k: BwctrlKernel): Proc<number> {
  // pcie_bwnotif_disable().
  yield writel(k.port + bwctrl_port.lnkctl, 0);
  yield* k.pcie_bwnotif_remove(k.port);
  return ev.RETURNED;
}

export function* clear_then_devres(port: Ptr): Proc<void> {
  const data = yield read(port + bwctrl_port.link_bwctrl);
  yield write(port + bwctrl_port.link_bwctrl, 0);
  yield* free_irq(port);
  yield kfree(data);
}

export function* free_irq_then_clear(port: Ptr): Proc<void> {
  const data = yield read(port + bwctrl_port.link_bwctrl);
  yield* free_irq(port);
  yield write(port + bwctrl_port.link_bwctrl, 0);
  yield kfree(data);
}

function* free_irq(port: Ptr): Proc<void> {
  yield write(port + bwctrl_port.action, 0);
  yield synchronize_hardirq(port + bwctrl_port.irq.at);
}
