/**
 * When a port completes a command, and what becomes of the interrupt: ports that are not QEMU's.
 * A port of silicon takes its time (pciehp.md 3.1.2): between the write and Command Completed the
 * CPU goes on. Latency zero leaves it to the scheduler how far; a latency lets everybody go on
 * until they wait. A port with erratum CF118 completes only commands that change a control.
 */
import {
  cpu_relax,
  disable_irq_nosync,
  ghost_add,
  lower_irq,
  type Proc,
  type Ptr,
  printk,
  queue_delayed_work,
  queue_work,
  raise_irq,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
  read,
  work_done,
  work_wait,
  write,
} from '#ops';
import { irq_desc } from '../../src/memory/kernel_structs.ts';
import { eventCodes } from '../../src/ops/events.ts';
import type { Pciehp } from '../pciehp/design.ts';
import { irqaction } from '../pciehp/structs.ts';
import {
  PCI_EXP_SLTCTL_AIC,
  PCI_EXP_SLTCTL_PCC,
  PCI_EXP_SLTCTL_PIC,
  PCI_EXP_SLTSTA_CC,
} from './pci_regs.ts';
import type { PortModel } from './port_model.ts';
import { pcie_cap_slot_event } from './qemu_port.ts';
import { qemu_port } from './qemu_port_regs.ts';

const ev = eventCodes('COMMAND', 'COMPLETED');

/** Longer than any window of the driver's, shorter than its patience. */
const LATENCY_MS = 10;
/**
 * The kernel masks a line after 99,900 of 100,000. Each round here gives way until another actor
 * has changed something or none can: so many in a row say that the storm does not end by itself.
 */
const NOBODY_CARED = 100;
/** Its number in /proc/interrupts. */
const IRQ = 24;
/** EIC is no part of the register: it reads back 0. */
const CONTROLS = PCI_EXP_SLTCTL_PCC | PCI_EXP_SLTCTL_PIC | PCI_EXP_SLTCTL_AIC;

/** A command that comes while one is worked on shares its completion. */
export function* complete_soon(port: Ptr, _changed: number, _d: PortModel): Proc<void> {
  const fresh = yield queue_work(port + qemu_port.command.at);
  if (fresh === 0) yield ghost_add(port + qemu_port.overlaps, 1);
}

/** The same after a latency. */
export function* complete_later(port: Ptr, _changed: number, _d: PortModel): Proc<void> {
  const fresh = yield queue_delayed_work(port + qemu_port.command.at, LATENCY_MS);
  if (fresh === 0) yield ghost_add(port + qemu_port.overlaps, 1);
}

/** Erratum CF118. */
export function* complete_controls_only(port: Ptr, changed: number, d: PortModel): Proc<void> {
  if ((changed & CONTROLS) === 0) return;
  yield* pcie_cap_slot_event(port, PCI_EXP_SLTSTA_CC, d);
}

/** The port's own sequencer waits for a command. */
export function* port_command_wait(_ctrl: Ptr, d: Pciehp): Proc<number> {
  yield work_wait(d.port + qemu_port.command.at);
  return ev.COMMAND;
}

export function* port_command_complete(_ctrl: Ptr, d: Pciehp): Proc<number> {
  yield raw_spin_lock_irqsave(d.bql);
  yield* pcie_cap_slot_event(d.port, PCI_EXP_SLTSTA_CC, d);
  yield raw_spin_unlock_irqrestore(d.bql);
  yield work_done(d.port + qemu_port.command.at);
  return ev.COMPLETED;
}

/** INTx: the line is driven to the aggregate. */
export function* tell_by_level(port: Ptr, next: number): Proc<void> {
  const irq = yield read(port + qemu_port.irq);
  if (next === 0) {
    yield lower_irq(irq);
    return;
  }
  yield write(irq + irq_desc.level, 1);
  yield raise_irq(irq);
}

/** INTx: a line whose cause was cleared is deasserted. */
export function* cleared_by_level(port: Ptr): Proc<void> {
  if ((yield read(port + qemu_port.hpev_notified)) !== 0) return;
  const irq = yield read(port + qemu_port.irq);
  yield lower_irq(irq);
}

/**
 * INTx: an asserted line brings a handler that declined back at once. The CPU it storms on is not
 * the writer's, so each of its rounds lets the others go on. note_interrupt() ends a storm
 * that leads nowhere: the line is masked for good.
 */
export function* return_from_level(irq: Ptr, action: Ptr, declined: number): Proc<void> {
  if (declined === 0) {
    yield write(action + irqaction.unhandled, 0);
    return;
  }
  const unhandled = (yield read(action + irqaction.unhandled)) + 1;
  yield write(action + irqaction.unhandled, unhandled);
  if (unhandled === NOBODY_CARED) {
    yield printk('irq %d: nobody cared (try booting with the "irqpoll" option)', IRQ);
    yield printk('Disabling IRQ #%d', IRQ);
    yield disable_irq_nosync(irq);
  }
  yield cpu_relax();
}
