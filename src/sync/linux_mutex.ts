/**
 * Linux's mutex (kernel/locking/mutex.c, 6.x), written anew: a word with the owner and three
 * flags, a list of sleepers behind a spinlock, and optimistic spinning: while the owner runs, one
 * waiter polls the word and the others stand in a queue behind it, and only then sleep. Whoever
 * runs may take a free mutex past the sleepers; the first sleeper that woke up in vain sets
 * HANDOFF, and the next release gives the mutex to it and nobody else.
 *
 * What differs: spinning ends after a number of polls (linux_mutex_spin.ts), at the head of the
 * queue as well; sleeping is a futex on the waiter's node, whose first extra word has its owner
 * word.
 */

import {
  BUG_ON,
  cmpxchg,
  cpu_relax,
  futex_wait,
  futex_wake,
  type Proc,
  type Ptr,
  READ_ONCE,
  read,
  smp_store_release,
  WRITE_ONCE,
  write,
  xchg,
} from '#ops';
import { struct, word, words } from '../memory/layout.ts';
import { type ExclusiveLock, type LockSetup, UNFAIR } from './algorithm.ts';
import {
  HANDOFF,
  handed_to,
  mutex_try,
  owner_of,
  spin_on_owner,
  WAITERS,
  without_flags,
} from './linux_mutex_spin.ts';
import { drop_node, queued, take_node } from './node.ts';
import { osq_lock, osq_unlock } from './osq_queue.ts';
import { LINE, lock_node } from './self.ts';

const linux_mutex_t = struct('linux_mutex', {
  owner: word('thread that holds it, from bit 3 on; WAITERS, HANDOFF, PICKUP'),
  line: words(LINE - 1, 'unused'),
  osq: word('node of the last that spins, 0 none'),
  line2: words(LINE - 1, 'unused'),
  wait_lock: word('0 free, 1 held: the list is being changed'),
  head: word('node of the first sleeper', 'read alone by itself; wait_lock'),
  tail: word('node of the last', 'wait_lock'),
  line3: words(LINE - 3, 'unused'),
  polls: word('looks in vain before one sleeps', 'const'),
});

const POLLS = 100;
const SLEEPS = 1;

function setUp({ lock, poke }: LockSetup): void {
  poke(lock + linux_mutex_t.polls, POLLS);
}

function* list_lock(lock: Ptr): Proc<void> {
  // 0 -> 1
  while ((yield xchg(lock + linux_mutex_t.wait_lock, 1)) !== 0) {
    while ((yield READ_ONCE(lock + linux_mutex_t.wait_lock)) !== 0) yield cpu_relax();
  }
}

function* list_unlock(lock: Ptr): Proc<void> {
  // 1 -> 0
  yield smp_store_release(lock + linux_mutex_t.wait_lock, 0);
}

function* linux_mutex_lock(lock: Ptr, self: Ptr): Proc<void> {
  const owner = lock + linux_mutex_t.owner;
  const me = yield* owner_of(self);
  // 0 -> me
  if ((yield cmpxchg(owner, 0, me)) === 0) return;
  const polls = yield read(lock + linux_mutex_t.polls);
  const node = yield* take_node(self, lock);
  if ((yield* optimistic(lock, node, me, polls)) === 0) {
    yield* list_lock(lock);
    if ((yield* mutex_try(owner, me, 0)) === 0) yield* sleep_for_it(lock, self, node, me, polls);
    yield* list_unlock(lock);
  }
  yield* drop_node(node);
}

/** 1: taken while it was polled. */
function* optimistic(lock: Ptr, node: Ptr, me: number, polls: number): Proc<number> {
  const osq = lock + linux_mutex_t.osq;
  if ((yield* osq_lock(osq, node, polls)) === 0) return 0;
  const taken = yield* spin_on_owner(lock + linux_mutex_t.owner, me, polls);
  yield* osq_unlock(osq, node);
  return taken;
}

/** Called and left with wait_lock held. */
function* sleep_for_it(lock: Ptr, self: Ptr, node: Ptr, me: number, polls: number): Proc<void> {
  const owner = lock + linux_mutex_t.owner;
  yield* add_waiter(lock, node, me);
  yield* queued(self);
  while ((yield* mutex_try(owner, me, 0)) === 0) {
    yield* list_unlock(lock);
    while ((yield READ_ONCE(node + lock_node.wait)) === SLEEPS) {
      yield futex_wait(node + lock_node.wait, SLEEPS);
    }
    const first = (yield READ_ONCE(lock + linux_mutex_t.head)) === node ? 1 : 0;
    // A wake-up from here on is not lost.
    yield WRITE_ONCE(node + lock_node.wait, SLEEPS);
    let taken = yield* mutex_try(owner, me, first);
    if (taken === 0 && first !== 0) taken = yield* spin_on_owner(owner, me, polls);
    yield* list_lock(lock);
    if (taken !== 0) break;
  }
  yield* remove_waiter(lock, node, me);
}

function* add_waiter(lock: Ptr, node: Ptr, me: number): Proc<void> {
  yield write(node + lock_node.next, 0);
  yield write(node + lock_node.extra.at, me);
  yield write(node + lock_node.wait, SLEEPS);
  const last = yield read(lock + linux_mutex_t.tail);
  yield write(node + lock_node.prev, last);
  yield write(lock + linux_mutex_t.tail, node);
  if (last !== 0) {
    yield write(last + lock_node.next, node);
    return;
  }
  yield WRITE_ONCE(lock + linux_mutex_t.head, node);
  const owner = lock + linux_mutex_t.owner;
  // x -> x|WAITERS: the release will look at the list
  let old = yield READ_ONCE(owner);
  while ((yield cmpxchg(owner, old, old | WAITERS)) !== old) old = yield READ_ONCE(owner);
}

/** We hold the mutex; flags that are for nobody go with the last waiter. */
function* remove_waiter(lock: Ptr, node: Ptr, me: number): Proc<void> {
  const next = yield read(node + lock_node.next);
  const before = yield read(node + lock_node.prev);
  if (next === 0) yield write(lock + linux_mutex_t.tail, before);
  else yield write(next + lock_node.prev, before);
  if (before !== 0) yield write(before + lock_node.next, next);
  else yield WRITE_ONCE(lock + linux_mutex_t.head, next);
  // me|flags -> me; others can add nothing: HANDOFF is set by a waiter, WAITERS under wait_lock.
  if (next === 0 && before === 0) yield smp_store_release(lock + linux_mutex_t.owner, me);
}

function* linux_mutex_unlock(lock: Ptr, self: Ptr): Proc<void> {
  const owner = lock + linux_mutex_t.owner;
  const me = yield* owner_of(self);
  // me -> 0
  let old = yield cmpxchg(owner, me, 0);
  if (old === me) return;
  while ((old & HANDOFF) === 0) {
    // me|WAITERS -> WAITERS: free for whoever is first
    const seen = yield cmpxchg(owner, old, old - without_flags(old));
    if (seen === old) break;
    old = seen;
  }
  yield* list_lock(lock);
  const first = yield read(lock + linux_mutex_t.head);
  if ((old & HANDOFF) !== 0) {
    // Who asked for it still waits.
    yield BUG_ON(first === 0 ? 1 : 0);
    const next = yield read(first + lock_node.extra.at);
    // me|WAITERS|HANDOFF -> next|WAITERS|PICKUP
    yield smp_store_release(owner, handed_to(old, next));
  }
  if (first !== 0) yield WRITE_ONCE(first + lock_node.wait, 0);
  yield* list_unlock(lock);
  if (first !== 0) yield futex_wake(first + lock_node.wait, 1);
}

function* linux_mutex_trylock(lock: Ptr, self: Ptr): Proc<number> {
  const me = yield* owner_of(self);
  return yield* mutex_try(lock + linux_mutex_t.owner, me, 0);
}

export const linuxMutex: ExclusiveLock = Object.freeze({
  id: 'linux-mutex',
  title: 'Linux mutex with hand-off and optimistic spinning',
  kind: 'exclusive',
  source: 'Linux 6.x kernel/locking/mutex.c',
  waiting: 'spins, then sleeps',
  fairness: UNFAIR,
  memory: linux_mutex_t,
  setup: setUp,
  budget: Object.freeze({ at: linux_mutex_t.polls, explored: 1, threads: POLLS }),
  atomics: 2,
  procedures: Object.freeze({
    lock: linux_mutex_lock,
    unlock: linux_mutex_unlock,
    trylock: linux_mutex_trylock,
  }),
});
