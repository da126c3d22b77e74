/**
 * A hotplug port below the port that recovers (pciehp.md 2.7, 2.9, row 8): the reset above resets
 * it too, and somebody has to give it its Slot Control back. Nothing here takes ctrl_lock.
 */
import {
  atomic_fetch_or,
  ghost_read,
  ghost_write,
  type Proc,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
  read,
} from '#ops';
import { link_interrupt } from '../hardware/link.ts';
import { LINK_L0, link_port } from '../hardware/link_regs.ts';
import {
  PCI_EXP_SLTCTL_DLLSCE,
  PCI_EXP_SLTCTL_HPIE,
  PCI_EXP_SLTCTL_PDCE,
  PCI_EXP_SLTSTA_DLLSC,
} from '../hardware/pci_regs.ts';
import { __irq_wake_thread } from '../pciehp/irq.ts';
import { controller, ON_STATE } from '../pciehp/structs.ts';
import type { Dpc } from './design.ts';
import { CHANGES } from './hp_isr.ts';

const ENABLES = PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_DLLSCE | PCI_EXP_SLTCTL_PDCE;

function* status_clear(bits: number, d: Dpc): Proc<void> {
  yield raw_spin_lock_irqsave(d.pci_lock);
  const status = yield ghost_read(d.below + link_port.sltsta);
  yield ghost_write(d.below + link_port.sltsta, status & ~bits);
  yield* link_interrupt(d.below);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
}

/** pci_restore_state(): with the enables, an event that is pending raises its interrupt. */
export function* port_restore(d: Dpc): Proc<void> {
  yield raw_spin_lock_irqsave(d.pci_lock);
  yield ghost_write(d.below + link_port.sltctl, ENABLES);
  yield* link_interrupt(d.below);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
}

/** ea401499e943 (5.15): the link change that the reset made is forgotten first. */
export function* port_forget_and_restore(d: Dpc): Proc<void> {
  if ((yield read(d.ctrl + controller.state)) === ON_STATE) {
    yield* status_clear(PCI_EXP_SLTSTA_DLLSC, d);
    yield raw_spin_lock_irqsave(d.pci_lock);
    const active = (yield ghost_read(d.below + link_port.ltssm)) >= LINK_L0 ? 1 : 0;
    yield raw_spin_unlock_irqrestore(d.pci_lock);
    if (active === 0) {
      yield atomic_fetch_or(d.ctrl + controller.pending_events, PCI_EXP_SLTSTA_DLLSC);
      yield* __irq_wake_thread(d.hp_action);
    }
  }
  yield* port_restore(d);
}

/** Where everything is removed and enumerated again, the port is probed anew. */
export function* port_probe(d: Dpc): Proc<void> {
  yield* status_clear(CHANGES, d);
  yield* port_restore(d);
}
