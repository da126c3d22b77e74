/** How DPC lets the link come back (pciehp.md 2.9): dpc_reset_link() by generation. */
import {
  atomic_fetch_and,
  atomic_fetch_or,
  ghost_write,
  msleep,
  type Proc,
  type Ptr,
  wake_up_all,
} from '#ops';
import { link_port, PCI_EXP_DPC_STATUS_RP_BUSY } from '../hardware/link_regs.ts';
import { pci_dev } from '../pciehp/structs.ts';
import { dpc_trigger_clear, port_read } from './config.ts';
import type { Dpc } from './design.ts';
import { wait_card, wait_link, wait_secondary_bus } from './port_wait.ts';
import { dpc_ghost, PCI_DPC_RECOVERED, PCI_DPC_RECOVERING } from './structs.ts';

export const INACTIVE_MS = 1000;
const BUSY_MS = 1000;
const BUSY_STEP_MS = 10;
const LINK_MS = 1000;
const SETTLE_MS = 100;
/** PCIE_RESET_READY_POLL_MS. */
const CARD_MS = 60_000;
const EBUSY = 16;
const ENOTTY = 25;

/** The port logs for a while: TRIGGER must not be cleared meanwhile. */
export function* wait_root_port_idle(d: Dpc): Proc<number> {
  let left = BUSY_MS;
  for (;;) {
    const status = yield* port_read(link_port.dpc_status, d);
    if ((status & PCI_EXP_DPC_STATUS_RP_BUSY) === 0) return 0;
    if (left === 0) return -EBUSY;
    yield msleep(BUSY_STEP_MS);
    left -= BUSY_STEP_MS;
  }
}

/** 4.18 and 4.19: the link is not waited for here. */
export function* dpc_release(d: Dpc): Proc<number> {
  yield* wait_link(0, INACTIVE_MS, 0, d);
  if ((yield* wait_root_port_idle(d)) !== 0) return -EBUSY;
  yield* dpc_trigger_clear(d);
  return 0;
}

/** 4.20 and later: the link and the card must be back. */
export function* dpc_release_and_wait(d: Dpc): Proc<number> {
  if ((yield* dpc_release(d)) !== 0) return -EBUSY;
  if ((yield* wait_link(1, LINK_MS, 0, d)) === 0) return -ENOTTY;
  yield msleep(SETTLE_MS);
  return (yield* wait_card(CARD_MS, 0, d)) !== 0 ? 0 : -ENOTTY;
}

/** 53b54ad074de (6.3): the first child is polled. */
export function* dpc_release_and_poll(d: Dpc): Proc<number> {
  if ((yield* dpc_release(d)) !== 0) return -EBUSY;
  return (yield* wait_secondary_bus(LINK_MS, CARD_MS, d)) !== 0 ? 0 : -ENOTTY;
}

/** a97396c6eb13 (5.14): hotplug can tell that recovery goes on, and what came of it. */
export function* dpc_reset_telling_hotplug(d: Dpc): Proc<number> {
  const flags: Ptr = d.pdev + pci_dev.priv_flags;
  yield atomic_fetch_or(flags, PCI_DPC_RECOVERING);
  const result = yield* d.dpc_release(d);
  if (result === 0) yield atomic_fetch_or(flags, PCI_DPC_RECOVERED);
  else yield atomic_fetch_and(flags, ~PCI_DPC_RECOVERED);
  yield ghost_write(d.ghost + dpc_ghost.resetting, 0);
  yield atomic_fetch_and(flags, ~PCI_DPC_RECOVERING);
  yield wake_up_all(d.dpc_completed);
  return result;
}
