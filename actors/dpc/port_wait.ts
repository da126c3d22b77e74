/**
 * Polls of the link and of the card behind it. The kernel looks every 10 or 20 ms; here the poller
 * is woken by the change and the bound is the same, so that times come out without that rounding.
 */
import { finish_wait, type Proc, prepare_to_wait, schedule_timeout } from '#ops';
import { link_port, PCI_VENDOR_ID_RRS } from '../hardware/link_regs.ts';
import { ALL_ONES_32 } from '../hardware/pci_regs.ts';
import { card_id, link_active } from './config.ts';
import type { Dpc } from './design.ts';

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

/** pci_bus_check_dev(), pci_dev_wait(): 1 once function 0 answers with its id. */
export function* wait_card(ms: number, aborts: number, d: Dpc): Proc<number> {
  let left = ms;
  let found = 0;
  for (;;) {
    yield prepare_to_wait(d.port + link_port.changed.at);
    const id = yield* card_id(d);
    found = id !== ALL_ONES_32 && id !== PCI_VENDOR_ID_RRS ? 1 : 0;
    if (found !== 0 || left === 0) break;
    if (aborts !== 0 && (yield* d.hp_poll_aborts(d)) !== 0) break;
    left = yield schedule_timeout(left);
  }
  yield finish_wait(d.port + link_port.changed.at);
  return found;
}
