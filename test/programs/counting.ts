/** Programs whose schedules can be counted by hand, and litmus tests. */
import {
  atomic_fetch_add,
  choose,
  complete,
  ghost_write,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  read,
  wait_for_completion,
  write,
} from '#ops';
import { DONE } from './done.ts';
import { shared } from './structs.ts';

/** So many writes of one word. */
export function* touch(word: Ptr, count: number): Proc<number> {
  for (let i = 0; i < count; i++) yield write(word, i);
  return DONE;
}

/** So many lock sections with nothing in them. */
export function* sections(lock: Ptr, count: number): Proc<number> {
  for (let i = 0; i < count; i++) {
    yield mutex_lock(lock);
    yield mutex_unlock(lock);
  }
  return DONE;
}

export function* adds(word: Ptr, count: number): Proc<number> {
  for (let i = 0; i < count; i++) yield atomic_fetch_add(word, 1);
  return DONE;
}

/** Steps before, one step inside and steps after a lock section. */
export function* around(at: Ptr, before: number, after: number): Proc<number> {
  for (let i = 0; i < before; i++) yield write(at + shared.a, i);
  yield mutex_lock(at + shared.m.at);
  yield write(at + shared.b, 1);
  yield mutex_unlock(at + shared.m.at);
  for (let i = 0; i < after; i++) yield write(at + shared.a, i);
  return DONE;
}

export function* completes(at: Ptr, before: number, after: number): Proc<number> {
  for (let i = 0; i < before; i++) yield write(at + shared.a, i);
  yield complete(at + shared.ended.at);
  for (let i = 0; i < after; i++) yield write(at + shared.a, i);
  return DONE;
}

export function* awaits(at: Ptr, after: number): Proc<number> {
  yield wait_for_completion(at + shared.ended.at);
  for (let i = 0; i < after; i++) yield write(at + shared.a, i);
  return DONE;
}

export function* chooses(word: Ptr, count: number): Proc<number> {
  const answer = yield choose(count);
  yield write(word, answer);
  return DONE;
}

/** One reader of readers(N): what it saw goes to a word of its own. */
export function* reads_once(word: Ptr, out: Ptr): Proc<number> {
  const seen = yield read(word);
  yield ghost_write(out, seen);
  return DONE;
}

/** One thread of a litmus test: two accesses, each `kind` 0 none, 1 write of value, 2 read. */
export function* litmus(
  out: Ptr,
  kind1: number,
  word1: Ptr,
  value1: number,
  kind2: number,
  word2: Ptr,
  value2: number,
): Proc<number> {
  if (kind1 === 1) yield write(word1, value1);
  else yield ghost_write(out, yield read(word1));
  if (kind2 === 1) yield write(word2, value2);
  else if (kind2 === 2) yield ghost_write(out + 1, yield read(word2));
  return DONE;
}
