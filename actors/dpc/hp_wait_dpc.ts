/**
 * a97396c6eb13 (5.14): before it acts on a link change, hotplug waits for DPC, and drops the change
 * if DPC recovered the port (pciehp.md 2.6, 2.9, design V5).
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
  schedule_timeout,
  synchronize_hardirq,
  up_read,
} from '#ops';
import { link_port, PCI_EXP_DPC_STATUS_TRIGGER } from '../hardware/link_regs.ts';
import { PCI_EXP_SLTSTA_DLLSC } from '../hardware/pci_regs.ts';
import { __irq_wake_thread } from '../pciehp/irq.ts';
import { controller, ON_STATE, pci_dev } from '../pciehp/structs.ts';
import { link_active, port_read } from './config.ts';
import type { Dpc } from './design.ts';
import { PCI_DPC_RECOVERED, PCI_DPC_RECOVERING } from './structs.ts';

/** 3000 in the proposal of 2021. */
export const DPC_WAIT_MS = 4000;
/** LeoLiu-oc's proposal of 2026. */
const DPC_WAIT_LONG_MS = 16_000;

function* dpc_idle(d: Dpc): Proc<number> {
  const status = yield* port_read(link_port.dpc_status, d);
  const flags = yield read(d.pdev + pci_dev.priv_flags);
  const busy = (status & PCI_EXP_DPC_STATUS_TRIGGER) !== 0 || (flags & PCI_DPC_RECOVERING) !== 0;
  return busy ? 0 : 1;
}

/** pci_dpc_recovered(): waits for DPC, then takes what it left. */
export function* pci_dpc_recovered(ms: number, d: Dpc): Proc<number> {
  let left = ms;
  for (;;) {
    yield prepare_to_wait(d.dpc_completed);
    if ((yield* dpc_idle(d)) !== 0 || left === 0) break;
    left = yield schedule_timeout(left);
  }
  yield finish_wait(d.dpc_completed);
  const flags = yield atomic_fetch_and(d.pdev + pci_dev.priv_flags, ~PCI_DPC_RECOVERED);
  return (flags & PCI_DPC_RECOVERED) !== 0 ? 1 : 0;
}

/** pciehp_ignore_link_change() until 6.15: a link that is down after all is reported anew. */
function* ignore_dpc_link_change(d: Dpc): Proc<void> {
  yield synchronize_hardirq(yield read(d.ctrl + controller.irq));
  yield atomic_fetch_and(d.ctrl + controller.pending_events, ~PCI_EXP_SLTSTA_DLLSC);
  yield printk('pciehp: Slot(0): Link Down/Up ignored (recovered by DPC)');
  yield down_read(d.reset_lock);
  if ((yield* link_active(d)) === 0) {
    yield atomic_fetch_or(d.ctrl + controller.pending_events, PCI_EXP_SLTSTA_DLLSC);
    yield* __irq_wake_thread(d.hp_action);
  }
  yield up_read(d.reset_lock);
}

function* drop_recovered(events: number, ms: number, d: Dpc): Proc<number> {
  if ((events & PCI_EXP_SLTSTA_DLLSC) === 0) return events;
  if ((yield* pci_dpc_recovered(ms, d)) === 0) return events;
  // Read without state_lock, and after the flag was taken.
  if ((yield read(d.ctrl + controller.state)) !== ON_STATE) return events;
  yield* ignore_dpc_link_change(d);
  return events & ~PCI_EXP_SLTSTA_DLLSC;
}

export function* drop_recovered_by_dpc(events: number, d: Dpc): Proc<number> {
  return yield* drop_recovered(events, DPC_WAIT_MS, d);
}

/** Design V12: only the bound moves. */
export function* drop_recovered_patiently(events: number, d: Dpc): Proc<number> {
  return yield* drop_recovered(events, DPC_WAIT_LONG_MS, d);
}
