/** Canaries: procedures with one fault each, which a round must find. */

import {
  cpu_relax,
  GFP_KERNEL,
  kfree,
  kzalloc,
  msleep,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  prepare_to_wait,
  READ_ONCE,
  read,
  refcount_inc,
  schedule,
  spin_lock,
  spin_unlock,
  WRITE_ONCE,
  wake_up,
  write,
} from '#ops';
import { eventCodes } from '../../../src/ops/events.ts';
import { exitThread, throwError } from './die.ts';
import { list_del } from './good.ts';
import { demo, demo_node } from './structs.ts';

const ev = eventCodes('DONE', 'HANDLED', 'NEVER');

/** Reads through demo.shared without any lock. */
export function* uaf_reader(d: Ptr): Proc<number> {
  const node = yield read(d + demo.shared);
  if (node !== 0) yield read(node + demo_node.value);
  return ev.DONE;
}

export function* uaf_freer(d: Ptr): Proc<number> {
  const node = yield read(d + demo.shared);
  yield write(d + demo.shared, 0);
  yield kfree(node);
  return ev.DONE;
}

/** Both see the pointer, both free it. */
export function* double_freer(d: Ptr): Proc<number> {
  const node = yield read(d + demo.shared);
  if (node === 0) return ev.DONE;
  yield write(d + demo.shared, 0);
  yield kfree(node);
  return ev.DONE;
}

export function* poison_walker(d: Ptr): Proc<number> {
  const node = yield read(d + demo.shared);
  yield* list_del(node + demo_node.list.at);
  yield read((yield read(node + demo_node.list.next)) + 1);
  return ev.DONE;
}

export function* null_reader(d: Ptr): Proc<number> {
  yield write(d + demo.shared, 0);
  yield read((yield read(d + demo.shared)) + demo_node.value);
  return ev.DONE;
}

export function* lock_two(first: Ptr, second: Ptr): Proc<number> {
  yield mutex_lock(first);
  yield mutex_lock(second);
  yield mutex_unlock(second);
  yield mutex_unlock(first);
  return ev.DONE;
}

export function* spin_two(first: Ptr, second: Ptr): Proc<number> {
  yield spin_lock(first);
  yield spin_lock(second);
  yield spin_unlock(second);
  yield spin_unlock(first);
  return ev.DONE;
}

export function* sleeps_in_atomic(d: Ptr): Proc<number> {
  yield spin_lock(d + demo.lock.at);
  yield msleep(1);
  yield spin_unlock(d + demo.lock.at);
  return ev.DONE;
}

export function* locks_twice(d: Ptr): Proc<number> {
  yield mutex_lock(d + demo.mutex_a.at);
  yield mutex_lock(d + demo.mutex_a.at);
  return ev.DONE;
}

export function* unlocks_foreign(d: Ptr): Proc<number> {
  yield mutex_unlock(d + demo.mutex_a.at);
  return ev.DONE;
}

/** Sleeps so long with the mutex that khungtaskd sees whoever waits for it. */
export function* hogs(d: Ptr): Proc<number> {
  yield mutex_lock(d + demo.mutex_a.at);
  yield msleep(100_000);
  yield msleep(100_000);
  yield mutex_unlock(d + demo.mutex_a.at);
  return ev.DONE;
}

/** Looks before it queues itself: a wake-up in between is lost. */
export function* forgetful_waiter(d: Ptr): Proc<number> {
  if ((yield READ_ONCE(d + demo.flag)) === 0) {
    yield prepare_to_wait(d + demo.wq.at);
    yield schedule();
  }
  return ev.DONE;
}

export function* setter(d: Ptr): Proc<number> {
  yield WRITE_ONCE(d + demo.flag, 1);
  yield wake_up(d + demo.wq.at);
  return ev.DONE;
}

export function* leaks(d: Ptr): Proc<number> {
  const node = yield kzalloc(demo_node.typeid, GFP_KERNEL);
  yield write(node + demo_node.value, d);
  return ev.DONE;
}

export function* gets_dead_reference(d: Ptr): Proc<number> {
  const node = yield read(d + demo.shared);
  yield refcount_inc(node + demo_node.ref.refcount);
  return ev.DONE;
}

export function* wrong_event(d: Ptr): Proc<number> {
  yield write(d + demo.seen, 1);
  return ev.NEVER;
}

export function* wrong_state(d: Ptr): Proc<number> {
  yield write(d + demo.state, 1);
  yield write(d + demo.state, 2);
  yield write(d + demo.state, 0);
  return ev.DONE;
}

/** Waits for what nobody does. */
export function* spins_for_ever(d: Ptr): Proc<number> {
  while ((yield READ_ONCE(d + demo.flag)) === 0) yield cpu_relax();
  return ev.DONE;
}

/** As above, without telling anybody that it spins. */
export function* runs_in_circles(d: Ptr): Proc<number> {
  while ((yield READ_ONCE(d + demo.flag)) === 0) yield write(d + demo.seen, 1);
  return ev.DONE;
}

export function* throws_with_lock(d: Ptr): Proc<number> {
  yield mutex_lock(d + demo.mutex_a.at);
  yield write(d + demo.seen, throwError(1));
  yield mutex_unlock(d + demo.mutex_a.at);
  return ev.DONE;
}

export function* exits_with_lock(d: Ptr): Proc<number> {
  yield mutex_lock(d + demo.mutex_a.at);
  yield write(d + demo.seen, exitThread(1));
  yield mutex_unlock(d + demo.mutex_a.at);
  return ev.DONE;
}
