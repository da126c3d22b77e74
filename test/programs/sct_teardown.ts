/** Teardown under somebody's feet: pbzip2's queue, ctrace's tables (engines.md 3.4: 24, 25). */
import {
  complete,
  kfree,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  read,
  wait_for_completion,
  wake_up_all,
  write,
} from '#ops';
import { cond_wait } from './condvar.ts';
import { DONE } from './done.ts';
import { shared, trace_table, tracer, work_queue } from './structs.ts';

/** pbzip2: takes blocks until there are none and the producer is done. */
export function* bzip_consume(queue: Ptr, at: Ptr): Proc<number> {
  let more = 1;
  while (more !== 0) {
    yield mutex_lock(queue + work_queue.m.at);
    while ((yield read(queue + work_queue.items)) === 0) {
      if ((yield read(queue + work_queue.done)) !== 0) break;
      yield* cond_wait(queue + work_queue.more.at, queue + work_queue.m.at);
    }
    const items = yield read(queue + work_queue.items);
    if (items > 0) yield write(queue + work_queue.items, items - 1);
    else more = 0;
    yield mutex_unlock(queue + work_queue.m.at);
  }
  yield complete(at + shared.ended.at);
  return DONE;
}

/** The producer, then the teardown; `joined` consumers are waited for (0: the bug). */
export function* bzip_main(queue: Ptr, at: Ptr, blocks: number, joined: number): Proc<number> {
  for (let i = 0; i < blocks; i++) {
    yield mutex_lock(queue + work_queue.m.at);
    yield write(queue + work_queue.items, (yield read(queue + work_queue.items)) + 1);
    yield wake_up_all(queue + work_queue.more.at);
    yield mutex_unlock(queue + work_queue.m.at);
  }
  yield mutex_lock(queue + work_queue.m.at);
  yield write(queue + work_queue.done, 1);
  yield wake_up_all(queue + work_queue.more.at);
  yield mutex_unlock(queue + work_queue.m.at);
  for (let i = 0; i < joined; i++) yield wait_for_completion(at + shared.ended.at);
  yield kfree(queue);
  return DONE;
}

/** ctrace: a traced thread prints one line and leaves the table. */
export function* ctrace_thread(at: Ptr, me: number, checked: number): Proc<number> {
  if ((yield read(at + tracer.on)) === 0) return DONE;
  const table = yield read(at + tracer.table);
  if (checked !== 0 && table === 0) return DONE;
  yield mutex_lock(table + trace_table.m.at);
  const level = yield read(table + trace_table.entries.at + me);
  if (level > 0) yield write(at + tracer.lines, (yield read(at + tracer.lines)) + 1);
  yield write(table + trace_table.entries.at + me, 0);
  yield mutex_unlock(table + trace_table.m.at);
  return DONE;
}

/** Thread 1 calls the library's global shutdown; nobody asks who is still inside. */
export function* ctrace_shutdown(at: Ptr, me: number): Proc<number> {
  yield* ctrace_thread(at, me, 0);
  const table = yield read(at + tracer.table);
  yield write(at + tracer.on, 0);
  yield write(at + tracer.table, 0);
  yield kfree(table);
  return DONE;
}

/** The twin: shuts down when the others have left. */
export function* ctrace_shutdown_last(at: Ptr, me: number, done: Ptr): Proc<number> {
  yield wait_for_completion(done);
  yield* ctrace_shutdown(at, me);
  return DONE;
}

export function* ctrace_leave(at: Ptr, me: number, done: Ptr): Proc<number> {
  yield* ctrace_thread(at, me, 1);
  yield complete(done);
  return DONE;
}
