/** Recovery from a fatal error, by the states of machines/error_recovery.ts. */
import { ghost_write, msleep, type Proc, printk } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { __irq_wake_thread, irq_wait_for_interrupt, wake_threads_waitq } from '../pciehp/irq.ts';
import type { Dpc } from './design.ts';
import { dpc_ghost, FAULT_AER } from './structs.ts';

const ev = eventCodes('CONTAINED', 'TOLD', 'RECOVERED', 'DISCONNECT', 'RESUMED', 'SLEEPS');

/** Asleep until an error; late when other work is before it. */
export function* err_wait(d: Dpc): Proc<number> {
  yield* d.err_sleep(d);
  if (d.errorLateMs !== 0) yield msleep(d.errorLateMs);
  return ev.CONTAINED;
}

export function* err_detected(d: Dpc): Proc<number> {
  if (d.fault === FAULT_AER) {
    yield printk('pcieport: AER: Uncorrectable (Fatal) error message received');
  } else {
    yield printk('pcieport: DPC: containment event, unmasked uncorrectable error detected');
  }
  yield* d.err_before(d);
  return ev.TOLD;
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
