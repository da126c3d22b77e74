/** Recovery from a fatal error, by the states of machines/error_recovery.ts. */
import { atomic_fetch_and, ghost_write, msleep, type Proc, printk, wake_up_all } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { link_port, PCI_ERR_UNC_SURPDN } from '../hardware/link_regs.ts';
import { __irq_wake_thread, irq_wait_for_interrupt, wake_threads_waitq } from '../pciehp/irq.ts';
import { pci_dev } from '../pciehp/structs.ts';
import { dpc_trigger_clear, port_read, uncor_status_clear } from './config.ts';
import type { Dpc } from './design.ts';
import { INACTIVE_MS, wait_root_port_idle } from './err_reset.ts';
import { wait_link } from './port_wait.ts';
import { dpc_ghost, FAULT_AER, PCI_DPC_RECOVERED } from './structs.ts';

const ev = eventCodes(
  'CONTAINED',
  'SURPRISE',
  'CLEANED',
  'TOLD',
  'RECOVERED',
  'DISCONNECT',
  'RESUMED',
  'SLEEPS',
);

/** Asleep until an error; late when other work is before it. */
export function* err_wait(d: Dpc): Proc<number> {
  yield* d.err_sleep(d);
  if (d.errorLateMs !== 0) yield msleep(d.errorLateMs);
  return ev.CONTAINED;
}

export function* err_detected(d: Dpc): Proc<number> {
  if ((yield* is_surprise(d)) !== 0) return ev.SURPRISE;
  if (d.fault === FAULT_AER) {
    yield printk('pcieport: AER: Uncorrectable (Fatal) error message received');
  } else {
    yield printk('pcieport: DPC: containment event, unmasked uncorrectable error detected');
  }
  yield* d.err_before(d);
  return ev.TOLD;
}

/** pciehp.md 2.9: on a hotplug port, Surprise Down means that the card was pulled. */
function* is_surprise(d: Dpc): Proc<number> {
  if (d.dpc_knows_surprise === 0 || d.hotplug === 0 || d.fault === FAULT_AER) return 0;
  const status = yield* port_read(link_port.uncor_status, d);
  return (status & PCI_ERR_UNC_SURPDN) !== 0 ? 1 : 0;
}

/** dpc_handle_surprise_removal(): no recovery, hotplug has the card to itself. */
export function* err_surprise(d: Dpc): Proc<number> {
  yield* wait_link(0, INACTIVE_MS, 0, d);
  if ((yield* wait_root_port_idle(d)) === 0) {
    yield* uncor_status_clear(d);
    yield* dpc_trigger_clear(d);
  }
  yield atomic_fetch_and(d.pdev + pci_dev.priv_flags, ~PCI_DPC_RECOVERED);
  yield wake_up_all(d.dpc_completed);
  return ev.CLEANED;
}

export function* err_reset_link(d: Dpc): Proc<number> {
  const result = d.fault === FAULT_AER ? yield* d.aer_reset(d) : yield* contained_reset(d);
  return result === 0 ? ev.RECOVERED : ev.DISCONNECT;
}

/** A bus reset begins with its own pulse, this one when recovery takes the link over. */
function* contained_reset(d: Dpc): Proc<number> {
  yield ghost_write(d.ghost + dpc_ghost.resetting, 1);
  const result = yield* d.dpc_reset(d);
  yield ghost_write(d.ghost + dpc_ghost.resetting, 0);
  return result;
}

export function* err_resume(d: Dpc): Proc<number> {
  if ((yield* d.err_after(d)) !== 0) return ev.DISCONNECT;
  yield ghost_write(d.ghost + dpc_ghost.told_ok, 1);
  yield printk('pcieport: AER: device recovery successful');
  return ev.RESUMED;
}

export function* err_failed(d: Dpc): Proc<number> {
  yield* d.err_give_up(d);
  yield printk('pcieport: AER: device recovery failed');
  return ev.TOLD;
}

export function* err_exit(d: Dpc): Proc<number> {
  yield* d.err_done(d);
  return ev.SLEEPS;
}

/** All but one-queue: recovery has a thread, or a work, of its own. */
export function* error_notify(d: Dpc): Proc<void> {
  yield* __irq_wake_thread(d.err_action);
}

export function* error_sleep(d: Dpc): Proc<void> {
  yield* irq_wait_for_interrupt(d.err_action);
}

export function* error_done(d: Dpc): Proc<void> {
  yield* wake_threads_waitq(d.err_action);
}
