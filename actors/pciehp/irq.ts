/** A threaded interrupt as kernel/irq keeps it (pciehp.md 2.1): wake-ups of the thread coalesce. */
import {
  atomic_fetch_add,
  atomic_fetch_and,
  atomic_fetch_or,
  finish_wait,
  type Proc,
  type Ptr,
  prepare_to_wait,
  read,
  schedule,
  wake_up,
} from '#ops';
import { controller, IRQTF_RUNTHREAD, irqaction } from './structs.ts';

/** Sets RUNTHREAD; set already: the coming run of the thread will see the event. */
export function* __irq_wake_thread(action: Ptr): Proc<void> {
  const flags = yield atomic_fetch_or(action + irqaction.thread_flags, IRQTF_RUNTHREAD);
  if ((flags & IRQTF_RUNTHREAD) !== 0) return;
  yield atomic_fetch_add(action + irqaction.threads_active, 1);
  yield wake_up(action + irqaction.thread_wait.at);
}

/** Runs the thread of pciehp's action without an interrupt. */
export function* irq_wake_thread(ctrl: Ptr): Proc<void> {
  const action = yield read(ctrl + controller.action);
  if ((yield read(action + irqaction.handler)) === 0) return;
  yield* __irq_wake_thread(action);
}

/** The IRQ thread sleeps until RUNTHREAD is set, and takes it. */
export function* irq_wait_for_interrupt(action: Ptr): Proc<void> {
  for (;;) {
    yield prepare_to_wait(action + irqaction.thread_wait.at);
    const flags = yield atomic_fetch_and(action + irqaction.thread_flags, ~IRQTF_RUNTHREAD);
    if ((flags & IRQTF_RUNTHREAD) !== 0) break;
    yield schedule();
  }
  yield finish_wait(action + irqaction.thread_wait.at);
}

/** The thread function returned: synchronize_irq() may go on. */
export function* wake_threads_waitq(action: Ptr): Proc<void> {
  yield atomic_fetch_add(action + irqaction.threads_active, -1);
}
