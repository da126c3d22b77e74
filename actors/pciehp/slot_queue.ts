/**
 * pciehp's workqueue per slot before and after 499022396a38 (4.11): link events and power work as
 * items that run at the same time, or one after the other (pciehp.md 2.6, V4.18 state machine).
 * The port has no power control, so that the port itself makes no further link event.
 */
import {
  ctx_get,
  ctx_set,
  finish_wait,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  prepare_to_wait,
  read,
  schedule,
  spin_lock_irqsave,
  spin_unlock_irqrestore,
  wake_up,
  write,
  writel,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import {
  dpc_workqueue,
  LINK_DOWN,
  LINK_UP,
  RING,
  STATIC_STATE,
  WORK_DISABLE,
  WORK_ENABLE,
} from '../dpc/structs.ts';
import { wq_queue } from '../dpc/workqueue.ts';
import { old_slot } from '../pci/history_structs.ts';
import { POWEROFF_STATE, POWERON_STATE } from './structs.ts';

const ev = eventCodes('TAKEN', 'RETURNED', 'RETIRED');
const ITEM = 0;

export interface SlotQueueDesign {
  /** 1: an item may be taken now. The queue's lock is held. */
  readonly may_start: (slot: Ptr) => Proc<number>;
  readonly item_done: (slot: Ptr) => Proc<void>;
}
export type SlotQueue = SlotQueueDesign & Readonly<{ slot: Ptr; wq: Ptr }>;

/** The port: the link goes down and trains again at once; pciehp_isr() queues what it saw. */
export function* surprise_link_down(k: SlotQueue): Proc<number> {
  yield writel(k.slot + old_slot.link, 0);
  yield* wq_queue(k.wq, LINK_DOWN);
  yield writel(k.slot + old_slot.link, 1);
  yield* wq_queue(k.wq, LINK_UP);
  return ev.RETURNED;
}

export function* worker_take(k: SlotQueue): Proc<number> {
  for (;;) {
    yield prepare_to_wait(k.wq + dpc_workqueue.wait.at);
    const item = yield* take_item(k);
    if (item !== 0) {
      yield finish_wait(k.wq + dpc_workqueue.wait.at);
      yield ctx_set(ITEM, item);
      return ev.TAKEN;
    }
    yield schedule();
  }
}

function* take_item(k: SlotQueue): Proc<number> {
  let item = 0;
  yield spin_lock_irqsave(k.wq + dpc_workqueue.lock.at);
  const head = yield read(k.wq + dpc_workqueue.head);
  const tail = yield read(k.wq + dpc_workqueue.tail);
  if (head !== tail && (yield* k.may_start(k.slot)) !== 0) {
    item = yield read(k.wq + dpc_workqueue.ring.at + (head % RING));
    yield write(k.wq + dpc_workqueue.head, head + 1);
  }
  yield spin_unlock_irqrestore(k.wq + dpc_workqueue.lock.at);
  return item;
}

export function* worker_run(k: SlotQueue): Proc<number> {
  const item = yield ctx_get(ITEM);
  if (item === LINK_UP || item === LINK_DOWN) yield* handle_link_event(item, k);
  else yield* pciehp_power_thread(item, k.slot);
  return ev.RETURNED;
}

export function* worker_retire(k: SlotQueue): Proc<number> {
  yield spin_lock_irqsave(k.wq + dpc_workqueue.lock.at);
  yield* k.item_done(k.slot);
  yield spin_unlock_irqrestore(k.wq + dpc_workqueue.lock.at);
  yield wake_up(k.wq + dpc_workqueue.wait.at);
  return ev.RETIRED;
}

function* handle_link_event(event: number, k: SlotQueue): Proc<void> {
  yield mutex_lock(k.slot + old_slot.lock.at);
  const state = yield read(k.slot + old_slot.state);
  if (event === LINK_UP && state !== POWERON_STATE) {
    yield write(k.slot + old_slot.state, POWERON_STATE);
    yield* wq_queue(k.wq, WORK_ENABLE);
  }
  if (event === LINK_DOWN && state !== POWEROFF_STATE) {
    yield write(k.slot + old_slot.state, POWEROFF_STATE);
    yield* wq_queue(k.wq, WORK_DISABLE);
  }
  yield mutex_unlock(k.slot + old_slot.lock.at);
}

/** A device that is there already cannot be enabled, one that is not cannot be disabled. */
function* pciehp_power_thread(request: number, slot: Ptr): Proc<void> {
  yield mutex_lock(slot + old_slot.hotplug_lock.at);
  const enabled = yield read(slot + old_slot.enabled);
  if (request === WORK_ENABLE && enabled === 0) yield write(slot + old_slot.enabled, 1);
  if (request === WORK_DISABLE && enabled !== 0) yield write(slot + old_slot.enabled, 0);
  yield mutex_unlock(slot + old_slot.hotplug_lock.at);
  yield mutex_lock(slot + old_slot.lock.at);
  yield write(slot + old_slot.state, STATIC_STATE);
  yield mutex_unlock(slot + old_slot.lock.at);
}

/** alloc_workqueue(): every worker may start an item. */
export function* any_may_start(_slot: Ptr): Proc<number> {
  return 1;
}

export function* nothing_to_release(_slot: Ptr): Proc<void> {
  // Nobody waits for the end of an item.
}

/** alloc_ordered_workqueue(). */
export function* one_may_start(slot: Ptr): Proc<number> {
  if ((yield read(slot + old_slot.running)) !== 0) return 0;
  yield write(slot + old_slot.running, 1);
  return 1;
}

export function* next_may_start(slot: Ptr): Proc<void> {
  yield write(slot + old_slot.running, 0);
}
