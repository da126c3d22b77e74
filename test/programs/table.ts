/** A procedure that runs a table of instructions lying in memory: random programs are data. */
import {
  atomic_fetch_add,
  BUG_ON,
  choose,
  cmpxchg,
  complete,
  cpu_relax,
  down_read,
  down_write,
  finish_wait,
  GFP_ATOMIC,
  ghost_add,
  ghost_read,
  ghost_write,
  kfree,
  kzalloc,
  msleep,
  mutex_lock,
  mutex_trylock,
  mutex_unlock,
  type Proc,
  type Ptr,
  prepare_to_wait,
  read,
  schedule,
  spin_lock,
  spin_lock_irqsave,
  spin_unlock,
  spin_unlock_irqrestore,
  up_read,
  up_write,
  wait_for_completion,
  wake_up,
  write,
  xchg,
} from '#ops';
import { DONE } from './done.ts';
import { arena, piece } from './structs.ts';
import { CODE, CODE_WORDS } from './table_code.ts';

/** Runs `count` instructions from `first` on; what it accumulated ends in `result[me]`. */
export function* interpret(at: Ptr, first: number, count: number, me: number): Proc<number> {
  let acc = 0;
  for (let i = 0; i < count; i++) {
    const code = at + arena.code.at + (first + i) * CODE_WORDS;
    const kind = yield ghost_read(code);
    const x = yield ghost_read(code + 1);
    const y = yield ghost_read(code + 2);
    const z = yield ghost_read(code + 3);
    if (kind <= CODE.CMPXCHG) acc = yield* access(at + arena.word.at + x, kind, y, z, acc);
    else if (kind <= CODE.UP_WRITE) yield* lock(at, kind);
    else if (kind <= CODE.FREE) acc = yield* objects(at, at + arena.word.at + x, kind, acc);
    else if (kind <= CODE.CHOOSE) acc = yield* bookkeeping(at + arena.ghost.at + x, kind, y, acc);
    else acc = yield* waiting(at, at + arena.word.at + x, kind, y, acc);
  }
  yield ghost_write(at + arena.result.at + me, acc);
  return DONE;
}

function* access(word: Ptr, kind: number, y: number, z: number, acc: number): Proc<number> {
  switch (kind) {
    case CODE.READ:
      return yield read(word);
    case CODE.WRITE:
      yield write(word, y);
      return acc;
    case CODE.STORE:
      yield write(word, acc + y);
      return acc;
    case CODE.ADD:
      return yield atomic_fetch_add(word, y);
    default:
      return yield cmpxchg(word, y, z);
  }
}

function* lock(at: Ptr, kind: number): Proc<void> {
  switch (kind) {
    case CODE.SPIN_LOCK:
      yield spin_lock(at + arena.lock0.at);
      break;
    case CODE.SPIN_UNLOCK:
      yield spin_unlock(at + arena.lock0.at);
      break;
    case CODE.MUTEX_LOCK:
      yield mutex_lock(at + arena.lock1.at);
      break;
    case CODE.MUTEX_UNLOCK:
      yield mutex_unlock(at + arena.lock1.at);
      break;
    case CODE.DOWN_READ:
      yield down_read(at + arena.sem.at);
      break;
    case CODE.UP_READ:
      yield up_read(at + arena.sem.at);
      break;
    case CODE.DOWN_WRITE:
      yield down_write(at + arena.sem.at);
      break;
    default:
      yield up_write(at + arena.sem.at);
  }
}

function* objects(at: Ptr, word: Ptr, kind: number, acc: number): Proc<number> {
  if (kind === CODE.TRYLOCK) {
    if ((yield mutex_trylock(at + arena.lock1.at)) === 0) return 0;
    const old = yield atomic_fetch_add(word, 1);
    yield mutex_unlock(at + arena.lock1.at);
    return old;
  }
  if (kind === CODE.ALLOC) {
    const made = yield kzalloc(piece.typeid, GFP_ATOMIC);
    const before = yield xchg(word, made);
    if (before !== 0) yield kfree(before);
    return acc;
  }
  if (kind === CODE.USE) {
    const found = yield read(word);
    return found === 0 ? -1 : yield read(found + piece.x);
  }
  const taken = yield xchg(word, 0);
  if (taken !== 0) yield kfree(taken);
  return acc;
}

function* bookkeeping(word: Ptr, kind: number, y: number, acc: number): Proc<number> {
  if (kind === CODE.GHOST_ADD) yield ghost_add(word, y);
  else if (kind === CODE.GHOST_READ) return yield ghost_read(word);
  else if (kind === CODE.GHOST_WRITE) yield ghost_write(word, acc + y);
  else return yield choose(y);
  return acc;
}

function* waiting(at: Ptr, word: Ptr, kind: number, y: number, acc: number): Proc<number> {
  switch (kind) {
    case CODE.COMPLETE:
      yield complete(at + arena.done.at);
      break;
    case CODE.AWAIT:
      yield wait_for_completion(at + arena.done.at);
      break;
    case CODE.WAKE:
      yield wake_up(at + arena.queue.at);
      break;
    case CODE.SLEEP_UNTIL:
      yield prepare_to_wait(at + arena.queue.at);
      while ((yield read(word)) === 0) {
        yield schedule();
        yield prepare_to_wait(at + arena.queue.at);
      }
      yield finish_wait(at + arena.queue.at);
      break;
    case CODE.BUG_IF:
      yield BUG_ON(acc === y ? 1 : 0);
      break;
    case CODE.MSLEEP:
      yield msleep(y);
      break;
    case CODE.SPIN_UNTIL:
      while ((yield read(word)) === 0) yield cpu_relax();
      break;
    default: {
      yield spin_lock_irqsave(at + arena.lock0.at);
      const old = yield read(word);
      yield write(word, old + y);
      yield spin_unlock_irqrestore(at + arena.lock0.at);
      return old;
    }
  }
  return acc;
}
