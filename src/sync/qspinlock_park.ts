/**
 * Queued spinlock that survives more threads than CPUs: the word and the queue of qspinlock, with
 * the waiting of its paravirtual form (kernel/locking/qspinlock_paravirt.h), written anew for
 * threads that sleep on a futex. Who finds it held polls for a while and takes it when it is free,
 * past those in the queue; who polls in vain for too long (the holder is not running) queues and
 * sleeps, so that its CPU is free for the holder. The head of the queue, when awake, sets the
 * pending bit: nobody passes it from then on, so each sleeper's wake-up brings it in. A head that
 * polls in vain too clears the bit and sleeps on the word, which says so: the release wakes it.
 *
 * What differs from Linux: a running thread polls before it queues even while the head is at the
 * door (there it would queue at once): a queue in which some run and some sleep makes those who run
 * wait for a wake-up at every hand-over. There is no pending waiter without a node. With as many
 * CPUs as threads hardly anybody ever queues: first come, first served is not promised.
 */

import {
  atomic_fetch_and,
  atomic_fetch_or,
  cmpxchg,
  cpu_relax,
  futex_wait,
  futex_wake,
  type Proc,
  type Ptr,
  READ_ONCE,
  read,
  WRITE_ONCE,
  write,
  xchg,
} from '#ops';
import { struct, word, words } from '../memory/layout.ts';
import { type ExclusiveLock, type LockSetup, UNFAIR } from './algorithm.ts';
import { successor } from './mcs.ts';
import { drop_node, queued, take_node } from './node.ts';
import {
  LOCKED,
  LOCKED_MASK,
  node_at,
  PENDING,
  TAIL_MASK,
  tail_of,
  xchg_tail,
} from './qspinlock_word.ts';
import { LINE, lock_node } from './self.ts';

const qspinlock_park_t = struct('qspinlock_park', {
  val: word('as in qspinlock; locked byte 3: held, and the head of the queue sleeps'),
  line: words(LINE - 1, 'unused'),
  polls: word('looks in vain before one sleeps', 'const'),
});

/** The locked byte while the head of the queue sleeps on the word. */
const SLOW = 3;
/** Polled word of a node: it waits, it sleeps; 0 it may go. */
const WAITS = 1;
const SLEEPS = 2;
const POLLS = 1000;

function setUp({ lock, poke }: LockSetup): void {
  poke(lock + qspinlock_park_t.polls, POLLS);
}

function* park_lock(lock: Ptr, self: Ptr): Proc<void> {
  const at = lock + qspinlock_park_t.val;
  // (0, 0, 0) -> (0, 0, 1)
  if ((yield cmpxchg(at, 0, LOCKED)) === 0) return;
  const polls = yield read(lock + qspinlock_park_t.polls);
  for (let i = 0; i < polls; i++) {
    const val = yield READ_ONCE(at);
    if ((val & (LOCKED_MASK | PENDING)) === 0) {
      // (x, 0, 0) -> (x, 0, 1): past the queue, whose head sleeps or has not come to the door
      if ((yield cmpxchg(at, val, val | LOCKED)) === val) return;
    }
    yield cpu_relax();
  }
  const node = yield* take_node(self, lock);
  yield write(node + lock_node.next, 0);
  yield write(node + lock_node.wait, WAITS);
  const tail = yield* tail_of(self, node);
  const old = yield* xchg_tail(lock, tail);
  yield* queued(self);
  if ((old & TAIL_MASK) !== 0) {
    const before = yield* node_at(self, old);
    yield WRITE_ONCE(before + lock_node.next, node);
    yield* wait_in_line(node, polls);
  }
  if ((yield* enter_as_head(at, tail, polls)) === 0) {
    yield* let_next_come(yield* successor(node));
  }
  yield* drop_node(node);
}

/** Until the one before has entered. */
function* wait_in_line(node: Ptr, polls: number): Proc<void> {
  const wait = node + lock_node.wait;
  for (let i = 0; i < polls; i++) {
    if ((yield READ_ONCE(wait)) === 0) return;
    yield cpu_relax();
  }
  // WAITS -> SLEEPS, unless it is our turn now
  if ((yield cmpxchg(wait, WAITS, SLEEPS)) !== WAITS) return;
  while ((yield READ_ONCE(wait)) !== 0) yield futex_wait(wait, SLEEPS);
}

function* let_next_come(next: Ptr): Proc<void> {
  // WAITS -> 0; SLEEPS -> 0 and woken
  if ((yield xchg(next + lock_node.wait, 0)) === SLEEPS) {
    yield futex_wake(next + lock_node.wait, 1);
  }
}

/** Head of the queue: 1 if nobody was behind as it entered. */
function* enter_as_head(at: Ptr, tail: number, polls: number): Proc<number> {
  for (;;) {
    // (x, 0, x) -> (x, 1, x): nobody passes
    let val = (yield atomic_fetch_or(at, PENDING)) | PENDING;
    let left = polls;
    while (left > 0) {
      if ((val & LOCKED_MASK) === 0) {
        const alone = (val & TAIL_MASK) === tail;
        // (tail, 1, 0) -> (0, 0, 1): nobody behind; (x, 1, 0) -> (x, 0, 1)
        const taken = alone ? LOCKED : (val & TAIL_MASK) | LOCKED;
        if ((yield cmpxchg(at, val, taken)) === val) return alone ? 1 : 0;
      } else {
        left -= 1;
        yield cpu_relax();
      }
      val = yield READ_ONCE(at);
    }
    if ((val & LOCKED_MASK) !== 0) {
      const slow = (val & ~(PENDING | LOCKED_MASK)) | SLOW;
      // (x, 1, 1) -> (x, 0, 3): the release wakes us
      if ((yield cmpxchg(at, val, slow)) === val) yield futex_wait(at, slow);
    }
  }
}

function* park_unlock(lock: Ptr, _self: Ptr): Proc<void> {
  const at = lock + qspinlock_park_t.val;
  // (x, x, 1) -> (x, x, 0); (x, 0, 3) -> (x, 0, 0), and the head of the queue comes to the door
  const val = yield atomic_fetch_and(at, ~LOCKED_MASK);
  if ((val & LOCKED_MASK) === SLOW) yield futex_wake(at, 1);
}

function* park_trylock(lock: Ptr, _self: Ptr): Proc<number> {
  const at = lock + qspinlock_park_t.val;
  const val = yield READ_ONCE(at);
  if ((val & (LOCKED_MASK | PENDING)) !== 0) return 0;
  // (x, 0, 0) -> (x, 0, 1)
  return (yield cmpxchg(at, val, val | LOCKED)) === val ? 1 : 0;
}

export const qspinlockPark: ExclusiveLock = Object.freeze({
  id: 'qspinlock-park',
  title: 'queued spinlock that sleeps when it polls in vain',
  kind: 'exclusive',
  source: 'after Linux 6.12 kernel/locking/qspinlock_paravirt.h',
  waiting: 'spins, then sleeps',
  fairness: UNFAIR,
  memory: qspinlock_park_t,
  setup: setUp,
  budget: Object.freeze({ at: qspinlock_park_t.polls, explored: 1, threads: POLLS }),
  atomics: 2,
  procedures: Object.freeze({ lock: park_lock, unlock: park_unlock, trylock: park_trylock }),
});
