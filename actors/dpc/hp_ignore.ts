/**
 * What later kernels drop of link and presence changes (pciehp.md 2.6, 2.7): V8, with presence and
 * a check that the card is the same; V9 (6.16), any reset that announces itself.
 */
import {
  atomic_fetch_and,
  atomic_fetch_or,
  down_read,
  finish_wait,
  type Proc,
  prepare_to_wait,
  printk,
  read,
  schedule,
  synchronize_hardirq,
  up_read,
} from '#ops';
import { __irq_wake_thread } from '../pciehp/irq.ts';
import { controller, ON_STATE, pci_dev } from '../pciehp/structs.ts';
import { pci_dev_put, pci_get_slot } from './bus.ts';
import { card_id, link_active } from './config.ts';
import type { Dpc } from './design.ts';
import { CHANGES } from './hp_isr.ts';
import { DPC_WAIT_MS, pci_dpc_recovered } from './hp_wait_dpc.ts';
import { PCI_LINK_CHANGED, PCI_LINK_CHANGING } from './structs.ts';

/** pci_hp_spurious_link_change(): waits without limit while a reset is under way. */
function* spurious_link_change(d: Dpc): Proc<number> {
  const addr = d.pdev + pci_dev.priv_flags;
  for (;;) {
    yield prepare_to_wait(d.dpc_completed);
    if (((yield read(addr)) & PCI_LINK_CHANGING) === 0) break;
    yield schedule();
  }
  yield finish_wait(d.dpc_completed);
  const flags = yield atomic_fetch_and(addr, ~PCI_LINK_CHANGED);
  return (flags & PCI_LINK_CHANGED) !== 0 ? 1 : 0;
}

/** pciehp_device_replaced(): no function 0 counts as replaced. */
function* device_replaced(d: Dpc): Proc<number> {
  const dev = yield* pci_get_slot(d);
  if (dev === 0) return 1;
  const id = yield read(dev + pci_dev.id);
  yield* pci_dev_put(dev);
  return (yield* card_id(d)) === id ? 0 : 1;
}

/** pciehp_ignore_link_change(): what is dropped is asked for anew if the card is not the same. */
function* ignore_change(d: Dpc): Proc<void> {
  yield synchronize_hardirq(yield read(d.ctrl + controller.irq));
  yield atomic_fetch_and(d.ctrl + controller.pending_events, ~CHANGES);
  yield printk('pciehp: Slot(0): Link Down/Up ignored');
  yield down_read(d.reset_lock);
  if ((yield* link_active(d)) === 0 || (yield* device_replaced(d)) !== 0) {
    yield atomic_fetch_or(d.ctrl + controller.pending_events, CHANGES);
    yield* __irq_wake_thread(d.hp_action);
  }
  yield up_read(d.reset_lock);
}

function* drop_if(caused: number, events: number, d: Dpc): Proc<number> {
  if (caused === 0 || (yield read(d.ctrl + controller.state)) !== ON_STATE) return events;
  yield* ignore_change(d);
  return events & ~CHANGES;
}

/** V8: DPC only. A request of the user is no change, nothing is waited for. */
export function* drop_dpc_same_card(events: number, d: Dpc): Proc<number> {
  if ((events & CHANGES) === 0) return events;
  return yield* drop_if(yield* pci_dpc_recovered(DPC_WAIT_MS, d), events, d);
}

/** V9: with DPC recovered, LINK_CHANGED is not looked at. */
export function* drop_caused(events: number, d: Dpc): Proc<number> {
  if ((events & CHANGES) === 0) return events;
  if ((yield* pci_dpc_recovered(DPC_WAIT_MS, d)) !== 0) return yield* drop_if(1, events, d);
  return yield* drop_if(yield* spurious_link_change(d), events, d);
}
