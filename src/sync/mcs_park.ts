/**
 * MCS queue lock (Mellor-Crummey & Scott 1991, §2.4) whose waiters sleep once they polled their
 * node in vain for a while; the hand-over wakes who sleeps. Strictly first come, first served, so
 * that a sleeper in the queue costs a wake-up each time: the price of order.
 */

import {
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
import { type ExclusiveLock, FIFO, type LockSetup } from './algorithm.ts';
import { drop_node, node_of, queued, take_node } from './node.ts';
import { LINE, lock_node } from './self.ts';

const mcs_park_t = struct('mcs_park', {
  tail: word('node of the last in line, 0 free'),
  line: words(LINE - 1, 'unused'),
  polls: word('looks in vain before one sleeps', 'const'),
});

/** What a node polls: its turn, it polls, it sleeps. */
const GO = 0;
const POLLING = 1;
const SLEEPING = 2;
const POLLS = 100;

function setUp({ lock, poke }: LockSetup): void {
  poke(lock + mcs_park_t.polls, POLLS);
}

function* mcs_park_lock(lock: Ptr, self: Ptr): Proc<void> {
  const node = yield* take_node(self, lock);
  const wait = node + lock_node.wait;
  yield write(node + lock_node.next, 0);
  yield write(wait, POLLING);
  // 0 -> node: taken; p -> node: behind p
  const before = yield xchg(lock + mcs_park_t.tail, node);
  yield* queued(self);
  if (before === 0) return;
  yield WRITE_ONCE(before + lock_node.next, node);
  const polls = yield read(lock + mcs_park_t.polls);
  for (let i = 0; i < polls; i++) {
    if ((yield READ_ONCE(wait)) === GO) return;
    yield cpu_relax();
  }
  // POLLING -> SLEEPING, unless it is our turn now
  if ((yield cmpxchg(wait, POLLING, SLEEPING)) === GO) return;
  while ((yield READ_ONCE(wait)) !== GO) yield futex_wait(wait, SLEEPING);
}

function* mcs_park_unlock(lock: Ptr, self: Ptr): Proc<void> {
  const node = yield* node_of(self, lock);
  let next = yield READ_ONCE(node + lock_node.next);
  // node -> 0: nobody came
  if (next === 0 && (yield cmpxchg(lock + mcs_park_t.tail, node, 0)) !== node) {
    next = yield READ_ONCE(node + lock_node.next);
    // Somebody has the place behind and is about to link itself.
    while (next === 0) {
      yield cpu_relax();
      next = yield READ_ONCE(node + lock_node.next);
    }
  }
  yield* drop_node(node);
  if (next === 0) return;
  // POLLING -> GO; SLEEPING -> GO and woken
  if ((yield xchg(next + lock_node.wait, GO)) === SLEEPING) {
    yield futex_wake(next + lock_node.wait, 1);
  }
}

function* mcs_park_trylock(lock: Ptr, self: Ptr): Proc<number> {
  const node = yield* take_node(self, lock);
  yield write(node + lock_node.next, 0);
  // 0 -> node
  if ((yield cmpxchg(lock + mcs_park_t.tail, 0, node)) === 0) return 1;
  yield* drop_node(node);
  return 0;
}

export const mcsPark: ExclusiveLock = Object.freeze({
  id: 'mcs-park',
  title: 'MCS that polls, then sleeps',
  kind: 'exclusive',
  source: 'Mellor-Crummey & Scott 1991, 2.4; locks.md 2.2',
  waiting: 'spins, then sleeps',
  fairness: FIFO,
  memory: mcs_park_t,
  setup: setUp,
  budget: Object.freeze({ at: mcs_park_t.polls, explored: 1, threads: POLLS }),
  atomics: 3,
  procedures: Object.freeze({
    lock: mcs_park_lock,
    unlock: mcs_park_unlock,
    trylock: mcs_park_trylock,
  }),
});
