/**
 * pcie_do_fatal_recovery() of 4.18 and 4.19 (7e9084b36740; pciehp.md 2.9): devices are removed and
 * enumerated again, all of it under pci_rescan_remove_lock. pciehp is not told.
 */
import {
  ghost_read,
  ghost_write,
  ktime_ms,
  msleep,
  mutex_lock,
  mutex_unlock,
  type Proc,
  printk,
} from '#ops';
import { EEXIST } from '../pciehp/structs.ts';
import {
  pci_bus_add_devices,
  pci_mark_disconnected,
  pci_scan_slot,
  pci_stop_and_remove,
} from './bus.ts';
import type { Dpc } from './design.ts';
import { port_probe } from './port_below.ts';
import { wait_card, wait_link } from './port_wait.ts';
import { dpc_ghost } from './structs.ts';

const LINK_MS = 1000;
const SETTLE_MS = 100;
/** A scan sits out Request Retry Status for this long. */
const SCAN_MS = 60_000;

export function* fatal_remove(d: Dpc): Proc<void> {
  yield mutex_lock(d.pci_rescan_remove_lock);
  yield ghost_write(d.ghost + dpc_ghost.stalls_since, yield ktime_ms());
  yield* pci_mark_disconnected(d);
  yield* pci_stop_and_remove(d);
}

/** Success is logged even if the link did not come up. */
export function* fatal_rescan(d: Dpc): Proc<number> {
  if ((yield* wait_link(1, LINK_MS, 0, d)) !== 0) {
    yield msleep(SETTLE_MS);
    yield* wait_card(SCAN_MS, 0, d);
    if (d.below !== 0) yield* port_probe(d);
    const scanned = yield* pci_scan_slot(d);
    if (scanned === 0 || scanned === -EEXIST) yield* pci_bus_add_devices(d);
  } else {
    yield printk('pcieport: Data Link Layer Link Active not set in 1000 msec');
  }
  yield* note_stall(d);
  yield mutex_unlock(d.pci_rescan_remove_lock);
  return 0;
}

/** Bookkeeping: for so long no other slot could be enumerated or removed (3.2.2 (f)). */
function* note_stall(d: Dpc): Proc<void> {
  const now = yield ktime_ms();
  const since = yield ghost_read(d.ghost + dpc_ghost.stalls_since);
  yield ghost_write(d.ghost + dpc_ghost.stalled_ms, now - since);
}

export function* fatal_give_up(d: Dpc): Proc<void> {
  yield mutex_unlock(d.pci_rescan_remove_lock);
}
