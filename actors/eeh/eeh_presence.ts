/** P2: are there devices at all? And the attention LEDs that it lights (eeh.md 1.3.5). */
import { type Proc, type Ptr, printk, read, write } from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { eventCodes } from '../../src/ops/events.ts';
import { hotplug_slot, pci_channel_io_perm_failure, pci_dev, pci_slot } from '../pci/structs.ts';
import { pe_number, pe_phb } from './eeh_log.ts';
import { eeh_pe_state_mark } from './eeh_pe.ts';
import { EEH_PE_RECOVERING } from './flags.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev, eeh_pe } from './structs.ts';

const ev = eventCodes('PRESENT', 'EMPTY', 'EMPTY_FAILED');

/** eeh_slot_presence_check(): devices outside hotplug slots cannot be missing. */
function* eeh_slot_presence_check(pdev: Ptr): Proc<number> {
  if (pdev === 0) return 0;
  if ((yield read(pdev + pci_dev.error_state)) === pci_channel_io_perm_failure) return 0;
  const slot = yield read(pdev + pci_dev.slot);
  if (slot === 0) return 1;
  const hotplug = yield read(slot + pci_slot.hotplug);
  if (hotplug === 0) return 1;
  yield write(hotplug + hotplug_slot.attention, 1);
  return yield read(hotplug + hotplug_slot.presence);
}

function* present_devices(k: Kernel, root: Ptr): Proc<number> {
  let present = 0;
  let pe = yield* k.eeh_walk_begin(k, root);
  while (pe !== 0) {
    let entry = yield read(pe + eeh_pe.edevs.next);
    while (entry !== pe + eeh_pe.edevs.at) {
      const next = yield read(entry + list_head.next);
      const pdev = yield read(entry - eeh_dev.entry.at + eeh_dev.pdev);
      present += yield* eeh_slot_presence_check(pdev);
      entry = next;
    }
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
  yield* k.eeh_walk_end(k);
  return present;
}

/** 4.19 has no such check. */
export function* presence_not_checked(_k: Kernel, _pe: Ptr): Proc<number> {
  return ev.PRESENT;
}

/** V1, V2: nobody there counts as hot-unplugged; only the flags are tidied up. */
export function* presence_or_cleanup(k: Kernel, pe: Ptr): Proc<number> {
  if ((yield* present_devices(k, pe)) !== 0) return ev.PRESENT;
  yield* print_empty(pe);
  return ev.EMPTY;
}

/** V3 on (d1679b4fa172): a failed card must not be taken for an unplugged one. */
export function* presence_or_failure(k: Kernel, pe: Ptr): Proc<number> {
  if ((yield* present_devices(k, pe)) !== 0) return ev.PRESENT;
  yield* print_empty(pe);
  return ev.EMPTY_FAILED;
}

function* print_empty(pe: Ptr): Proc<void> {
  yield printk('EEH: Frozen PHB#%x-PE#%x is empty!', yield* pe_phb(pe), yield* pe_number(pe));
}

/** 4.19 lights no LED. */
export function* no_attention(_k: Kernel, _pe: Ptr): Proc<void> {
  // No LED was lit.
}

/** eeh_clear_slot_attention(): every device's LED goes off. */
export function* eeh_clear_slot_attention(k: Kernel, root: Ptr): Proc<void> {
  let pe = yield* k.eeh_walk_begin(k, root);
  while (pe !== 0) {
    let entry = yield read(pe + eeh_pe.edevs.next);
    while (entry !== pe + eeh_pe.edevs.at) {
      const next = yield read(entry + list_head.next);
      const pdev = yield read(entry - eeh_dev.entry.at + eeh_dev.pdev);
      if (pdev !== 0) yield* attention_off(pdev);
      entry = next;
    }
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
  yield* k.eeh_walk_end(k);
}

function* attention_off(pdev: Ptr): Proc<void> {
  const slot = yield read(pdev + pci_dev.slot);
  if (slot === 0) return;
  const hotplug = yield read(slot + pci_slot.hotplug);
  if (hotplug !== 0) yield write(hotplug + hotplug_slot.attention, 0);
}

/** 4.19: RECOVERING is set when eehd gets round to the PE, not before. */
export function* recovering_at_start(k: Kernel, pe: Ptr): Proc<void> {
  yield* eeh_pe_state_mark(k, pe, EEH_PE_RECOVERING);
}

export function* recovering_since_detection(_k: Kernel, _pe: Ptr): Proc<void> {
  // The detector set it before the event was queued.
}
