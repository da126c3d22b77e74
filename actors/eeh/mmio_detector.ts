/**
 * Whoever reads a register of a failed device and gets all ones: a driver's thread, its softirq or
 * its interrupt handler (the actor's context). Each procedure is a state of machines/mmio_detector.
 */
import {
  complete,
  ctx_get,
  ctx_set,
  irq_enter,
  irq_exit,
  ktime_ms,
  type Proc,
  type Ptr,
  read,
  wait_for_completion,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { phb_mmio_read } from '../hardware/phb.ts';
import { ALL_ONES, pci_function } from '../hardware/phb_regs.ts';
import { eeh_addr_cache_get_dev } from './eeh_cache.ts';
import { ALREADY_ISOLATED, eeh_report_failure, PHB_HANDLED } from './eeh_check.ts';
import { CTX_READ_MS } from './eeh_event.ts';
import type { Kernel } from './kernel.ts';

const CTX_EDEV = 0;
const CTX_PE = 1;

const ev = eventCodes(
  'CALLED',
  'ALL_ONES',
  'VALUE',
  'EDEV',
  'NO_EDEV',
  'FROZEN',
  'KNOWN',
  'ACTIVE',
  'NOTED',
  'SENT',
  'RETURNED',
);

/**
 * What starts it, and whom it lets go on: `start` is waited for by a thread (0: it just runs),
 * `irq` is the line of an interrupt handler (0: it is none); `isolated` and `sent` are completions
 * that others wait for after steps 8 and 9 (0: nobody does).
 */
export type MmioTriggers = Readonly<{
  start: Ptr;
  irq: Ptr;
  isolated: Ptr;
  sent: Ptr;
}>;

/** WAIT. */
export function* mmio_wait(_k: Kernel, _fn: Ptr, t: MmioTriggers): Proc<number> {
  if (t.start !== 0) yield wait_for_completion(t.start);
  if (t.irq !== 0) yield irq_enter(t.irq);
  return ev.CALLED;
}

/** READ: eeh_check_failure() is called for all ones only. */
export function* mmio_read(_k: Kernel, hardware: Ptr): Proc<number> {
  if ((yield* phb_mmio_read(hardware)) !== ALL_ONES) return ev.VALUE;
  yield ctx_set(CTX_READ_MS, yield ktime_ms());
  return ev.ALL_ONES;
}

/** LOOKUP, step 1: the edev outlives piar_lock, and nothing keeps it. */
export function* mmio_lookup(k: Kernel, hardware: Ptr): Proc<number> {
  const addr = yield read(hardware + pci_function.bar_addr);
  const edev = yield* eeh_addr_cache_get_dev(k, addr);
  if (edev === 0) return ev.NO_EDEV;
  yield ctx_set(CTX_EDEV, edev);
  return ev.EDEV;
}

/** CHECK, steps 2 to 8. */
export function* mmio_check(k: Kernel): Proc<number> {
  const pe = yield* k.eeh_check_state(k, yield ctx_get(CTX_EDEV));
  if (pe === ALREADY_ISOLATED || pe === PHB_HANDLED) return ev.KNOWN;
  if (pe <= 0) return ev.ACTIVE;
  yield ctx_set(CTX_PE, pe);
  return ev.FROZEN;
}

/** ISOLATED: no lock is held, and RECOVERING is not set. */
export function* mmio_isolated(_k: Kernel, _fn: Ptr, t: MmioTriggers): Proc<number> {
  if (t.isolated !== 0) yield complete(t.isolated);
  return ev.NOTED;
}

/** SEND, step 9. */
export function* mmio_send(k: Kernel, _fn: Ptr, t: MmioTriggers): Proc<number> {
  yield* eeh_report_failure(k, yield ctx_get(CTX_PE));
  yield ctx_set(CTX_PE, 0);
  if (t.sent !== 0) yield complete(t.sent);
  return ev.SENT;
}

/** RETURN. */
export function* mmio_return(_k: Kernel, _fn: Ptr, t: MmioTriggers): Proc<number> {
  yield ctx_set(CTX_EDEV, 0);
  yield ctx_set(CTX_READ_MS, 0);
  if (t.irq !== 0) yield irq_exit(t.irq);
  return ev.RETURNED;
}
