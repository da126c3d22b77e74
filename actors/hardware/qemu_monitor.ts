/**
 * The person at the QEMU monitor. They boot the guest, look at it, and type one command: long after
 * the guest has become quiet, so no race is owed to their haste.
 */
import { ghost_write, ktime_ms, msleep, type Proc, type Ptr } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import type { Pciehp } from '../pciehp/design.ts';
import { pciehp_ghost, REQUESTED_ADD, REQUESTED_DEL } from '../pciehp/structs.ts';
import { pcie_cap_slot_hot_unplug_request_cb, pcie_cap_slot_hotplug_cb } from './qemu_port.ts';

const ev = eventCodes('ADD', 'DEL', 'ADDED', 'REFUSED', 'REQUESTED');

/** A bring-up that fails in all its waits lasts 8 s from the first command. */
const HUMAN_MS = 30_000;

export function* qemu_monitor_wait(_ctrl: Ptr, d: Pciehp): Proc<number> {
  yield msleep(HUMAN_MS);
  return d.request === REQUESTED_ADD ? ev.ADD : ev.DEL;
}

/** device_add vfio-pci,...,bus=rp1 */
export function* device_add(_ctrl: Ptr, d: Pciehp): Proc<number> {
  const now = yield ktime_ms();
  const plugged = yield* pcie_cap_slot_hotplug_cb(d.port, d.card, d);
  if (plugged === 0) return ev.REFUSED;
  yield* note_request(REQUESTED_ADD, now, d);
  return ev.ADDED;
}

/** device_del net0 */
export function* device_del(_ctrl: Ptr, d: Pciehp): Proc<number> {
  const now = yield ktime_ms();
  yield* pcie_cap_slot_hot_unplug_request_cb(d.port, d);
  yield* note_request(REQUESTED_DEL, now, d);
  return ev.REQUESTED;
}

/** Bookkeeping: what the person wants, and since when. */
function* note_request(request: number, now: number, d: Pciehp): Proc<void> {
  yield ghost_write(d.ghost + pciehp_ghost.requested, request);
  yield ghost_write(d.ghost + pciehp_ghost.requested_at, now);
}
