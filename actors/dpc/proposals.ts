/** Proposals that were not merged: designs V1, V6, V7, V10, V13 and V14 of pciehp.md 3.2.4. */
import {
  atomic_fetch_and,
  finish_wait,
  mutex_lock,
  mutex_unlock,
  type Proc,
  prepare_to_wait,
  read,
  schedule,
  wake_up,
  write,
} from '#ops';
import { hotplug_mask, hotplug_unmask } from '../aer/slot_reset.ts';
import { link_port } from '../hardware/link_regs.ts';
import { PCI_EXP_SLTCTL_HPIE, PCI_EXP_SLTSTA_PDS } from '../hardware/pci_regs.ts';
import { __irq_wake_thread } from '../pciehp/irq.ts';
import { controller, irqaction, pci_channel_io_normal, pci_dev } from '../pciehp/structs.ts';
import { port_read, slot_control_write, slot_status_clear } from './config.ts';
import type { Dpc } from './design.ts';
import { broadcast_frozen } from './err_callbacks.ts';
import { fatal_remove, fatal_rescan } from './err_fatal.ts';
import { CHANGES } from './hp_isr.ts';
import { thread_done_running } from './power_file.ts';
import { pci_channel_io_frozen } from './structs.ts';

/** V1 (Sinan Kaya, V5 of the series): hotplug is masked from the first step of recovery, ... */
export function* masked_remove(d: Dpc): Proc<void> {
  yield* hotplug_mask(d);
  yield* fatal_remove(d);
}

/** ... until the devices are back. */
export function* masked_rescan(d: Dpc): Proc<number> {
  const result = yield* fatal_rescan(d);
  yield* hotplug_unmask(d);
  return result;
}

/** V6 (Lukas Wunner): the port's own channel is marked as soon as the error is known, ... */
export function* mark_and_notify(d: Dpc): Proc<void> {
  yield write(d.pdev + pci_dev.error_state, pci_channel_io_frozen);
  yield wake_up(d.port + link_port.changed.at);
  yield* __irq_wake_thread(d.err_action);
}

/** ... a poll of its link ends then, ... */
export function* polls_abort_offline(d: Dpc): Proc<number> {
  return (yield read(d.pdev + pci_dev.error_state)) === pci_channel_io_normal ? 0 : 1;
}

/** ... and it is normal again when recovery is over. */
export function* rescan_and_unmark(d: Dpc): Proc<number> {
  const result = yield* fatal_rescan(d);
  yield write(d.pdev + pci_dev.error_state, pci_channel_io_normal);
  return result;
}

/** V7 (Sinan Kaya, 20 July 2018): a pending hotplug event of a card that is there is consumed. */
export function* consume_and_broadcast(d: Dpc): Proc<void> {
  const status = yield* port_read(link_port.sltsta, d);
  const pending = yield read(d.ctrl + controller.pending_events);
  const present = (status & PCI_EXP_SLTSTA_PDS) !== 0;
  if (present && ((status | pending) & CHANGES) !== 0) {
    yield* slot_status_clear(CHANGES, d);
    yield atomic_fetch_and(d.ctrl + controller.pending_events, ~CHANGES);
  }
  yield* broadcast_frozen(d);
}

function* set_hpie(bit: number, d: Dpc): Proc<void> {
  yield mutex_lock(d.ctrl + controller.ctrl_lock.at);
  const value = yield* port_read(link_port.sltctl, d);
  yield* slot_control_write((value & ~PCI_EXP_SLTCTL_HPIE) | bit, d);
  yield mutex_unlock(d.ctrl + controller.ctrl_lock.at);
}

/** synchronize_irq(): until the thread function has returned. */
function* synchronize_irq(d: Dpc): Proc<void> {
  for (;;) {
    yield prepare_to_wait(d.hp_action + irqaction.thread_wait.at);
    if ((yield read(d.hp_action + irqaction.threads_active)) === 0) break;
    yield schedule();
  }
  yield finish_wait(d.hp_action + irqaction.thread_wait.at);
}

/** V10 (Ilpo Jarvinen, 2025): HPIE off and the thread waited for, with the device locks held. */
export function* reset_slot_synchronised(d: Dpc): Proc<number> {
  yield* set_hpie(0, d);
  yield* synchronize_irq(d);
  const result = yield* d.bus_reset(d);
  yield* slot_status_clear(CHANGES, d);
  yield* set_hpie(PCI_EXP_SLTCTL_HPIE, d);
  return result;
}

/** The thread function returned: synchronize_irq() may go on. */
export function* thread_done_waking(d: Dpc): Proc<void> {
  yield* thread_done_running(d);
  yield wake_up(d.hp_action + irqaction.thread_wait.at);
}

/** V13: a driver said pci_ignore_hotplug(); all events are consumed and dropped. */
export function* drop_all(_events: number, _d: Dpc): Proc<void> {
  return;
}

/** V14: pci_rescan_remove_lock is held over the reset. */
export function* reset_slot_rescan_locked(d: Dpc): Proc<number> {
  yield mutex_lock(d.pci_rescan_remove_lock);
  const result = yield* d.bus_reset(d);
  yield mutex_unlock(d.pci_rescan_remove_lock);
  return result;
}
