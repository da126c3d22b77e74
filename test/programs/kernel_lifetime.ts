/** Objects that die while somebody looks at them: refcounts, RCU, work items. */
import {
  cancel_work,
  cancel_work_sync,
  cpu_relax,
  kfree,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  queue_work,
  read,
  refcount_dec_and_test,
  refcount_inc,
  refcount_inc_not_zero,
  work_done,
  work_wait,
  write,
  xchg,
} from '#ops';
import { DONE } from './done.ts';
import { device, object } from './structs.ts';

/** open(): finds the object, then takes a reference. Between the two it may be gone. */
export function* open_racy(at: Ptr): Proc<number> {
  const found = yield read(at + device.current_object);
  if (found === 0) return DONE;
  yield refcount_inc(found + object.ref.refcount);
  yield* use_and_put(found);
  return DONE;
}

/** The lookup's lock is the remover's lock, so a found object is not freed before the get. */
export function* open_locked(at: Ptr): Proc<number> {
  yield mutex_lock(at + device.big_lock.at);
  const found = yield read(at + device.current_object);
  const got = found !== 0 && (yield refcount_inc_not_zero(found + object.ref.refcount)) !== 0;
  yield mutex_unlock(at + device.big_lock.at);
  if (got) yield* use_and_put(found);
  return DONE;
}

function* use_and_put(found: Ptr): Proc<void> {
  yield read(found + object.value);
  if ((yield refcount_dec_and_test(found + object.ref.refcount)) !== 0) yield kfree(found);
}

/** remove(): unlinks the object and drops the list's reference. */
export function* remove(at: Ptr): Proc<number> {
  yield mutex_lock(at + device.big_lock.at);
  const found = yield xchg(at + device.current_object, 0);
  yield mutex_unlock(at + device.big_lock.at);
  if (found === 0) return DONE;
  if ((yield refcount_dec_and_test(found + object.ref.refcount)) !== 0) yield kfree(found);
  return DONE;
}

/** An RCU reader: counted, so that a grace period can be told. */
export function* rcu_reader(at: Ptr): Proc<number> {
  yield write(at + device.readers, 1);
  const found = yield read(at + device.current_object);
  if (found !== 0) yield read(found + object.value);
  yield write(at + device.readers, 0);
  return DONE;
}

/** Unlinks, and frees at once (grace 0) or when the reader is out. */
export function* rcu_unlink(at: Ptr, grace: number): Proc<number> {
  const found = yield xchg(at + device.current_object, 0);
  while (grace !== 0 && (yield read(at + device.readers)) !== 0) yield cpu_relax();
  yield kfree(found);
  return DONE;
}

export function* worker_wait(at: Ptr): Proc<number> {
  yield work_wait(at + device.work.at);
  return DONE;
}

/** The work function looks at the object that its owner may have freed. */
export function* worker_use(at: Ptr): Proc<number> {
  const found = yield read(at + device.state);
  if (found !== 0) yield read(found + object.value);
  yield work_done(at + device.work.at);
  return DONE;
}

/** Queues the work, unqueues it (`sync`: waiting while it runs), frees what it uses. */
export function* cancel_and_free(at: Ptr, sync: number): Proc<number> {
  yield queue_work(at + device.work.at);
  if (sync !== 0) yield cancel_work_sync(at + device.work.at);
  else yield cancel_work(at + device.work.at);
  const found = yield xchg(at + device.state, 0);
  yield kfree(found);
  return DONE;
}
