/** The error itself, and the hand that may reach for the card meanwhile. */
import {
  ghost_read,
  ghost_write,
  ktime_ms,
  msleep,
  type Proc,
  raise_irq,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { link_drop, link_plug, link_pulled, link_unplug } from '../hardware/link.ts';
import {
  link_port,
  PCI_ERR_ROOT_FATAL_RCV,
  PCI_ERR_UNC_SURPDN,
  PCI_EXP_DPC_STATUS_INTERRUPT,
  PCI_EXP_DPC_STATUS_RP_BUSY,
  PCI_EXP_DPC_STATUS_TRIGGER,
} from '../hardware/link_regs.ts';
import type { Dpc } from './design.ts';
import {
  CARD_INSERTED,
  CARD_PULLED,
  CARD_STAYS,
  CARD_SWAPPED,
  dpc_ghost,
  FAULT_AER,
  FAULT_NONE,
  FAULT_SURPRISE,
} from './structs.ts';

const ev = eventCodes('HAPPENED', 'DONE');

/** The error, if there is one. */
export function* port_fault(d: Dpc): Proc<number> {
  yield ghost_write(d.ghost + dpc_ghost.fault_at, yield ktime_ms());
  if (d.fault === FAULT_NONE) return ev.HAPPENED;
  yield raw_spin_lock_irqsave(d.pci_lock);
  if (d.fault === FAULT_AER) {
    // ERR_FATAL reaches the root port; the link stays up.
    yield ghost_write(d.port + link_port.aer_status, PCI_ERR_ROOT_FATAL_RCV);
  } else {
    yield* contain(d);
  }
  yield raise_irq(yield ghost_read(d.port + link_port.err_irq));
  yield raw_spin_unlock_irqrestore(d.pci_lock);
  return ev.HAPPENED;
}

/** Containment: the link goes down with TRIGGER. */
function* contain(d: Dpc): Proc<void> {
  yield ghost_write(d.ghost + dpc_ghost.contained, 1);
  if (d.fault === FAULT_SURPRISE) {
    yield ghost_write(d.ghost + dpc_ghost.moved, d.hand);
    yield ghost_write(d.port + link_port.uncor_status, PCI_ERR_UNC_SURPDN);
    yield ghost_write(d.port + link_port.card, 0);
  }
  const busy = d.busyMs === 0 ? 0 : PCI_EXP_DPC_STATUS_RP_BUSY;
  const raised = PCI_EXP_DPC_STATUS_TRIGGER | PCI_EXP_DPC_STATUS_INTERRUPT | busy;
  yield ghost_write(d.port + link_port.dpc_status, raised);
  yield* link_drop(d.port, d);
}

/** The root port has logged what it contained. */
function* settle(d: Dpc): Proc<void> {
  yield msleep(d.busyMs);
  yield raw_spin_lock_irqsave(d.pci_lock);
  const status = yield ghost_read(d.port + link_port.dpc_status);
  yield ghost_write(d.port + link_port.dpc_status, status & ~PCI_EXP_DPC_STATUS_RP_BUSY);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
}

export function* port_hand(d: Dpc): Proc<number> {
  if (d.fault === FAULT_SURPRISE) yield* link_pulled(d);
  if (d.busyMs !== 0) yield* settle(d);
  if (d.hand === CARD_STAYS) return ev.DONE;
  if (d.handMs !== 0) yield msleep(d.handMs);
  yield ghost_write(d.ghost + dpc_ghost.moved, d.hand);
  if (d.hand !== CARD_INSERTED && d.fault !== FAULT_SURPRISE) yield* link_unplug(d);
  if (d.hand === CARD_PULLED) return ev.DONE;
  if (d.hand === CARD_SWAPPED) yield msleep(d.swapMs);
  yield* link_plug(d.otherCard, d);
  return ev.DONE;
}
