/** Wake-ups that come too early, and waiting for work under the lock that the work needs. */
import {
  cancel_work_sync,
  complete,
  finish_wait,
  GFP_ATOMIC,
  kfree,
  kzalloc,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  prepare_to_wait,
  queue_work,
  read,
  schedule,
  spin_lock,
  spin_unlock,
  wait_for_completion,
  wake_up,
  work_done,
  work_wait,
  write,
} from '#ops';
import { list_add_tail, list_del, list_empty } from '../../actors/list.ts';
import { DONE } from './done.ts';
import { device, event } from './structs.ts';

/** eeh_send_failure_event() in small: queues an event, wakes the daemon. */
export function* send_event(at: Ptr): Proc<number> {
  const sent = yield kzalloc(event.typeid, GFP_ATOMIC);
  yield spin_lock(at + device.lock.at);
  yield* list_add_tail(sent + event.list.at, at + device.list.at);
  yield spin_unlock(at + device.lock.at);
  yield wake_up(at + device.queue.at);
  return DONE;
}

/** Looks, then sleeps: an event that comes between the two wakes nobody. */
export function* receive_late(at: Ptr): Proc<number> {
  if ((yield* list_empty(at + device.list.at)) !== 0) {
    yield prepare_to_wait(at + device.queue.at);
    yield schedule();
    yield finish_wait(at + device.queue.at);
  }
  yield* take_event(at);
  return DONE;
}

/** wait_event(): queued before it looks. */
export function* receive_event(at: Ptr): Proc<number> {
  yield prepare_to_wait(at + device.queue.at);
  while ((yield* list_empty(at + device.list.at)) !== 0) {
    yield schedule();
    yield prepare_to_wait(at + device.queue.at);
  }
  yield finish_wait(at + device.queue.at);
  yield* take_event(at);
  return DONE;
}

function* take_event(at: Ptr): Proc<void> {
  yield spin_lock(at + device.lock.at);
  const first = yield read(at + device.list.next);
  if (first !== at + device.list.at) yield* list_del(first);
  yield spin_unlock(at + device.lock.at);
  if (first !== at + device.list.at) yield kfree(first - event.list.at);
}

/** Holds the lock and waits for the work (flush_work() in small). */
export function* flush_under_lock(at: Ptr): Proc<number> {
  yield queue_work(at + device.work.at);
  yield mutex_lock(at + device.big_lock.at);
  yield cancel_work_sync(at + device.work.at);
  yield mutex_unlock(at + device.big_lock.at);
  return DONE;
}

/** The twin: waits for the work first. */
export function* flush_then_lock(at: Ptr): Proc<number> {
  yield queue_work(at + device.work.at);
  yield cancel_work_sync(at + device.work.at);
  yield mutex_lock(at + device.big_lock.at);
  yield mutex_unlock(at + device.big_lock.at);
  return DONE;
}

export function* locker_wait(at: Ptr): Proc<number> {
  yield work_wait(at + device.work.at);
  return DONE;
}

export function* locker_work(at: Ptr): Proc<number> {
  yield mutex_lock(at + device.big_lock.at);
  yield mutex_unlock(at + device.big_lock.at);
  yield work_done(at + device.work.at);
  return DONE;
}

/** The device: answers the command that it sees. */
export function* answer_command(at: Ptr): Proc<number> {
  while ((yield read(at + device.state)) === 0) {
    yield prepare_to_wait(at + device.queue.at);
    if ((yield read(at + device.state)) === 0) yield schedule();
    yield finish_wait(at + device.queue.at);
  }
  yield complete(at + device.done.at);
  return DONE;
}

/** reinit_completion() after the command was sent: the answer may be wiped out (`late` 1). */
export function* send_command(at: Ptr, late: number): Proc<number> {
  if (late === 0) yield write(at + device.done.done, 0);
  yield write(at + device.state, 1);
  yield wake_up(at + device.queue.at);
  if (late !== 0) yield write(at + device.done.done, 0);
  yield wait_for_completion(at + device.done.at);
  return DONE;
}
