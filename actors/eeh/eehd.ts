/**
 * eehd, the recovery thread: phases P0 to P7 of eeh_handle_normal_event() (eeh.md 1.3.5), each the
 * procedure of one state of machines/eehd.ts. What outlives a phase stands in registers.
 */
import { ctx_get, ctx_set, ktime_ms, type Proc, type Ptr, printk, read, write } from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { eventCodes } from '../../src/ops/events.ts';
import {
  PCI_ERS_RESULT_CAN_RECOVER,
  PCI_ERS_RESULT_DISCONNECT,
  PCI_ERS_RESULT_NEED_RESET,
  PCI_ERS_RESULT_NONE,
} from '../driver/structs.ts';
import { pci_channel_io_frozen, pci_dev } from '../pci/structs.ts';
import { eeh_collect_log, eeh_set_irq_state } from './eeh_config.ts';
import { eeh_event_take } from './eeh_event.ts';
import { pe_number, pe_phb } from './eeh_log.ts';
import { eeh_edev_actionable, eeh_pe_report } from './eeh_report.ts';
import { eeh_wait_state } from './eeh_reset.ts';
import {
  EEH_MAX_FREEZES,
  EEH_OPT_THAW_MMIO,
  EEH_PE_PHB,
  EEH_STATE_NOT_SUPPORT,
  FREEZE_WINDOW_MS,
  MAX_WAIT_FOR_RECOVERY_MS,
  REPORT_ERROR,
} from './flags.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev, eeh_event, eeh_pe } from './structs.ts';

/** eehd's registers. */
export const CTX_EVENT = 0;
export const CTX_PE = 1;
export const CTX_BUS = 2;
/** 1 while a special event is handled. */
export const CTX_SPECIAL = 3;

const ev = eventCodes(
  'EVENT',
  'NO_EVENT',
  'SPECIAL',
  'LOCKED',
  'NOT_FROZEN',
  'BUS',
  'NO_BUS',
  'LOGGED',
  'COUNTED',
  'TOO_MANY',
  'REPORTED',
  'DISCONNECT',
  'READY',
  'FAILED',
  'NO_DRIVER',
  'CAN_RECOVER',
  'NEED_RESET',
  'RECOVERED',
);

/** IDLE: one count of the completion, and the newest event if there is one. */
export function* eeh_event_handler(k: Kernel): Proc<number> {
  const event = yield* eeh_event_take(k);
  if (event === 0) return ev.NO_EVENT;
  yield ctx_set(CTX_EVENT, event);
  const pe = yield read(event + eeh_event.pe);
  yield ctx_set(CTX_PE, pe);
  if (pe !== 0 || (yield read(event + eeh_event.edev)) !== 0) return ev.EVENT;
  yield ctx_set(CTX_SPECIAL, 1);
  return ev.SPECIAL;
}

/**
 * P0. What a special event is about was decided when it was asked for. A detector that only records
 * a suspect leaves the decision to this thread.
 */
export function* P0_lock(k: Kernel): Proc<number> {
  yield* k.recovery_lock(k);
  if ((yield ctx_get(CTX_SPECIAL)) !== 0) return ev.LOCKED;
  return (yield* k.recovery_decide(k)) !== 0 ? ev.LOCKED : ev.NOT_FROZEN;
}

/** Wherever the detector has looked: the event is about a PE that is frozen. */
export function* decided_by_detector(_k: Kernel): Proc<number> {
  return 1;
}

/** P1: without a bus there is nothing to recover, and RECOVERING stays set (eeh.md 2.3 T20). */
export function* P1_bus(k: Kernel): Proc<number> {
  const pe = yield ctx_get(CTX_PE);
  const bus = yield* k.eeh_pe_bus_get(k, pe);
  if (bus === 0) {
    yield printk(
      'eeh_handle_normal_event: Cannot find PCI bus for PHB#%x-PE#%x',
      yield* pe_phb(pe),
      yield* pe_number(pe),
    );
    return ev.NO_BUS;
  }
  yield ctx_set(CTX_BUS, bus);
  yield* k.recovery_begin(k, pe);
  return ev.BUS;
}

/** P2. */
export function* P2_presence(k: Kernel): Proc<number> {
  return yield* k.eeh_check_presence(k, yield ctx_get(CTX_PE));
}

/** P3. */
export function* P3_log(_k: Kernel): Proc<number> {
  const pe = yield ctx_get(CTX_PE);
  const phb = yield* pe_phb(pe);
  if (((yield read(pe + eeh_pe.type)) & EEH_PE_PHB) !== 0) {
    yield printk('EEH: Recovering PHB#%x, location: %s', phb, 'N/A');
  } else {
    yield printk('EEH: Recovering PHB#%x-PE#%x', phb, yield* pe_number(pe));
    yield printk('EEH: PE location: %s, PHB location: %s', 'N/A', 'N/A');
  }
  const entries = yield read(pe + eeh_pe.trace_entries);
  if (entries > 0) {
    yield printk('EEH: Frozen PHB#%x-PE#%x detected', phb, yield* pe_number(pe));
    yield printk('EEH: Call Trace:');
    yield write(pe + eeh_pe.trace_entries, 0);
  }
  return ev.LOGGED;
}

/** P4: more than five freezes in an hour, and the device is given up. */
export function* P4_count(k: Kernel): Proc<number> {
  const pe = yield ctx_get(CTX_PE);
  yield* k.clear_no_handler_early(k, pe);
  yield* eeh_pe_update_time_stamp(pe);
  const count = (yield read(pe + eeh_pe.freeze_count)) + 1;
  yield write(pe + eeh_pe.freeze_count, count);
  if (count > EEH_MAX_FREEZES) {
    yield printk(
      'EEH: PHB#%x-PE#%x has failed %d times in the last hour and has been permanently disabled.',
      yield* pe_phb(pe),
      yield* pe_number(pe),
      count,
    );
    return ev.TOO_MANY;
  }
  yield printk(
    'EEH: This PCI device has failed %d times in the last hour and %s %d failures.',
    count,
    'will be permanently disabled after',
    EEH_MAX_FREEZES,
  );
  return ev.COUNTED;
}

/** eeh_pe_update_time_stamp(): an hour begins with a freeze after the last one is over. */
function* eeh_pe_update_time_stamp(pe: Ptr): Proc<void> {
  const now = yield ktime_ms();
  if ((yield read(pe + eeh_pe.freeze_count)) <= 0) {
    yield write(pe + eeh_pe.freeze_count, 0);
    yield write(pe + eeh_pe.tstamp, now);
  } else if (now - (yield read(pe + eeh_pe.tstamp)) > FREEZE_WINDOW_MS) {
    yield write(pe + eeh_pe.tstamp, now);
    yield write(pe + eeh_pe.freeze_count, 0);
  }
}

/** The channel of every device that can still be told. */
export function* eeh_set_channel_state(k: Kernel, root: Ptr, channel: number): Proc<void> {
  let pe = yield* k.eeh_walk_begin(k, root);
  while (pe !== 0) {
    let entry = yield read(pe + eeh_pe.edevs.next);
    while (entry !== pe + eeh_pe.edevs.at) {
      const next = yield read(entry + list_head.next);
      const edev = entry - eeh_dev.entry.at;
      if ((yield* eeh_edev_actionable(edev)) !== 0) {
        yield write((yield read(edev + eeh_dev.pdev)) + pci_dev.error_state, channel);
      }
      entry = next;
    }
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
  yield* k.eeh_walk_end(k);
}

/** P5. */
export function* P5_report_error(k: Kernel): Proc<number> {
  const pe = yield ctx_get(CTX_PE);
  yield* k.clear_no_handler_late(k, pe);
  yield printk('EEH: Notify device drivers to shutdown');
  yield write(k.eehd_result, PCI_ERS_RESULT_NONE);
  yield* eeh_set_channel_state(k, pe, pci_channel_io_frozen);
  yield* eeh_set_irq_state(k, pe, 0);
  yield* eeh_pe_report(k, REPORT_ERROR, pe, k.eehd_result);
  const result = yield read(k.eehd_result);
  if (((yield read(pe + eeh_pe.type)) & EEH_PE_PHB) !== 0 && result !== PCI_ERS_RESULT_NONE) {
    yield write(k.eehd_result, PCI_ERS_RESULT_NEED_RESET);
    return ev.REPORTED;
  }
  return result === PCI_ERS_RESULT_DISCONNECT ? ev.DISCONNECT : ev.REPORTED;
}

/** P6. */
export function* P6_wait(k: Kernel): Proc<number> {
  const state = yield* eeh_wait_state(k, yield ctx_get(CTX_PE), MAX_WAIT_FOR_RECOVERY_MS);
  if ((state & EEH_STATE_NOT_SUPPORT) === 0) return ev.READY;
  yield printk('EEH: Permanent failure');
  return ev.FAILED;
}

/** P7, and where the merged answer leads. */
export function* P7_collect(k: Kernel): Proc<number> {
  const pe = yield ctx_get(CTX_PE);
  yield printk('EEH: Collect temporary log');
  if (k.enable_io_for_log !== 0) yield* k.set_option(k, pe, EEH_OPT_THAW_MMIO);
  yield* eeh_collect_log(k, pe);
  switch (yield read(k.eehd_result)) {
    case PCI_ERS_RESULT_NONE:
      return ev.NO_DRIVER;
    case PCI_ERS_RESULT_CAN_RECOVER:
      return ev.CAN_RECOVER;
    case PCI_ERS_RESULT_NEED_RESET:
      return ev.NEED_RESET;
    default:
      return ev.RECOVERED;
  }
}
