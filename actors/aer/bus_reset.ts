/** Secondary bus reset, and the wait for what is behind the bridge (pciehp.md 2.8). */
import { ghost_write, msleep, type Proc } from '#ops';
import { bus_reset_write } from '../dpc/config.ts';
import type { Dpc } from '../dpc/design.ts';
import { wait_secondary_bus } from '../dpc/port_wait.ts';
import { dpc_ghost } from '../dpc/structs.ts';

const ASSERT_MS = 2;
/** Trhfa, slept through unconditionally until 6.2. */
const SETTLE_LONG_MS = 1000;
const LINK_MS = 1000;
const CARD_MS = 60_000;
const ENOTTY = 25;

function* reset_pulse(d: Dpc): Proc<void> {
  yield ghost_write(d.ghost + dpc_ghost.resetting, 1);
  yield* bus_reset_write(1, d);
  yield msleep(ASSERT_MS);
  yield* bus_reset_write(0, d);
}

/** Until 6.2: a second, and no look at the link. */
export function* bus_reset_sleep(d: Dpc): Proc<number> {
  yield* reset_pulse(d);
  yield msleep(SETTLE_LONG_MS);
  yield ghost_write(d.ghost + dpc_ghost.resetting, 0);
  return 0;
}

/** pci_bridge_wait_for_secondary_bus() since 6.3. */
export function* bus_reset_wait(d: Dpc): Proc<number> {
  yield* reset_pulse(d);
  const result = (yield* wait_secondary_bus(LINK_MS, CARD_MS, d)) !== 0 ? 0 : -ENOTTY;
  yield ghost_write(d.ghost + dpc_ghost.resetting, 0);
  return result;
}
