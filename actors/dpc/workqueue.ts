/** An ordered workqueue: items run one at a time, in order of arrival. */
import {
  finish_wait,
  type Proc,
  type Ptr,
  prepare_to_wait,
  read,
  schedule,
  spin_lock_irqsave,
  spin_unlock_irqrestore,
  wake_up,
  write,
} from '#ops';
import { dpc_workqueue, RING } from './structs.ts';

export function* wq_queue(wq: Ptr, item: number): Proc<void> {
  yield spin_lock_irqsave(wq + dpc_workqueue.lock.at);
  const tail = yield read(wq + dpc_workqueue.tail);
  yield write(wq + dpc_workqueue.ring.at + (tail % RING), item);
  yield write(wq + dpc_workqueue.tail, tail + 1);
  yield spin_unlock_irqrestore(wq + dpc_workqueue.lock.at);
  yield wake_up(wq + dpc_workqueue.wait.at);
}

/** The item at the front, which stays there while it runs; 0 when there is none. */
export function* wq_front(wq: Ptr): Proc<number> {
  let item = 0;
  yield spin_lock_irqsave(wq + dpc_workqueue.lock.at);
  const head = yield read(wq + dpc_workqueue.head);
  if (head !== (yield read(wq + dpc_workqueue.tail))) {
    item = yield read(wq + dpc_workqueue.ring.at + (head % RING));
  }
  yield spin_unlock_irqrestore(wq + dpc_workqueue.lock.at);
  return item;
}

/** The item at the front is done. */
export function* wq_pop(wq: Ptr): Proc<void> {
  yield spin_lock_irqsave(wq + dpc_workqueue.lock.at);
  yield write(wq + dpc_workqueue.head, (yield read(wq + dpc_workqueue.head)) + 1);
  yield spin_unlock_irqrestore(wq + dpc_workqueue.lock.at);
  yield wake_up(wq + dpc_workqueue.wait.at);
}

/** Sleeps until there is an item; if `wanted` is not 0, until that one is at the front. */
export function* wq_wait(wq: Ptr, wanted: number): Proc<void> {
  for (;;) {
    yield prepare_to_wait(wq + dpc_workqueue.wait.at);
    const item = yield* wq_front(wq);
    if (wanted === 0 ? item !== 0 : item === wanted) break;
    yield schedule();
  }
  yield finish_wait(wq + dpc_workqueue.wait.at);
}
