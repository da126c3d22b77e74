/**
 * Log lines of the recovery (eeh.md 5) that need looking up what is in them. The words are read as
 * bookkeeping: what the kernel's printk reads is constant for as long as the caller may use the PE.
 */
import { ghost_read, type Proc, type Ptr, printk } from '#ops';
import { pci_driver } from '../driver/structs.ts';
import { pci_controller } from '../pci/structs.ts';
import { eeh_dev, eeh_pe } from './structs.ts';
import { callback_name, report_name, result_name } from './texts.ts';

/** PCI domain of a PE. */
export function* pe_phb(pe: Ptr): Proc<number> {
  return yield ghost_read((yield ghost_read(pe + eeh_pe.phb)) + pci_controller.global_number);
}

export function* pe_number(pe: Ptr): Proc<number> {
  return yield ghost_read(pe + eeh_pe.addr);
}

export function* edev_domain(edev: Ptr): Proc<number> {
  const phb = yield ghost_read(edev + eeh_dev.controller);
  return yield ghost_read(phb + pci_controller.global_number);
}

/** `PCI 0002:01:00.0#0001: EEH: no driver` */
export function* eeh_edev_info(edev: Ptr, what: number): Proc<void> {
  const bdfn = yield ghost_read(edev + eeh_dev.bdfn);
  yield printk(
    'PCI %04x:%02x:%02x.%x#%04x: EEH: %s',
    yield* edev_domain(edev),
    bdfn >> 8,
    (bdfn >> 3) & 31,
    bdfn & 7,
    yield ghost_read(edev + eeh_dev.pe_config_addr),
    what,
  );
}

/** `PCI ...: EEH: Invoking nvme->slot_reset()` */
export function* print_invoking(edev: Ptr, driver: Ptr, phase: number): Proc<void> {
  const bdfn = yield ghost_read(edev + eeh_dev.bdfn);
  yield printk(
    'PCI %04x:%02x:%02x.%x#%04x: EEH: Invoking %s->%s',
    yield* edev_domain(edev),
    bdfn >> 8,
    (bdfn >> 3) & 31,
    bdfn & 7,
    yield ghost_read(edev + eeh_dev.pe_config_addr),
    yield ghost_read(driver + pci_driver.name),
    callback_name(phase),
  );
}

/** `PCI ...: EEH: nvme driver reports: 'need reset'` */
export function* print_reports(edev: Ptr, driver: Ptr, result: number): Proc<void> {
  const bdfn = yield ghost_read(edev + eeh_dev.bdfn);
  yield printk(
    "PCI %04x:%02x:%02x.%x#%04x: EEH: %s driver reports: '%s'",
    yield* edev_domain(edev),
    bdfn >> 8,
    (bdfn >> 3) & 31,
    bdfn & 7,
    yield ghost_read(edev + eeh_dev.pe_config_addr),
    yield ghost_read(driver + pci_driver.name),
    result_name(result),
  );
}

/** Why a device is not called: what there is of it, its channel, whether its PE was handed on. */
export function* print_not_actionable(
  edev: Ptr,
  pdev: Ptr,
  channel: number,
  passed: number,
): Proc<void> {
  const bdfn = yield ghost_read(edev + eeh_dev.bdfn);
  yield printk(
    'PCI %04x:%02x:%02x.%x#%04x: EEH: not actionable (%d,%d,%d)',
    yield* edev_domain(edev),
    bdfn >> 8,
    (bdfn >> 3) & 31,
    bdfn & 7,
    yield ghost_read(edev + eeh_dev.pe_config_addr),
    pdev !== 0 ? 1 : 0,
    channel,
    passed,
  );
}

/** `EEH: Beginning: 'slot_reset'` */
export function* print_report_begins(phase: number): Proc<void> {
  yield printk("EEH: Beginning: '%s'", report_name(phase));
}

/** With the aggregate where the report has one. */
export function* print_report_ends(phase: number, result: number): Proc<void> {
  if (result === 0) {
    yield printk("EEH: Finished:'%s'", report_name(phase));
  } else {
    yield printk(
      "EEH: Finished:'%s' with aggregate recovery state:'%s'",
      report_name(phase),
      result_name(result),
    );
  }
}
