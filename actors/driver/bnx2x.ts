/**
 * bnx2x: its reset task against EEH's reset (d27e2da94a42; eeh.md 3 #21), and what starts the task
 * within a recovery: the watchdog, when the presence check takes too long (77583f77ed9b; #19).
 */
import {
  GFP_KERNEL,
  kfree,
  kzalloc,
  msleep,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  read,
  write,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { bnx2x, sge_page } from './recovery_structs.ts';

/** dev_watchdog(): how long a queue may stand still. */
const WATCHDOG_MS = 5000;

const ev = eventCodes('DONE');

export type SgeDesign = Readonly<{ bnx2x_free_rx_sge: (dev: Ptr) => Proc<void> }>;

/** Before: the page is taken to be there. */
export function* free_sge_untested(dev: Ptr): Proc<void> {
  const page = yield read(dev + bnx2x.page);
  yield write(page + sge_page.mapping, 0);
  yield kfree(page);
  yield write(dev + bnx2x.page, 0);
}

/** d27e2da94a42. */
export function* free_sge_tested(dev: Ptr): Proc<void> {
  if ((yield read(dev + bnx2x.page)) !== 0) yield* free_sge_untested(dev);
}

/** bnx2x_sp_rtnl_task(): unloads; the load after it fails on a frozen device. */
export function* bnx2x_reset_task(k: SgeDesign, _start: Ptr, _done: Ptr, dev: Ptr): Proc<number> {
  yield* unload(k, dev);
  return ev.DONE;
}

function* unload(k: SgeDesign, dev: Ptr): Proc<void> {
  yield mutex_lock(dev + bnx2x.rtnl_mutex.at);
  yield* k.bnx2x_free_rx_sge(dev);
  yield mutex_unlock(dev + bnx2x.rtnl_mutex.at);
}

/** bnx2x_io_slot_reset(). */
export function* bnx2x_io_slot_reset(
  k: SgeDesign,
  _start: Ptr,
  _done: Ptr,
  dev: Ptr,
): Proc<number> {
  yield mutex_lock(dev + bnx2x.rtnl_mutex.at);
  yield* k.bnx2x_free_rx_sge(dev);
  const page = yield kzalloc(sge_page.typeid, GFP_KERNEL);
  yield write(dev + bnx2x.page, page);
  yield mutex_unlock(dev + bnx2x.rtnl_mutex.at);
  return ev.DONE;
}

export type SensorDesign = SgeDesign &
  Readonly<{ rpaphp_get_sensor_state: (pe: Ptr) => Proc<void> }>;

/** eehd: presence, error_detected (netif_device_detach), slot_reset. */
export function* eehd_with_network(
  k: SensorDesign,
  _start: Ptr,
  _done: Ptr,
  dev: Ptr,
  pe: Ptr,
): Proc<number> {
  yield* k.rpaphp_get_sensor_state(pe);
  yield mutex_lock(dev + bnx2x.rtnl_mutex.at);
  yield write(dev + bnx2x.present, 0);
  yield mutex_unlock(dev + bnx2x.rtnl_mutex.at);
  return yield* bnx2x_io_slot_reset(k, 0, 0, dev);
}

/** The card is frozen and sends nothing: dev_watchdog(), bnx2x_tx_timeout(), the reset task. */
export function* netdev_watchdog(k: SensorDesign, _start: Ptr, _done: Ptr, dev: Ptr): Proc<number> {
  yield msleep(WATCHDOG_MS);
  if ((yield read(dev + bnx2x.present)) !== 0) yield* unload(k, dev);
  return ev.DONE;
}
