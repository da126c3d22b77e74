/** SCTBench programs with condition variables (engines.md 3.4: 2, 5, 14, 15). */
import {
  BUG_ON,
  complete,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  read,
  wait_for_completion,
  wake_up,
  write,
} from '#ops';
import { cond_wait } from './condvar.ts';
import { DONE } from './done.ts';
import { ring, shared } from './structs.ts';

/** arithmetic_prog_bad: a buffer of one. a = items in it, b = total, c = flag. */
export function* arithmetic_produce(at: Ptr): Proc<number> {
  for (let i = 0; i < 3; i++) {
    yield mutex_lock(at + shared.m.at);
    while ((yield read(at + shared.a)) > 0)
      yield* cond_wait(at + shared.empty.at, at + shared.m.at);
    yield write(at + shared.a, (yield read(at + shared.a)) + 1);
    yield mutex_unlock(at + shared.m.at);
    yield wake_up(at + shared.full.at);
  }
  yield complete(at + shared.ended.at);
  return DONE;
}

export function* arithmetic_consume(at: Ptr): Proc<number> {
  for (let j = 0; j < 3; j++) {
    yield mutex_lock(at + shared.m.at);
    while ((yield read(at + shared.a)) === 0)
      yield* cond_wait(at + shared.full.at, at + shared.m.at);
    yield write(at + shared.b, (yield read(at + shared.b)) + j);
    yield write(at + shared.a, (yield read(at + shared.a)) - 1);
    yield mutex_unlock(at + shared.m.at);
    yield wake_up(at + shared.empty.at);
  }
  yield write(at + shared.b, (yield read(at + shared.b)) + 3);
  yield write(at + shared.c, 1);
  yield complete(at + shared.ended.at);
  return DONE;
}

/** Joins both and asserts that the total is not `wrong`: 6 is what it always is. */
export function* arithmetic_main(at: Ptr, wrong: number): Proc<number> {
  yield wait_for_completion(at + shared.ended.at);
  yield wait_for_completion(at + shared.ended.at);
  if ((yield read(at + shared.c)) !== 0) {
    yield BUG_ON((yield read(at + shared.b)) === wrong ? 1 : 0);
  }
  return DONE;
}

/** circular_buffer_bad: a = send (from 1), b = receive; an iteration in the wrong turn is lost. */
export function* circular_send(at: Ptr, buffer: Ptr, count: number): Proc<number> {
  for (let i = 0; i < count; i++) {
    yield mutex_lock(at + shared.m.at);
    if ((yield read(at + shared.a)) !== 0) {
      const next = yield read(buffer + ring.next);
      yield write(buffer + ring.slot.at + next, i);
      yield write(buffer + ring.next, (next + 1) % 10);
      yield write(at + shared.a, 0);
      yield write(at + shared.b, 1);
    }
    yield mutex_unlock(at + shared.m.at);
  }
  return DONE;
}

export function* circular_receive(at: Ptr, buffer: Ptr, count: number): Proc<number> {
  for (let i = 0; i < count; i++) {
    yield mutex_lock(at + shared.m.at);
    if ((yield read(at + shared.b)) !== 0) {
      const first = yield read(buffer + ring.first);
      const empty = first === (yield read(buffer + ring.next));
      const value = empty ? -1 : yield read(buffer + ring.slot.at + first);
      yield write(buffer + ring.first, (first + 1) % 10);
      yield BUG_ON(value !== i ? 1 : 0);
      yield write(at + shared.b, 0);
      yield write(at + shared.a, 1);
    }
    yield mutex_unlock(at + shared.m.at);
  }
  return DONE;
}

/** sync01_bad: a = num (starts 1). */
export function* sync01_put(at: Ptr): Proc<number> {
  yield mutex_lock(at + shared.m.at);
  while ((yield read(at + shared.a)) > 0) yield* cond_wait(at + shared.empty.at, at + shared.m.at);
  yield write(at + shared.a, (yield read(at + shared.a)) + 1);
  yield mutex_unlock(at + shared.m.at);
  yield wake_up(at + shared.full.at);
  return DONE;
}

/** `by` is what it takes: 0 is the bug. */
export function* sync01_take(at: Ptr, by: number): Proc<number> {
  yield mutex_lock(at + shared.m.at);
  while ((yield read(at + shared.a)) === 0) yield* cond_wait(at + shared.full.at, at + shared.m.at);
  yield write(at + shared.a, (yield read(at + shared.a)) - by);
  yield mutex_unlock(at + shared.m.at);
  yield wake_up(at + shared.empty.at);
  return DONE;
}

/** sync02_bad: a = num (starts 2): two puts, each of which waits for an empty buffer. */
export function* sync02_produce(at: Ptr): Proc<number> {
  for (let i = 0; i < 2; i++) {
    yield mutex_lock(at + shared.m.at);
    while ((yield read(at + shared.a)) > 0)
      yield* cond_wait(at + shared.empty.at, at + shared.m.at);
    yield write(at + shared.a, (yield read(at + shared.a)) + 1);
    yield mutex_unlock(at + shared.m.at);
    yield wake_up(at + shared.full.at);
  }
  return DONE;
}

export function* sync02_consume(at: Ptr): Proc<number> {
  for (let i = 0; i < 2; i++) {
    yield mutex_lock(at + shared.m.at);
    while ((yield read(at + shared.a)) === 0)
      yield* cond_wait(at + shared.full.at, at + shared.m.at);
    yield write(at + shared.a, (yield read(at + shared.a)) - 1);
    yield mutex_unlock(at + shared.m.at);
    yield wake_up(at + shared.empty.at);
  }
  return DONE;
}
