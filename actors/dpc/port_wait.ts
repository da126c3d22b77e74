/**
 * Polls of the link and of the card behind it. The kernel looks every 10 or 20 ms; here the poller
 * is woken by the change and the bound is the same, so that times come out without that rounding.
 */
import {
  finish_wait,
  msleep,
  type Proc,
  type Ptr,
  prepare_to_wait,
  read,
  schedule_timeout,
} from '#ops';
import { link_port, PCI_VENDOR_ID_RRS } from '../hardware/link_regs.ts';
import { ALL_ONES_32 } from '../hardware/pci_regs.ts';
import { pci_dev } from '../pciehp/structs.ts';
import { card_id, link_active } from './config.ts';
import type { Dpc } from './design.ts';

const SETTLE_MS = 100;

/** pcie_wait_for_link(): 1 once the link is `active`, 0 after `ms`, or when the poll is aborted. */
export function* wait_link(active: number, ms: number, aborts: number, d: Dpc): Proc<number> {
  let left = ms;
  let reached = 0;
  for (;;) {
    yield prepare_to_wait(d.port + link_port.changed.at);
    reached = (yield* link_active(d)) === active ? 1 : 0;
    if (reached !== 0 || left === 0) break;
    if (aborts !== 0 && (yield* d.hp_poll_aborts(d)) !== 0) break;
    left = yield schedule_timeout(left);
  }
  yield finish_wait(d.port + link_port.changed.at);
  return reached;
}

/** pci_bus_check_dev(): 1 once function 0 answers with its id. */
export function* wait_card(ms: number, aborts: number, d: Dpc): Proc<number> {
  return yield* poll_card(0, ms, aborts, d);
}

/**
 * pci_bridge_wait_for_secondary_bus() since 6.3 (pciehp.md 2.8): the first child is polled for up
 * to a minute, after pci_bus_sem was dropped; 1 when it answers, or when there is none.
 */
export function* wait_secondary_bus(linkMs: number, childMs: number, d: Dpc): Proc<number> {
  const dev = yield* d.child_get(d);
  if (dev === 0) return 1;
  let found = 0;
  if ((yield* wait_link(1, linkMs, 0, d)) !== 0) {
    yield msleep(SETTLE_MS);
    found = yield* poll_card(dev, childMs, 0, d);
  }
  yield* d.child_put(dev);
  return found;
}

/** Config accesses of a known device go by its bus and number. */
function* poll_card(dev: Ptr, ms: number, aborts: number, d: Dpc): Proc<number> {
  let left = ms;
  let found = 0;
  for (;;) {
    yield prepare_to_wait(d.port + link_port.changed.at);
    if (dev !== 0) yield read(dev + pci_dev.bus);
    const id = yield* card_id(d);
    found = id !== ALL_ONES_32 && id !== PCI_VENDOR_ID_RRS ? 1 : 0;
    if (found !== 0 || left === 0) break;
    if (aborts !== 0 && (yield* d.hp_poll_aborts(d)) !== 0) break;
    left = yield schedule_timeout(left);
  }
  yield finish_wait(d.port + link_port.changed.at);
  return found;
}
