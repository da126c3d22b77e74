/** One rule of the engine each. */
import {
  cancel_work_sync,
  cpu_relax,
  GFP_ATOMIC,
  GFP_KERNEL,
  irq_enter,
  irq_exit,
  kfree,
  ktime_ms,
  kzalloc,
  local_bh_disable,
  local_bh_enable,
  lower_irq,
  msleep,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  prepare_to_wait,
  queue_delayed_work,
  queue_work,
  raise_irq,
  read,
  schedule_timeout,
  spin_lock,
  spin_lock_irqsave,
  spin_trylock,
  spin_unlock,
  spin_unlock_irqrestore,
  synchronize_hardirq,
  WARN_ON,
  wait_for_completion,
  wake_up,
  work_done,
  work_wait,
  write,
} from '#ops';
import { DONE } from './done.ts';
import { device, mortal, object } from './structs.ts';

export function* spins(word: Ptr): Proc<number> {
  while ((yield read(word)) === 0) yield cpu_relax();
  return DONE;
}

export function* spins_counting(word: Ptr, rounds: number): Proc<number> {
  for (let i = 0; i < rounds; i++) {
    if ((yield read(word)) !== 0) break;
    yield cpu_relax();
  }
  return DONE;
}

export function* spins_writing(word: Ptr, turns: Ptr): Proc<number> {
  while ((yield read(word)) === 0) {
    yield write(turns, (yield read(turns)) + 1);
    yield cpu_relax();
  }
  return DONE;
}

/** Waits for what it does itself: no other actor is needed. */
export function* spins_on_its_own(word: Ptr): Proc<number> {
  while ((yield read(word)) < 5) {
    yield write(word, (yield read(word)) + 1);
    yield cpu_relax();
  }
  return DONE;
}

export function* sets(word: Ptr, after_ms: number): Proc<number> {
  if (after_ms > 0) yield msleep(after_ms);
  yield write(word, 1);
  return DONE;
}

export function* trylock_spins(lock: Ptr): Proc<number> {
  while ((yield spin_trylock(lock)) === 0) yield cpu_relax();
  yield spin_unlock(lock);
  return DONE;
}

export function* takes_spinlock(lock: Ptr, gives_back: number): Proc<number> {
  yield spin_lock(lock);
  if (gives_back !== 0) yield spin_unlock(lock);
  return DONE;
}

/** Frees an object under those that wait inside it. */
export function* frees(at: Ptr, found: Ptr): Proc<number> {
  yield mutex_lock(found + mortal.m.at);
  yield write(at + device.state, 1);
  yield kfree(found);
  return DONE;
}

export function* locks_mortal(found: Ptr): Proc<number> {
  yield mutex_lock(found + mortal.m.at);
  yield mutex_unlock(found + mortal.m.at);
  return DONE;
}

export function* awaits_mortal(found: Ptr): Proc<number> {
  yield wait_for_completion(found + mortal.done.at);
  return DONE;
}

/** A daemon that keeps an object in a local while it waits. */
export function* keeps(at: Ptr): Proc<number> {
  const kept = yield kzalloc(object.typeid, GFP_KERNEL);
  yield work_wait(at + device.work.at);
  yield kfree(kept);
  return DONE;
}

export function* allocates_under_lock(at: Ptr, may_sleep: number): Proc<number> {
  yield spin_lock(at + device.lock.at);
  const made = yield kzalloc(object.typeid, may_sleep !== 0 ? GFP_KERNEL : GFP_ATOMIC);
  yield spin_unlock(at + device.lock.at);
  yield kfree(made);
  return DONE;
}

export function* sleeps_without_softirqs(at: Ptr, without: number): Proc<number> {
  if (without !== 0) yield local_bh_disable();
  yield mutex_lock(at + device.big_lock.at);
  yield mutex_unlock(at + device.big_lock.at);
  if (without !== 0) yield local_bh_enable();
  return DONE;
}

/** A task that holds the lock which its CPU's handler takes; the interrupt may come at any time. */
export function* task_with_lock(at: Ptr, irqsave: number): Proc<number> {
  if (irqsave !== 0) yield spin_lock_irqsave(at + device.lock.at);
  else yield spin_lock(at + device.lock.at);
  yield write(at + device.state, 1);
  if (irqsave !== 0) yield spin_unlock_irqrestore(at + device.lock.at);
  else yield spin_unlock(at + device.lock.at);
  return DONE;
}

export function* handler_wait(at: Ptr): Proc<number> {
  yield irq_enter(at + device.irq.at);
  return DONE;
}

export function* handler_with_lock(at: Ptr): Proc<number> {
  yield spin_lock(at + device.lock.at);
  yield spin_unlock(at + device.lock.at);
  yield lower_irq(at + device.irq.at);
  yield irq_exit(at + device.irq.at);
  return DONE;
}

/** Counts in `other`; a level-triggered line comes again until `state` is cleared. */
export function* handler_counts(at: Ptr): Proc<number> {
  const handled = (yield read(at + device.other)) + 1;
  yield write(at + device.other, handled);
  if (handled === 3) yield lower_irq(at + device.irq.at);
  yield irq_exit(at + device.irq.at);
  return DONE;
}

export function* raises(at: Ptr, level: number): Proc<number> {
  if (level !== 0) yield write(at + device.irq.level, 1);
  yield raise_irq(at + device.irq.at);
  return DONE;
}

/** synchronize_hardirq() under the lock that the handler takes. */
export function* synchronizes_under_lock(at: Ptr): Proc<number> {
  yield raise_irq(at + device.irq.at);
  yield spin_lock(at + device.lock.at);
  while ((yield read(at + device.irq.inprogress)) === 0) yield cpu_relax();
  yield synchronize_hardirq(at + device.irq.at);
  yield spin_unlock(at + device.lock.at);
  return DONE;
}

/** What schedule_timeout() leaves, and the time at which it returns. */
export function* waits_at_most(at: Ptr, ms: number): Proc<number> {
  yield prepare_to_wait(at + device.queue.at);
  yield write(at + device.state, yield schedule_timeout(ms));
  yield write(at + device.other, yield ktime_ms());
  return DONE;
}

export function* wakes_after(at: Ptr, ms: number): Proc<number> {
  yield msleep(ms);
  yield wake_up(at + device.queue.at);
  return DONE;
}

/** Queues a work item twice while it is pending, once more while it may run, and waits for it. */
export function* queues(at: Ptr, ms: number): Proc<number> {
  const first = ms > 0 ? yield queue_delayed_work(at + device.work.at, ms) : 1;
  if (ms === 0) yield queue_work(at + device.work.at);
  const second = yield queue_work(at + device.work.at);
  yield write(at + device.readers, first * 10 + second);
  return DONE;
}

export function* cancels(at: Ptr): Proc<number> {
  yield queue_delayed_work(at + device.work.at, 50);
  yield write(at + device.readers, yield cancel_work_sync(at + device.work.at));
  return DONE;
}

export function* worker_waits(at: Ptr): Proc<number> {
  yield work_wait(at + device.work.at);
  return DONE;
}

/** Runs `state` times; the time of the last goes to `other`. */
export function* worker_counts(at: Ptr): Proc<number> {
  yield write(at + device.state, (yield read(at + device.state)) + 1);
  yield write(at + device.other, yield ktime_ms());
  yield work_done(at + device.work.at);
  return DONE;
}

/** A warning that does not fire, and one that does. */
export function* warns(at: Ptr): Proc<number> {
  yield WARN_ON((yield read(at + device.state)) !== 0 ? 1 : 0, 'state is set');
  yield WARN_ON((yield read(at + device.state)) === 0 ? 1 : 0, 'state is not set');
  return DONE;
}

/** Two words of different actors that an invariant sees together. */
export function* blinks(at: Ptr): Proc<number> {
  yield write(at + device.readers, 1);
  yield write(at + device.other, 1);
  yield write(at + device.other, 0);
  yield write(at + device.readers, 2);
  return DONE;
}

export function* marks(at: Ptr): Proc<number> {
  yield read(at + device.readers);
  yield write(at + device.state, 1);
  return DONE;
}
