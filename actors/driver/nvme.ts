/** nvme-pci: a subsystem reset makes the link fail, and EEH wants to reset too (eeh.md 3 #22). */
import {
  complete,
  type Proc,
  type Ptr,
  queue_work,
  read,
  readl,
  spin_lock,
  spin_unlock,
  wait_for_completion,
  work_done,
  write,
  writel,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import {
  NVME_CTRL_DEAD,
  NVME_CTRL_LIVE,
  NVME_CTRL_RESETTING,
  nvme_dev,
} from './recovery_structs.ts';

const ev = eventCodes('DONE');

export type NvmeDesign = Readonly<{ after_nssr: (dev: Ptr) => Proc<void> }>;

/** LIVE to RESETTING: 1 for the one who made it so. */
function* nvme_begin_reset(dev: Ptr): Proc<number> {
  let mine = 0;
  yield spin_lock(dev + nvme_dev.lock.at);
  if ((yield read(dev + nvme_dev.state)) === NVME_CTRL_LIVE) {
    yield write(dev + nvme_dev.state, NVME_CTRL_RESETTING);
    mine = 1;
  }
  yield spin_unlock(dev + nvme_dev.lock.at);
  return mine;
}

function* nvme_set_state(dev: Ptr, state: number): Proc<void> {
  yield spin_lock(dev + nvme_dev.lock.at);
  yield write(dev + nvme_dev.state, state);
  yield spin_unlock(dev + nvme_dev.lock.at);
}

/** Before: nvme_try_sched_reset() for the controller that has just lost its link. */
export function* schedule_reset(dev: Ptr): Proc<void> {
  if ((yield* nvme_begin_reset(dev)) !== 0) yield queue_work(dev + nvme_dev.reset_work.at);
}

/** After: a register is read, so that the platform notices; the reset is EEH's. */
export function* read_status(dev: Ptr): Proc<void> {
  yield readl(dev + nvme_dev.frozen);
}

/** NVME_IOCTL_SUBSYS_RESET. The platform notices the failure as soon as somebody reads. */
export function* nvme_reset_subsystem(
  k: NvmeDesign,
  _start: Ptr,
  _done: Ptr,
  dev: Ptr,
): Proc<number> {
  yield writel(dev + nvme_dev.frozen, 1);
  yield complete(dev + nvme_dev.failed.at);
  yield* k.after_nssr(dev);
  return ev.DONE;
}

/** nvme_reset_work(): on a link that is down the controller is given up. */
export function* nvme_reset_work(_k: NvmeDesign, work: Ptr, dev: Ptr): Proc<number> {
  const down = yield readl(dev + nvme_dev.frozen);
  yield* nvme_set_state(dev, down !== 0 ? NVME_CTRL_DEAD : NVME_CTRL_LIVE);
  yield work_done(work);
  return ev.DONE;
}

/** nvme_error_detected(), the platform's reset, nvme_slot_reset(). */
export function* nvme_recovery(_k: NvmeDesign, _start: Ptr, _done: Ptr, dev: Ptr): Proc<number> {
  yield wait_for_completion(dev + nvme_dev.failed.at);
  if ((yield* nvme_begin_reset(dev)) === 0) {
    // PCI_ERS_RESULT_DISCONNECT: somebody else resets it.
    yield* nvme_set_state(dev, NVME_CTRL_DEAD);
    return ev.DONE;
  }
  yield writel(dev + nvme_dev.frozen, 0);
  yield queue_work(dev + nvme_dev.reset_work.at);
  return ev.DONE;
}
