/** eehd: phases P8 to P13 of eeh_handle_normal_event() (eeh.md 1.3.5), and the way back to IDLE. */
import {
  ctx_get,
  ctx_set,
  ghost_add,
  ghost_write,
  kfree,
  ktime_ms,
  type Proc,
  type Ptr,
  printk,
  read,
  write,
} from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { eventCodes } from '../../src/ops/events.ts';
import {
  PCI_ERS_RESULT_CAN_RECOVER,
  PCI_ERS_RESULT_NEED_RESET,
  PCI_ERS_RESULT_NONE,
  PCI_ERS_RESULT_RECOVERED,
} from '../driver/structs.ts';
import { pci_hp_remove_devices } from '../pci/remove.ts';
import { pci_channel_io_normal, pci_channel_io_perm_failure } from '../pci/structs.ts';
import { eeh_set_irq_state } from './eeh_config.ts';
import { pe_number, pe_phb } from './eeh_log.ts';
import { eeh_pe_dev_mode_mark, eeh_pe_state_clear, eeh_pe_state_mark } from './eeh_pe.ts';
import { eeh_pe_report } from './eeh_report.ts';
import { eeh_reset_device, eeh_wait_state } from './eeh_reset.ts';
import { CTX_BUS, CTX_EVENT, CTX_PE, CTX_SPECIAL, eeh_set_channel_state } from './eehd.ts';
import {
  EEH_DEV_NO_HANDLER,
  EEH_DEV_REMOVED,
  EEH_OPT_THAW_DMA,
  EEH_OPT_THAW_MMIO,
  EEH_PE_ISOLATED,
  EEH_PE_PRI_BUS,
  EEH_PE_RECOVERING,
  EEH_PE_REMOVED,
  EEH_STATE_DMA_ENABLED,
  EEH_STATE_MMIO_ENABLED,
  EEH_STATE_NOT_SUPPORT,
  MAX_WAIT_FOR_RECOVERY_MS,
  REPORT_FAILURE,
  REPORT_MMIO_ENABLED,
  REPORT_RESET,
  REPORT_RESUME,
  state_bits,
} from './flags.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev, eeh_ledger, eeh_pe } from './structs.ts';

const ev = eventCodes(
  'RESET',
  'FAILED',
  'RECOVERED',
  'NEED_RESET',
  'DISCONNECT',
  'RESUMED',
  'REMOVED',
  'CLEANED',
  'HANDLED',
  'AGAIN',
);

/** P8: nobody knows about EEH, so everything is unplugged, reset and plugged in again. */
export function* P8_full_reset(k: Kernel): Proc<number> {
  const pe = yield ctx_get(CTX_PE);
  yield printk('EEH: Reset with hotplug activity');
  const failed = yield* eeh_reset_device(k, pe, yield ctx_get(CTX_BUS), 0);
  if (failed === 0) return ev.RESET;
  yield printk('eeh_handle_normal_event: Unable to reset, err=%d', failed);
  return ev.FAILED;
}

/** eeh_pci_enable(): lets MMIO or DMA run again. 0 done, otherwise not. */
function* eeh_pci_enable(k: Kernel, pe: Ptr, option: number, wanted: number): Proc<number> {
  const before = state_bits(yield* k.get_state(k, pe));
  if ((before & EEH_STATE_NOT_SUPPORT) === 0 && (before & wanted) !== 0) return 0;
  const failed = yield* k.set_option(k, pe, option);
  if (failed !== 0) return failed;
  const after = yield* eeh_wait_state(k, pe, MAX_WAIT_FOR_RECOVERY_MS);
  return (after & wanted) !== 0 ? 0 : 1;
}

/** P9: drivers look at the device before DMA runs. */
export function* P9_enable(k: Kernel): Proc<number> {
  const pe = yield ctx_get(CTX_PE);
  yield printk('EEH: Enable I/O for affected devices');
  const mmio = yield* eeh_pci_enable(k, pe, EEH_OPT_THAW_MMIO, EEH_STATE_MMIO_ENABLED);
  if (mmio < 0) return ev.DISCONNECT;
  if (mmio > 0) {
    yield write(k.eehd_result, PCI_ERS_RESULT_NEED_RESET);
    return ev.NEED_RESET;
  }
  yield* eeh_pe_report(k, REPORT_MMIO_ENABLED, pe, k.eehd_result);
  const result = yield read(k.eehd_result);
  if (result === PCI_ERS_RESULT_NEED_RESET) return ev.NEED_RESET;
  if (result !== PCI_ERS_RESULT_CAN_RECOVER) return ev.DISCONNECT;
  yield printk('EEH: Enabled DMA for affected devices');
  const dma = yield* eeh_pci_enable(k, pe, EEH_OPT_THAW_DMA, EEH_STATE_DMA_ENABLED);
  if (dma < 0) return ev.DISCONNECT;
  if (dma > 0) {
    yield write(k.eehd_result, PCI_ERS_RESULT_NEED_RESET);
    return ev.NEED_RESET;
  }
  // Only now is the PE known to run: until here a read of ~0 is one of the same failure.
  yield* eeh_pe_state_clear(k, pe, EEH_PE_ISOLATED, 1);
  yield write(k.eehd_result, PCI_ERS_RESULT_RECOVERED);
  return ev.RECOVERED;
}

/** P10. */
export function* P10_reset(k: Kernel): Proc<number> {
  const pe = yield ctx_get(CTX_PE);
  yield printk('EEH: Reset without hotplug activity');
  const failed = yield* eeh_reset_device(k, pe, yield ctx_get(CTX_BUS), 1);
  if (failed !== 0) {
    yield printk('eeh_handle_normal_event: Cannot reset, err=%d', failed);
    return ev.DISCONNECT;
  }
  yield write(k.eehd_result, PCI_ERS_RESULT_NONE);
  yield* eeh_set_channel_state(k, pe, pci_channel_io_normal);
  yield* eeh_set_irq_state(k, pe, 1);
  yield* eeh_pe_report(k, REPORT_RESET, pe, k.eehd_result);
  const result = yield read(k.eehd_result);
  const good = result === PCI_ERS_RESULT_RECOVERED || result === PCI_ERS_RESULT_NONE;
  return good ? ev.RECOVERED : ev.DISCONNECT;
}

/** P11. */
export function* P11_resume(k: Kernel): Proc<number> {
  const pe = yield ctx_get(CTX_PE);
  yield printk('EEH: Notify device driver to resume');
  yield* eeh_set_channel_state(k, pe, pci_channel_io_normal);
  yield* eeh_set_irq_state(k, pe, 1);
  yield* eeh_pe_report(k, REPORT_RESUME, pe, 0);
  yield* forget_errors(k, pe);
  yield printk('EEH: Recovery successful.');
  yield ghost_add(k.ledger + eeh_ledger.successes, 1);
  return ev.RESUMED;
}

/** NO_HANDLER and in_error of all devices go. */
function* forget_errors(k: Kernel, root: Ptr): Proc<void> {
  let pe = yield* k.eeh_walk_begin(k, root);
  while (pe !== 0) {
    let entry = yield read(pe + eeh_pe.edevs.next);
    while (entry !== pe + eeh_pe.edevs.at) {
      const next = yield read(entry + list_head.next);
      const edev = entry - eeh_dev.entry.at;
      const mode = yield read(edev + eeh_dev.mode);
      if ((mode & EEH_DEV_NO_HANDLER) !== 0) {
        yield write(edev + eeh_dev.mode, mode & ~EEH_DEV_NO_HANDLER);
      }
      yield write(edev + eeh_dev.in_error, 0);
      entry = next;
    }
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
  yield* k.eeh_walk_end(k);
}

/** Until V3: the channel says permanent failure before drivers are asked, so none is (§3 #31). */
export function* permanent_failure_v2(k: Kernel, pe: Ptr): Proc<void> {
  yield* eeh_set_channel_state(k, pe, pci_channel_io_perm_failure);
  yield* eeh_set_irq_state(k, pe, 0);
  yield* eeh_pe_report(k, REPORT_FAILURE, pe, 0);
}

/** V3 on: drivers hear of it first. */
export function* permanent_failure_v3(k: Kernel, pe: Ptr): Proc<void> {
  yield* eeh_set_irq_state(k, pe, 0);
  yield* eeh_pe_report(k, REPORT_FAILURE, pe, 0);
  yield* eeh_set_channel_state(k, pe, pci_channel_io_perm_failure);
}

/**
 * P12: the devices are removed and the PE is left as it is: REMOVED first, which makes the clearing
 * of PRI_BUS a no-op, and RECOVERING for ever (eeh.md 2.3 T16).
 */
export function* P12_fail(k: Kernel): Proc<number> {
  const pe = yield ctx_get(CTX_PE);
  yield printk(
    'EEH: Unable to recover from failure from PHB#%x-PE#%x.\nPlease try reseating or replacing it',
    yield* pe_phb(pe),
    yield* pe_number(pe),
  );
  yield* k.notify_permanent_failure(k, pe);
  yield* eeh_pe_state_mark(k, pe, EEH_PE_REMOVED);
  yield* eeh_pe_state_clear(k, pe, EEH_PE_PRI_BUS, 1);
  yield* eeh_pe_dev_mode_mark(k, pe, EEH_DEV_REMOVED);
  yield* k.inner_lock(k);
  const bus = yield* k.bus_to_remove(k, pe, yield ctx_get(CTX_BUS));
  if (bus !== 0) {
    yield* pci_hp_remove_devices(k, bus);
  } else {
    yield printk(
      'eeh_handle_normal_event: PCI bus for PHB#%x-PE#%x disappeared',
      yield* pe_phb(pe),
      yield* pe_number(pe),
    );
  }
  yield* k.inner_unlock(k);
  return ev.REMOVED;
}

/** P13. */
export function* P13_cleanup(k: Kernel): Proc<number> {
  const pe = yield ctx_get(CTX_PE);
  yield* k.eeh_pe_cleanup(k, pe);
  yield* k.eeh_clear_slot_attention(k, pe);
  yield* eeh_pe_state_clear(k, pe, EEH_PE_RECOVERING, 1);
  return ev.CLEANED;
}

/** Every way out of the handler: the lock, the PE's reference, the event unless it is special. */
export function* END_unlock(k: Kernel): Proc<number> {
  yield* k.recovery_unlock(k);
  yield* k.eeh_pe_put(k, yield ctx_get(CTX_PE));
  const special = yield ctx_get(CTX_SPECIAL);
  if (special === 0) {
    yield kfree(yield ctx_get(CTX_EVENT));
    yield ctx_set(CTX_EVENT, 0);
  }
  yield ctx_set(CTX_PE, 0);
  yield ctx_set(CTX_BUS, 0);
  yield ghost_write(k.ledger + eeh_ledger.recovered_ms, yield ktime_ms());
  yield ghost_add(k.ledger + eeh_ledger.events_handled, 1);
  return special === 0 ? ev.HANDLED : ev.AGAIN;
}
