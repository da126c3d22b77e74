/** Canaries for the lock and progress oracles, each beside a twin (`bad` = 0). */
import {
  complete,
  cpu_relax,
  down_read,
  down_write,
  finish_wait,
  irq_enter,
  irq_exit,
  lockdep_assert_held,
  msleep,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  prepare_to_wait,
  READ_ONCE,
  raise_irq,
  schedule,
  spin_lock,
  spin_lock_irqsave,
  spin_unlock,
  spin_unlock_irqrestore,
  up_read,
  up_write,
  WRITE_ONCE,
  wait_for_completion,
  wake_up,
} from '#ops';
import { DONE } from '../programs/done.ts';
import { stage } from './canary_structs.ts';

export function* recursive_mutex(at: Ptr, bad: number): Proc<number> {
  yield mutex_lock(at + stage.a.at);
  yield mutex_lock(bad !== 0 ? at + stage.a.at : at + stage.b.at);
  yield mutex_unlock(bad !== 0 ? at + stage.a.at : at + stage.b.at);
  yield mutex_unlock(at + stage.a.at);
  return DONE;
}

/** Takes a then b, drops both, and only then b then a: no deadlock, but both orders were seen. */
export function* inversion(at: Ptr, bad: number): Proc<number> {
  yield mutex_lock(at + stage.a.at);
  yield mutex_lock(at + stage.b.at);
  yield mutex_unlock(at + stage.b.at);
  yield mutex_unlock(at + stage.a.at);
  yield mutex_lock(bad !== 0 ? at + stage.b.at : at + stage.a.at);
  yield mutex_lock(bad !== 0 ? at + stage.a.at : at + stage.b.at);
  yield mutex_unlock(at + stage.b.at);
  yield mutex_unlock(at + stage.a.at);
  return DONE;
}

/** One of two that take two locks; `bad`: in this one's own order. */
export function* ab_or_ba(at: Ptr, first: Ptr, second: Ptr): Proc<number> {
  yield mutex_lock(first);
  yield WRITE_ONCE(at + stage.flag, 1);
  yield mutex_lock(second);
  yield mutex_unlock(second);
  yield mutex_unlock(first);
  return DONE;
}

export function* unlock_not_held(at: Ptr, bad: number): Proc<number> {
  if (bad === 0) yield mutex_lock(at + stage.a.at);
  yield mutex_unlock(at + stage.a.at);
  return DONE;
}

export function* unlock_by_another(at: Ptr, bad: number): Proc<number> {
  yield wait_for_completion(at + stage.done.at);
  if (bad !== 0) yield mutex_unlock(at + stage.a.at);
  return DONE;
}

export function* locks_and_signals(at: Ptr, bad: number): Proc<number> {
  yield mutex_lock(at + stage.a.at);
  yield complete(at + stage.done.at);
  if (bad === 0) yield mutex_unlock(at + stage.a.at);
  return DONE;
}

export function* assert_held(at: Ptr, bad: number): Proc<number> {
  yield down_write(at + stage.rw.at);
  yield lockdep_assert_held(bad !== 0 ? at + stage.a.at : at + stage.rw.at);
  yield up_write(at + stage.rw.at);
  yield down_read(at + stage.rw.at);
  yield up_read(at + stage.rw.at);
  return DONE;
}

export function* sleep_under_spinlock(at: Ptr, bad: number): Proc<number> {
  if (bad !== 0) yield spin_lock(at + stage.s.at);
  yield msleep(10);
  if (bad !== 0) yield spin_unlock(at + stage.s.at);
  return DONE;
}

/** Run in an interrupt context: taking a mutex there may sleep. */
export function* takes_a_mutex(at: Ptr): Proc<number> {
  yield mutex_lock(at + stage.a.at);
  yield mutex_unlock(at + stage.a.at);
  return DONE;
}

export function* takes_spinlock(at: Ptr, irqsave: number): Proc<number> {
  yield raise_irq(at + stage.irq.at);
  if (irqsave !== 0) yield spin_lock_irqsave(at + stage.s.at);
  else yield spin_lock(at + stage.s.at);
  yield WRITE_ONCE(at + stage.flag, 1);
  if (irqsave !== 0) yield spin_unlock_irqrestore(at + stage.s.at);
  else yield spin_unlock(at + stage.s.at);
  return DONE;
}

export function* irq_wait(at: Ptr): Proc<number> {
  yield irq_enter(at + stage.irq.at);
  return DONE;
}

export function* irq_handle(at: Ptr): Proc<number> {
  yield spin_lock(at + stage.s.at);
  yield spin_unlock(at + stage.s.at);
  yield irq_exit(at + stage.irq.at);
  return DONE;
}

/** Looks at the condition before it queues itself: the wake-up in between is lost. */
export function* waits_for_flag(at: Ptr, bad: number): Proc<number> {
  if (bad !== 0) {
    if ((yield READ_ONCE(at + stage.flag)) === 0) {
      yield prepare_to_wait(at + stage.wq.at);
      yield schedule();
    }
  } else {
    yield prepare_to_wait(at + stage.wq.at);
    while ((yield READ_ONCE(at + stage.flag)) === 0) {
      yield schedule();
      yield prepare_to_wait(at + stage.wq.at);
    }
  }
  yield finish_wait(at + stage.wq.at);
  return DONE;
}

export function* sets_flag(at: Ptr): Proc<number> {
  yield WRITE_ONCE(at + stage.flag, 1);
  yield wake_up(at + stage.wq.at);
  return DONE;
}

export function* holds_for(at: Ptr, ms: number): Proc<number> {
  yield mutex_lock(at + stage.a.at);
  yield msleep(ms);
  yield mutex_unlock(at + stage.a.at);
  return DONE;
}

export function* spins_for_flag(at: Ptr): Proc<number> {
  while ((yield READ_ONCE(at + stage.flag)) === 0) yield cpu_relax();
  return DONE;
}
