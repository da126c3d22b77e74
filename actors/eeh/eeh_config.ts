/** Config space and interrupts of the devices of a PE, saved, given back and logged. */
import {
  disable_irq_nosync,
  enable_irq,
  type Proc,
  type Ptr,
  printk,
  read,
  readl,
  write,
  writel,
} from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { pci_function } from '../hardware/phb_regs.ts';
import { pci_dev, pci_dn } from '../pci/structs.ts';
import { edev_domain } from './eeh_log.ts';
import { eeh_edev_actionable } from './eeh_report.ts';
import { EEH_DEV_IRQ_DISABLED, EEH_PE_CFG_BLOCKED } from './flags.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev, eeh_pe } from './structs.ts';

/** eeh_save_bars(), at probe. */
export function* eeh_save_bars(edev: Ptr, hardware: Ptr): Proc<void> {
  yield write(edev + eeh_dev.config_space, yield readl(hardware + pci_function.bar0));
}

/** Bridges are configured by firmware, base addresses come from what was saved. */
export function* eeh_restore_bars(k: Kernel, root: Ptr): Proc<void> {
  yield* k.configure_bridge(k, root);
  let pe = yield* k.eeh_walk_begin(k, root);
  while (pe !== 0) {
    let entry = yield read(pe + eeh_pe.edevs.next);
    while (entry !== pe + eeh_pe.edevs.at) {
      const next = yield read(entry + list_head.next);
      const edev = entry - eeh_dev.entry.at;
      const pdn = yield read(edev + eeh_dev.pdn);
      const hardware = yield read(pdn + pci_dn.function);
      yield writel(hardware + pci_function.bar0, yield read(edev + eeh_dev.config_space));
      entry = next;
    }
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
  yield* k.eeh_walk_end(k);
}

/** P7: configure, restore and dump, unless config access is blocked. */
export function* eeh_collect_log(k: Kernel, root: Ptr): Proc<void> {
  const state = yield read(root + eeh_pe.state);
  if ((state & EEH_PE_CFG_BLOCKED) !== 0) return;
  yield* eeh_restore_bars(k, root);
  let pe = yield* k.eeh_walk_begin(k, root);
  while (pe !== 0) {
    let entry = yield read(pe + eeh_pe.edevs.next);
    while (entry !== pe + eeh_pe.edevs.at) {
      const next = yield read(entry + list_head.next);
      yield* dump_registers(entry - eeh_dev.entry.at);
      entry = next;
    }
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
  yield* k.eeh_walk_end(k);
}

function* dump_registers(edev: Ptr): Proc<void> {
  const bdfn = yield read(edev + eeh_dev.bdfn);
  const hardware = yield read((yield read(edev + eeh_dev.pdn)) + pci_dn.function);
  yield printk(
    'EEH: of node=%04x:%02x:%02x.%01x',
    yield* edev_domain(edev),
    bdfn >> 8,
    (bdfn >> 3) & 31,
    bdfn & 7,
  );
  yield printk('EEH: PCI device/vendor: %08x', yield readl(hardware + pci_function.vendor));
}

/** eeh_set_irq_state(): legacy interrupts of all actionable devices, on or off. */
export function* eeh_set_irq_state(k: Kernel, root: Ptr, on: number): Proc<void> {
  let pe = yield* k.eeh_walk_begin(k, root);
  while (pe !== 0) {
    let entry = yield read(pe + eeh_pe.edevs.next);
    while (entry !== pe + eeh_pe.edevs.at) {
      const next = yield read(entry + list_head.next);
      const edev = entry - eeh_dev.entry.at;
      if ((yield* eeh_edev_actionable(edev)) !== 0) {
        if (on !== 0) yield* eeh_enable_irq(edev);
        else yield* eeh_disable_irq(edev);
      }
      entry = next;
    }
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
  yield* k.eeh_walk_end(k);
}

/** Not with MSI, which a frozen device cannot send; and only where somebody listens. */
function* eeh_disable_irq(edev: Ptr): Proc<void> {
  const dev = yield read(edev + eeh_dev.pdev);
  if ((yield read(dev + pci_dev.msi_enabled)) !== 0) return;
  if ((yield read(dev + pci_dev.irq_action)) === 0) return;
  yield write(edev + eeh_dev.mode, (yield read(edev + eeh_dev.mode)) | EEH_DEV_IRQ_DISABLED);
  yield disable_irq_nosync(yield read(dev + pci_dev.irq));
}

function* eeh_enable_irq(edev: Ptr): Proc<void> {
  const mode = yield read(edev + eeh_dev.mode);
  if ((mode & EEH_DEV_IRQ_DISABLED) === 0) return;
  yield write(edev + eeh_dev.mode, mode & ~EEH_DEV_IRQ_DISABLED);
  const dev = yield read(edev + eeh_dev.pdev);
  yield enable_irq(yield read(dev + pci_dev.irq));
}
