/** Procedures that do what they should: list, locks, wait queues, time, interrupts, work. */

import {
  cancel_work_sync,
  choose,
  complete,
  cpu_relax,
  disable_irq_nosync,
  down_read,
  down_write,
  enable_irq,
  finish_wait,
  GFP_ATOMIC,
  irq_enter,
  irq_exit,
  kfree,
  ktime_ms,
  kzalloc,
  msleep,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  prepare_to_wait,
  printk,
  queue_delayed_work,
  queue_work,
  READ_ONCE,
  raise_irq,
  read,
  refcount_dec_and_test,
  refcount_inc_not_zero,
  refcount_set,
  schedule,
  schedule_timeout,
  smp_store_release,
  spin_lock,
  spin_lock_irqsave,
  spin_unlock,
  spin_unlock_irqrestore,
  synchronize_hardirq,
  up_read,
  up_write,
  WRITE_ONCE,
  wait_for_completion,
  wake_up,
  work_done,
  work_wait,
  write,
} from '#ops';
import { LIST_POISON1, LIST_POISON2 } from '../../../src/memory/kernel_structs.ts';
import { eventCodes } from '../../../src/ops/events.ts';
import { demo, demo_node } from './structs.ts';

const ev = eventCodes('DONE', 'CAME', 'HANDLED');

function* list_add(entry: Ptr, head: Ptr): Proc<void> {
  const first = yield read(head);
  yield write(first + 1, entry);
  yield write(entry, first);
  yield write(entry + 1, head);
  yield write(head, entry);
}

export function* list_del(entry: Ptr): Proc<void> {
  const next = yield read(entry);
  const prev = yield read(entry + 1);
  yield write(next + 1, prev);
  yield write(prev, next);
  yield write(entry, LIST_POISON1);
  yield write(entry + 1, LIST_POISON2);
}

/** Adds nodes and takes them out again. */
export function* adder(d: Ptr, turns: number): Proc<number> {
  for (let i = 0; i < turns; i++) {
    const node = yield kzalloc(demo_node.typeid, GFP_ATOMIC);
    if (node === 0) continue;
    yield refcount_set(node + demo_node.ref.refcount, 1);
    yield write(node + demo_node.value, i + 1);
    yield spin_lock(d + demo.lock.at);
    yield* list_add(node + demo_node.list.at, d + demo.nodes.at);
    yield write(d + demo.count, (yield read(d + demo.count)) + 1);
    yield spin_unlock(d + demo.lock.at);
    yield spin_lock(d + demo.lock.at);
    yield* list_del(node + demo_node.list.at);
    yield write(d + demo.count, (yield read(d + demo.count)) - 1);
    yield spin_unlock(d + demo.lock.at);
    if (yield refcount_dec_and_test(node + demo_node.ref.refcount)) yield kfree(node);
  }
  yield complete(d + demo.done.at);
  return ev.DONE;
}

/** Walks the list under its lock; takes and drops a reference of each node. */
export function* walker(d: Ptr, turns: number): Proc<number> {
  let sum = 0;
  for (let i = 0; i < turns; i++) {
    yield spin_lock(d + demo.lock.at);
    let at = yield read(d + demo.nodes.next);
    while (at !== d + demo.nodes.at) {
      const node = at - demo_node.list.at;
      if (yield refcount_inc_not_zero(node + demo_node.ref.refcount)) {
        sum += yield read(node + demo_node.value);
        yield refcount_dec_and_test(node + demo_node.ref.refcount);
      }
      at = yield read(at);
    }
    yield spin_unlock(d + demo.lock.at);
  }
  yield* add_total(d, sum === -1 ? 2 : 1);
  return ev.DONE;
}

function* add_total(d: Ptr, by: number): Proc<void> {
  yield mutex_lock(d + demo.mutex_a.at);
  yield write(d + demo.total, (yield read(d + demo.total)) + by);
  yield mutex_unlock(d + demo.mutex_a.at);
}

/** Sleeps for the adders, then a while more. */
export function* sleeper(d: Ptr, adders: number): Proc<number> {
  for (let i = 0; i < adders; i++) yield wait_for_completion(d + demo.done.at);
  const before = yield ktime_ms();
  yield msleep(20);
  yield printk('demo: slept %d ms of %s, %u nodes\n', (yield ktime_ms()) - before, 'virtual', 0);
  yield* add_total(d, 1);
  return ev.DONE;
}

/** Increments total without atomics, `turns` times, under the mutex. */
export function* counter(d: Ptr, turns: number): Proc<number> {
  for (let i = 0; i < turns; i++) yield* add_total(d, 1);
  return ev.DONE;
}

export function* pair_writer(d: Ptr, turns: number): Proc<number> {
  for (let i = 0; i < turns; i++) {
    yield down_write(d + demo.sem.at);
    const value = yield read(d + demo.pair);
    yield write(d + demo.pair, value + 1);
    yield write(d + demo.pair_copy, value + 1);
    yield up_write(d + demo.sem.at);
  }
  return ev.DONE;
}

export function* pair_reader(d: Ptr, turns: number): Proc<number> {
  for (let i = 0; i < turns; i++) {
    yield down_read(d + demo.sem.at);
    const one = yield read(d + demo.pair);
    const two = yield read(d + demo.pair_copy);
    yield up_read(d + demo.sem.at);
    if (one !== two) yield* add_total(d, 1000);
  }
  return ev.DONE;
}

/** Waits for the flag as the kernel's wait_event() does. */
export function* flag_waiter(d: Ptr): Proc<number> {
  yield prepare_to_wait(d + demo.wq.at);
  while ((yield READ_ONCE(d + demo.flag)) === 0) {
    yield schedule();
    yield prepare_to_wait(d + demo.wq.at);
  }
  yield finish_wait(d + demo.wq.at);
  return ev.DONE;
}

export function* flag_setter(d: Ptr): Proc<number> {
  if (yield choose(2)) yield msleep(5);
  yield WRITE_ONCE(d + demo.flag, 1);
  yield wake_up(d + demo.wq.at);
  return ev.DONE;
}

/** Waits at most `ms`; leaves what was left in total. */
export function* timed_waiter(d: Ptr, ms: number): Proc<number> {
  yield prepare_to_wait(d + demo.wq.at);
  const left = (yield READ_ONCE(d + demo.flag)) === 0 ? yield schedule_timeout(ms) : -1;
  yield finish_wait(d + demo.wq.at);
  yield write(d + demo.total, left);
  return ev.DONE;
}

export function* late_setter(d: Ptr, ms: number): Proc<number> {
  yield msleep(ms);
  yield WRITE_ONCE(d + demo.flag, 1);
  yield wake_up(d + demo.wq.at);
  return ev.DONE;
}

/** Spins until the flag is set; whoever sets it may have to sleep first. */
export function* spinner(d: Ptr): Proc<number> {
  while ((yield READ_ONCE(d + demo.flag)) === 0) yield cpu_relax();
  yield write(d + demo.seen, yield ktime_ms());
  return ev.DONE;
}

/** Counts its turns in memory: each gives way, so there are hardly more than the setter's steps. */
export function* counting_spinner(d: Ptr): Proc<number> {
  while ((yield READ_ONCE(d + demo.flag)) === 0) {
    yield write(d + demo.seen, (yield read(d + demo.seen)) + 1);
    yield cpu_relax();
  }
  yield write(d + demo.total, (yield read(d + demo.seen)) > 3 ? 1 : 0);
  return ev.DONE;
}

/** A process and an interrupt handler share a counter: interrupts must be off. */
export function* irq_process(d: Ptr, turns: number): Proc<number> {
  for (let i = 0; i < turns; i++) {
    yield spin_lock_irqsave(d + demo.lock.at);
    yield write(d + demo.total, (yield read(d + demo.total)) + 1);
    yield spin_unlock_irqrestore(d + demo.lock.at);
  }
  return ev.DONE;
}

export function* irq_device(d: Ptr, turns: number): Proc<number> {
  for (let i = 0; i < turns; i++) {
    yield raise_irq(d + demo.irq.at);
    yield msleep(1);
  }
  return ev.DONE;
}

export function* irq_wait(d: Ptr): Proc<number> {
  yield irq_enter(d + demo.irq.at);
  return ev.CAME;
}

export function* irq_handle(d: Ptr): Proc<number> {
  yield spin_lock(d + demo.lock.at);
  yield write(d + demo.total, (yield read(d + demo.total)) + 1);
  yield spin_unlock(d + demo.lock.at);
  yield write(d + demo.seen, (yield read(d + demo.seen)) + 1);
  yield irq_exit(d + demo.irq.at);
  return ev.HANDLED;
}

/** The line is masked while the flag is set. */
export function* masking_process(d: Ptr): Proc<number> {
  yield disable_irq_nosync(d + demo.irq.at);
  yield synchronize_hardirq(d + demo.irq.at);
  yield write(d + demo.flag, 1);
  yield msleep(2);
  yield write(d + demo.flag, 0);
  yield enable_irq(d + demo.irq.at);
  return ev.DONE;
}

export function* masked_handle(d: Ptr): Proc<number> {
  yield write(d + demo.total, (yield read(d + demo.total)) + (yield read(d + demo.flag)));
  yield irq_exit(d + demo.irq.at);
  return ev.HANDLED;
}

/** An interrupted process must not move: both write `seen` without any lock. */
export function* quiet_process(d: Ptr, turns: number): Proc<number> {
  for (let i = 0; i < turns; i++) yield write(d + demo.pair, i);
  return ev.DONE;
}

export function* quiet_handle(d: Ptr): Proc<number> {
  const before = yield read(d + demo.pair);
  for (let i = 0; i < 20; i++) {
    if ((yield read(d + demo.pair)) !== before) yield write(d + demo.total, 1);
  }
  yield write(d + demo.seen, (yield read(d + demo.seen)) + 1);
  yield irq_exit(d + demo.irq.at);
  return ev.HANDLED;
}

export function* work_waiter(d: Ptr): Proc<number> {
  yield work_wait(d + demo.work.at);
  return ev.CAME;
}

export function* work_function(d: Ptr): Proc<number> {
  yield write(d + demo.seen, yield ktime_ms());
  yield write(d + demo.total, (yield read(d + demo.total)) + 1);
  yield work_done(d + demo.work.at);
  return ev.HANDLED;
}

/** One item at once, one later, one that is cancelled in time. */
export function* work_queuer(d: Ptr): Proc<number> {
  yield queue_work(d + demo.work.at);
  yield msleep(1);
  yield queue_delayed_work(d + demo.work.at, 100);
  yield msleep(200);
  yield queue_delayed_work(d + demo.work.at, 100);
  if ((yield cancel_work_sync(d + demo.work.at)) === 0) yield* add_total(d, 1000);
  yield smp_store_release(d + demo.flag, 1);
  return ev.DONE;
}
