/**
 * Malthusian MCS lock (Dice, Malthusian Locks, EuroSys 2017): a release that finds more than one
 * waiting takes the first of them out of the queue and puts it on a passive list, where it sleeps;
 * the lock circulates among few, who run. When nobody is left in the queue, and after so many
 * releases at the latest, the eldest of the passive goes next.
 *
 * The paper takes the youngest when the queue is empty and the eldest for fairness, which comes at
 * random; here the eldest always, and after a count, to be replayed. A waiter is told by its polled
 * word that it is passive; who is not told polls for a while and then sleeps too. With short
 * sections the queue is empty for a moment at most releases: one who runs is waited for about as
 * long as a wake-up takes, or every release would pay for one.
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
import { type ExclusiveLock, type LockSetup, UNFAIR } from './algorithm.ts';
import { mcs_trylock, successor } from './mcs.ts';
import { drop_node, node_of, queued, take_node } from './node.ts';
import { LINE, lock_node } from './self.ts';

const malthusian_lock_t = struct('malthusian_lock', {
  tail: word('node of the last in line, 0 free'),
  line: words(LINE - 1, 'unused'),
  eldest: word('first of the passive nodes, linked by `prev`; 0 none', 'the lock'),
  youngest: word('last of them', 'the lock'),
  since: word('releases since the last of them came back', 'the lock'),
  every: word('so many at most; and so many polls before one sleeps', 'const'),
});

/** Polled word of a node: it may go, it polls, it sleeps or is told to. */
const GO = 0;
const ACTIVE = 1;
const ASLEEP = 2;
const EVERY = 1000;

function setUp({ lock, poke }: LockSetup): void {
  poke(lock + malthusian_lock_t.every, EVERY);
}

function* malthusian_lock(lock: Ptr, self: Ptr): Proc<void> {
  const node = yield* take_node(self, lock);
  yield write(node + lock_node.next, 0);
  yield write(node + lock_node.wait, ACTIVE);
  // 0 -> node: taken; p -> node: behind p
  const before = yield xchg(lock + malthusian_lock_t.tail, node);
  yield* queued(self);
  if (before === 0) return;
  yield WRITE_ONCE(before + lock_node.next, node);
  let left = yield read(lock + malthusian_lock_t.every);
  let wait = yield READ_ONCE(node + lock_node.wait);
  while (wait !== GO) {
    if (wait === ASLEEP) yield futex_wait(node + lock_node.wait, ASLEEP);
    // ACTIVE -> ASLEEP: the one before does not run, and may want this CPU
    else if (left === 0) yield cmpxchg(node + lock_node.wait, ACTIVE, ASLEEP);
    else yield cpu_relax();
    if (left > 0) left -= 1;
    wait = yield READ_ONCE(node + lock_node.wait);
  }
}

function* malthusian_unlock(lock: Ptr, self: Ptr): Proc<void> {
  const node = yield* node_of(self, lock);
  let next = yield READ_ONCE(node + lock_node.next);
  const passive = yield read(lock + malthusian_lock_t.eldest);
  if (next === 0 && passive !== 0) next = yield* await_active(lock, node);
  if (passive !== 0 && (yield* passive_is_due(lock, next)) !== 0) {
    yield* hand_to_eldest(lock, node, next);
  } else if (next !== 0 || (yield cmpxchg(lock + malthusian_lock_t.tail, node, 0)) !== node) {
    // (The exchange, node -> 0: nobody came.)
    if (next === 0) next = yield* successor(node);
    const after = yield READ_ONCE(next + lock_node.next);
    if (after !== 0) {
      yield* make_passive(lock, next);
      next = after;
    }
    yield* let_go(next);
  }
  yield* drop_node(node);
}

/** One who comes before a sleeper would be awake, or 0. */
function* await_active(lock: Ptr, node: Ptr): Proc<Ptr> {
  const polls = yield read(lock + malthusian_lock_t.every);
  for (let i = 0; i < polls; i++) {
    const next = yield READ_ONCE(node + lock_node.next);
    if (next !== 0) return next;
    yield cpu_relax();
  }
  return 0;
}

function* passive_is_due(lock: Ptr, next: Ptr): Proc<number> {
  const since = (yield read(lock + malthusian_lock_t.since)) + 1;
  const due = next === 0 || since >= (yield read(lock + malthusian_lock_t.every)) ? 1 : 0;
  yield write(lock + malthusian_lock_t.since, due !== 0 ? 0 : since);
  return due;
}

/** The eldest of the passive comes back to the head of the queue. */
function* hand_to_eldest(lock: Ptr, node: Ptr, next: Ptr): Proc<void> {
  const eldest = yield read(lock + malthusian_lock_t.eldest);
  yield write(lock + malthusian_lock_t.eldest, yield read(eldest + lock_node.prev));
  let behind = next;
  if (behind === 0) {
    yield WRITE_ONCE(eldest + lock_node.next, 0);
    // node -> eldest: nobody is in the queue
    if ((yield cmpxchg(lock + malthusian_lock_t.tail, node, eldest)) === node) {
      yield* let_go(eldest);
      return;
    }
    behind = yield* successor(node);
  }
  yield WRITE_ONCE(eldest + lock_node.next, behind);
  yield* let_go(eldest);
}

function* make_passive(lock: Ptr, node: Ptr): Proc<void> {
  yield write(node + lock_node.prev, 0);
  if ((yield read(lock + malthusian_lock_t.eldest)) === 0) {
    yield write(lock + malthusian_lock_t.eldest, node);
  } else {
    yield write((yield read(lock + malthusian_lock_t.youngest)) + lock_node.prev, node);
  }
  yield write(lock + malthusian_lock_t.youngest, node);
  // ACTIVE -> ASLEEP
  yield WRITE_ONCE(node + lock_node.wait, ASLEEP);
}

function* let_go(node: Ptr): Proc<void> {
  // ACTIVE -> GO; ASLEEP -> GO, and it may sleep
  if ((yield xchg(node + lock_node.wait, GO)) === ASLEEP) {
    yield futex_wake(node + lock_node.wait, 1);
  }
}

export const malthusian: ExclusiveLock = Object.freeze({
  id: 'malthusian-mcs',
  title: 'Malthusian MCS',
  kind: 'exclusive',
  source: 'Dice, Malthusian Locks, EuroSys 2017',
  waiting: 'spins, then sleeps',
  fairness: UNFAIR,
  memory: malthusian_lock_t,
  setup: setUp,
  budget: Object.freeze({ at: malthusian_lock_t.every, explored: 1, threads: EVERY }),
  atomics: 3,
  procedures: Object.freeze({
    lock: malthusian_lock,
    unlock: malthusian_unlock,
    trylock: mcs_trylock,
  }),
});
