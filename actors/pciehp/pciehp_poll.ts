/**
 * Polling instead of interrupts (pciehp.md 2.4 to 2.6): the first look after 10 s, then one every
 * 2 s. The thread of the kernel never ends; this one does when the slot has long come to rest.
 */
import {
  ctx_get,
  ctx_set,
  ghost_write,
  ktime_ms,
  msleep,
  type Proc,
  type Ptr,
  read,
  smp_mb,
  write,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import type { Pciehp } from './design.ts';
import { controller, pciehp_ghost } from './structs.ts';

const ev = eventCodes('DUE', 'ENDED', 'EVENTS', 'NONE', 'NOTED');

/** Register of the actor: looks so far. Others belong to the handler's states. */
const LOOKS = 2;
const LOOKS_MAX = 18;
const FIRST_MS = 10_000;
const INTERVAL_MS = 2000;

export function* pciehp_poll_sleep(_ctrl: Ptr, _d: Pciehp): Proc<number> {
  const looks = yield ctx_get(LOOKS);
  if (looks === LOOKS_MAX) return ev.ENDED;
  yield msleep(looks === 0 ? FIRST_MS : INTERVAL_MS);
  yield ctx_set(LOOKS, looks + 1);
  return ev.DUE;
}

/** What somebody asked for: nobody wakes a poll thread for it. */
export function* pciehp_poll_requests(ctrl: Ptr, _d: Pciehp): Proc<number> {
  return (yield read(ctrl + controller.pending_events)) !== 0 ? ev.EVENTS : ev.NONE;
}

/** Bookkeeping: looking on without events is no work on the slot. */
export function* pciehp_poll_served(_ctrl: Ptr, d: Pciehp): Proc<number> {
  const now = yield ktime_ms();
  yield ghost_write(d.ghost + pciehp_ghost.served_at, now);
  return ev.NOTED;
}

/** Until 92912b175178: a command that was polled for stays busy. */
export function* polled_stays_busy(_ctrl: Ptr): Proc<void> {
  // The next writer polls for a completion that was cleared.
}

/** Linux 92912b175178. */
export function* polled_is_done(ctrl: Ptr): Proc<void> {
  yield write(ctrl + controller.cmd_busy, 0);
  yield smp_mb();
}
