/**
 * A hotplug port in the slot of another one is removed with it, and flushes its workqueue: the one
 * of all slots, or since c2be6f93b383 (2013) its own.
 */
import {
  finish_wait,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  prepare_to_wait,
  read,
  schedule,
  spin_lock,
  spin_unlock,
  wake_up,
  write,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { flushed_queue } from '../pci/history_structs.ts';

const ev = eventCodes('RETURNED');

export interface NestedDesign {
  /** The workqueue of the inner port's slot. */
  readonly inner_queue: (k: NestedQueues) => Proc<Ptr>;
}
export type NestedQueues = NestedDesign &
  Readonly<{ outer_wq: Ptr; inner_wq: Ptr; pci_rescan_remove_lock: Ptr; inner_lock: Ptr }>;

/** pciehp_power_thread() of the outer slot, itself an item of its queue. */
export function* outer_slot_disabled(k: NestedQueues): Proc<number> {
  yield* item_starts(k.outer_wq);
  yield mutex_lock(k.pci_rescan_remove_lock);
  // pciehp_remove() of the inner port: pcie_cleanup_slot().
  yield* flush_workqueue(yield* k.inner_queue(k));
  yield mutex_unlock(k.pci_rescan_remove_lock);
  yield* item_ends(k.outer_wq);
  return ev.RETURNED;
}

/** An event of the inner slot, queued before. */
export function* inner_slot_event(k: NestedQueues): Proc<number> {
  const wq = yield* k.inner_queue(k);
  yield* item_starts(wq);
  yield mutex_lock(k.inner_lock);
  yield mutex_unlock(k.inner_lock);
  yield* item_ends(wq);
  return ev.RETURNED;
}

function* item_starts(wq: Ptr): Proc<void> {
  yield spin_lock(wq + flushed_queue.lock.at);
  yield write(wq + flushed_queue.in_flight, (yield read(wq + flushed_queue.in_flight)) + 1);
  yield spin_unlock(wq + flushed_queue.lock.at);
}

function* item_ends(wq: Ptr): Proc<void> {
  yield spin_lock(wq + flushed_queue.lock.at);
  yield write(wq + flushed_queue.in_flight, (yield read(wq + flushed_queue.in_flight)) - 1);
  yield spin_unlock(wq + flushed_queue.lock.at);
  yield wake_up(wq + flushed_queue.drained.at);
}

function* flush_workqueue(wq: Ptr): Proc<void> {
  for (;;) {
    yield prepare_to_wait(wq + flushed_queue.drained.at);
    yield spin_lock(wq + flushed_queue.lock.at);
    const in_flight = yield read(wq + flushed_queue.in_flight);
    yield spin_unlock(wq + flushed_queue.lock.at);
    if (in_flight === 0) break;
    yield schedule();
  }
  yield finish_wait(wq + flushed_queue.drained.at);
}

export function* queue_for_all(k: NestedQueues): Proc<Ptr> {
  return k.outer_wq;
}

export function* queue_of_its_own(k: NestedQueues): Proc<Ptr> {
  return k.inner_wq;
}
