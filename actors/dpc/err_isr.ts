/** dpc_irq and aer_irq (pciehp.md 2.9), cut at the states of machines/error_irq.ts. */
import {
  ghost_read,
  ghost_write,
  irq_enter,
  irq_exit,
  type Proc,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import {
  link_port,
  PCI_ERR_ROOT_FATAL_RCV,
  PCI_EXP_DPC_STATUS_INTERRUPT,
  PCI_EXP_DPC_STATUS_TRIGGER,
} from '../hardware/link_regs.ts';
import { port_read } from './config.ts';
import type { Dpc } from './design.ts';
import { FAULT_AER } from './structs.ts';

const ev = eventCodes('IRQ', 'TRIGGERED', 'NONE', 'WOKEN', 'RETURNED');

export function* err_irq_enter(d: Dpc): Proc<number> {
  yield irq_enter(yield ghost_read(d.port + link_port.err_irq));
  return ev.IRQ;
}

/** Reads and clears what raised the interrupt. With DPC, TRIGGER stays: the link stays down. */
export function* err_isr_ack(d: Dpc): Proc<number> {
  return d.fault === FAULT_AER ? yield* aer_ack(d) : yield* dpc_ack(d);
}

function* dpc_ack(d: Dpc): Proc<number> {
  const status = yield* port_read(link_port.dpc_status, d);
  if ((status & PCI_EXP_DPC_STATUS_INTERRUPT) === 0) return ev.NONE;
  yield* status_clear(link_port.dpc_status, PCI_EXP_DPC_STATUS_INTERRUPT, d);
  return (status & PCI_EXP_DPC_STATUS_TRIGGER) !== 0 ? ev.TRIGGERED : ev.NONE;
}

function* aer_ack(d: Dpc): Proc<number> {
  const status = yield* port_read(link_port.aer_status, d);
  if ((status & PCI_ERR_ROOT_FATAL_RCV) === 0) return ev.NONE;
  yield* status_clear(link_port.aer_status, status, d);
  return ev.TRIGGERED;
}

/** W1C of a status word. */
function* status_clear(field: number, bits: number, d: Dpc): Proc<void> {
  yield raw_spin_lock_irqsave(d.pci_lock);
  const now = yield ghost_read(d.port + field);
  yield ghost_write(d.port + field, now & ~bits);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
}

export function* err_isr_wake(d: Dpc): Proc<number> {
  yield* d.err_notify(d);
  return ev.WOKEN;
}

export function* err_irq_exit(d: Dpc): Proc<number> {
  yield irq_exit(yield ghost_read(d.port + link_port.err_irq));
  return ev.RETURNED;
}
