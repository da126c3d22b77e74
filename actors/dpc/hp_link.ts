/** pciehp_check_link_status() by generation (pciehp.md 2.6): how long hotplug waits for a link. */
import { atomic_fetch_and, msleep, type Proc } from '#ops';
import { controller, ENODEV } from '../pciehp/structs.ts';
import { link_active } from './config.ts';
import type { Dpc } from './design.ts';
import { CHANGES } from './hp_isr.ts';
import { wait_card, wait_link } from './port_wait.ts';

const LINK_MS = 1000;
const SETTLE_MS = 100;
const CARD_MS = 1000;
const ABORTS = 1;

/** The card must answer, and the link must still be there. */
function* check_card(d: Dpc): Proc<number> {
  const found = yield* wait_card(CARD_MS, ABORTS, d);
  if ((yield* link_active(d)) === 0) return -ENODEV;
  return found !== 0 ? 0 : -ENODEV;
}

/** 4.18: the result of the link wait is not looked at: 1000 + 100 + 1000 ms when all is in vain. */
export function* check_link_418(d: Dpc): Proc<number> {
  yield* wait_link(1, LINK_MS, ABORTS, d);
  yield msleep(SETTLE_MS);
  return yield* check_card(d);
}

/** 6c35a1ac3da6 (4.19): the events of an initially unstable link are forgotten. */
export function* check_link_419(d: Dpc): Proc<number> {
  const result = yield* check_link_418(d);
  if (result === 0) yield atomic_fetch_and(d.ctrl + controller.pending_events, ~CHANGES);
  return result;
}

/** 4.20: no link, no further wait. */
export function* check_link_420(d: Dpc): Proc<number> {
  yield msleep(20);
  if ((yield* wait_link(1, LINK_MS, ABORTS, d)) === 0) return -ENODEV;
  yield msleep(SETTLE_MS);
  const result = yield* check_card(d);
  if (result === 0) yield atomic_fetch_and(d.ctrl + controller.pending_events, ~CHANGES);
  return result;
}

/** All shipped kernels: a poll runs to its end. */
export function* polls_never_abort(_d: Dpc): Proc<number> {
  return 0;
}
