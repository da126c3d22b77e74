/**
 * pciehp_isr of 4.20-rc1 (pciehp.md 2.5), cut at the states of machines/pciehp_isr.ts. What the
 * states hand on lies in two of the actor's registers. Runtime power management of the parent is
 * not modelled: a root port's parent is the host bridge, which never sleeps.
 */
import {
  atomic_fetch_or,
  ctx_get,
  ctx_set,
  ghost_add,
  ghost_read,
  irq_enter,
  irq_exit,
  type Proc,
  type Ptr,
  printk,
  read,
  smp_mb,
  wake_up,
  write,
} from '#ops';
import { irq_desc, spinlock } from '../../src/memory/kernel_structs.ts';
import { eventCodes } from '../../src/ops/events.ts';
import {
  ALL_ONES_16,
  PCI_EXP_SLTSTA,
  PCI_EXP_SLTSTA_CC,
  PCI_EXP_SLTSTA_PFD,
} from '../hardware/pci_regs.ts';
import { qemu_port } from '../hardware/qemu_port_regs.ts';
import type { Pciehp } from './design.ts';
import { __irq_wake_thread } from './irq.ts';
import { pcie_capability_read_word, pcie_capability_write_word } from './pci_access.ts';
import {
  controller,
  IRQ_HANDLED,
  IRQ_NONE,
  IRQ_WAKE_THREAD,
  irqaction,
  PCI_D3cold,
  pci_dev,
  pciehp_ghost,
  SLOT_EVENTS,
} from './structs.ts';

const ev = eventCodes(
  'IRQ',
  'POWERED',
  'ENABLED',
  'STATUS',
  'EVENTS',
  'CLEARED',
  'COMPLETED',
  'ONLY_COMPLETED',
  'ACCEPTED',
  'IGNORED',
  'PENDING',
  'NONE',
  'WOKEN',
  'RETURNED',
);

/** Registers of the actor: the events in hand, what the handler answers. */
const EVENTS = 0;
const RETVAL = 1;
/** Bookkeeping: hotplug interrupts were masked when the handler was entered. */
const MASKED = 3;

/** Waits for the interrupt. */
export function* pciehp_irq_enter(ctrl: Ptr, d: Pciehp): Proc<number> {
  const irq = yield read(ctrl + controller.irq);
  yield irq_enter(irq);
  yield ctx_set(EVENTS, 0);
  yield ctx_set(RETVAL, IRQ_NONE);
  yield ctx_set(MASKED, yield ghost_read(d.ghost + pciehp_ghost.masked));
  return ev.IRQ;
}

/** Interrupts occur in D3hot or shallower only (PCIe r4.0, sec 6.7.3.4). */
export function* pciehp_isr_check_power(ctrl: Ptr, _d: Pciehp): Proc<number> {
  const action = yield read(ctrl + controller.action);
  if ((yield read(action + irqaction.handler)) === 0) return ev.NONE;
  const pdev = yield read(ctrl + controller.pdev);
  return (yield read(pdev + pci_dev.current_state)) === PCI_D3cold ? ev.NONE : ev.POWERED;
}

/** The vector is shared with other services: is the interrupt for pciehp at all? */
export function* pciehp_isr_check_enabled(ctrl: Ptr, d: Pciehp): Proc<number> {
  return (yield* d.hotplug_masked(ctrl, d)) !== 0 ? ev.NONE : ev.ENABLED;
}

export function* pciehp_isr_read(_ctrl: Ptr, d: Pciehp): Proc<number> {
  const status = yield* pcie_capability_read_word(PCI_EXP_SLTSTA, d);
  if (status === ALL_ONES_16) {
    yield printk(
      'pciehp %04x:%02x:%02x.%x:pcie%03x: pciehp_isr: no response from device',
      d.domain,
      d.bus,
      d.device,
      d.func,
      d.service,
    );
    return ev.NONE;
  }
  yield ctx_set(EVENTS, status);
  return ev.STATUS;
}

/** Keeps events, enabled or not: a run for any reason collects what is there. */
export function* pciehp_isr_filter(ctrl: Ptr, _d: Pciehp): Proc<number> {
  let events = (yield ctx_get(EVENTS)) & SLOT_EVENTS;
  if ((yield read(ctrl + controller.power_fault_detected)) !== 0) {
    events &= ~PCI_EXP_SLTSTA_PFD;
  }
  yield ctx_set(EVENTS, events);
  return events === 0 ? ev.NONE : ev.EVENTS;
}

export function* pciehp_isr_clear(_ctrl: Ptr, d: Pciehp): Proc<number> {
  const events = yield ctx_get(EVENTS);
  yield* pcie_capability_write_word(PCI_EXP_SLTSTA, events, d);
  return ev.CLEARED;
}

/** Command Completed concerns the command engine alone. */
export function* pciehp_isr_command(ctrl: Ptr, _d: Pciehp): Proc<number> {
  const events = yield ctx_get(EVENTS);
  if ((events & PCI_EXP_SLTSTA_CC) === 0) return ev.COMPLETED;
  yield write(ctrl + controller.cmd_busy, 0);
  yield smp_mb();
  yield wake_up(ctrl + controller.queue.at);
  if (events !== PCI_EXP_SLTSTA_CC) return ev.COMPLETED;
  yield ctx_set(RETVAL, IRQ_HANDLED);
  return ev.ONLY_COMPLETED;
}

/** pci_ignore_hotplug(): the events are consumed and dropped. */
export function* pciehp_isr_ignore(ctrl: Ptr, _d: Pciehp): Proc<number> {
  const pdev = yield read(ctrl + controller.pdev);
  if ((yield read(pdev + pci_dev.ignore_hotplug)) === 0) return ev.ACCEPTED;
  yield ctx_set(RETVAL, IRQ_HANDLED);
  return ev.IGNORED;
}

export function* pciehp_isr_accumulate(ctrl: Ptr, d: Pciehp): Proc<number> {
  const events = yield ctx_get(EVENTS);
  yield atomic_fetch_or(ctrl + controller.pending_events, events);
  if ((yield ctx_get(MASKED)) !== 0) yield ghost_add(d.ghost + pciehp_ghost.masked_served, 1);
  yield ctx_set(RETVAL, IRQ_WAKE_THREAD);
  return ev.PENDING;
}

export function* pciehp_isr_wake(ctrl: Ptr, _d: Pciehp): Proc<number> {
  const action = yield read(ctrl + controller.action);
  yield* __irq_wake_thread(action);
  return ev.WOKEN;
}

/** Return from interrupt. */
export function* pciehp_irq_exit(ctrl: Ptr, d: Pciehp): Proc<number> {
  const irq = yield read(ctrl + controller.irq);
  const declined = (yield ctx_get(RETVAL)) === IRQ_NONE ? 1 : 0;
  if (declined !== 0) yield* note_declined(irq, d);
  yield irq_exit(irq);
  yield* d.irq_return(irq, d.action, declined);
  return ev.RETURNED;
}

/**
 * Bookkeeping of IRQ_NONE. While the port asserts, is not in the middle of an access, and no edge
 * is on its way, nothing will bring the handler back; an asserted line of INTx will.
 */
function* note_declined(irq: Ptr, d: Pciehp): Proc<void> {
  yield ghost_add(d.ghost + pciehp_ghost.isr_none, 1);
  const asserted = yield ghost_read(d.port + qemu_port.hpev_notified);
  const in_access = yield ghost_read(d.bql + spinlock.val);
  const edge = yield ghost_read(irq + irq_desc.pending);
  const level = yield ghost_read(irq + irq_desc.level);
  if (asserted !== 0 && in_access === 0 && edge === 0 && level === 0) {
    yield ghost_add(d.ghost + pciehp_ghost.isr_none_pending, 1);
  }
}
