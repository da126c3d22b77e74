/**
 * A lock whose waiters stand in line only for so long: whoever is at the head of an optimistic spin
 * queue (osq_queue.ts) polls the lock word, the others poll their nodes, as Linux's mutex does
 * before it sleeps. Who polls its node in vain for too long, because somebody before it does not
 * run, leaves the queue and polls the lock word too, with pauses.
 */

import {
  cmpxchg,
  cpu_relax,
  delay,
  type Proc,
  type Ptr,
  READ_ONCE,
  read,
  smp_store_release,
} from '#ops';
import { struct, word, words } from '../memory/layout.ts';
import { type ExclusiveLock, type LockSetup, UNFAIR } from './algorithm.ts';
import { drop_node, queued, take_node } from './node.ts';
import { osq_lock, osq_unlock } from './osq_queue.ts';
import { LINE } from './self.ts';

const osq_lock_t = struct('osq_lock', {
  val: word('0 free, 1 held'),
  line: words(LINE - 1, 'unused'),
  tail: word('node of the last in line, 0 none'),
  line2: words(LINE - 1, 'unused'),
  polls: word('looks in vain before one leaves the queue', 'const'),
});

const POLLS = 1000;
/** Of about 25 ns, between two looks of one that left. */
const PAUSES = 16;

function setUp({ lock, poke }: LockSetup): void {
  poke(lock + osq_lock_t.polls, POLLS);
}

function* osq_lock_lock(lock: Ptr, self: Ptr): Proc<void> {
  const val = lock + osq_lock_t.val;
  // 0 -> 1: taken
  if ((yield cmpxchg(val, 0, 1)) === 0) return;
  yield* queued(self);
  const node = yield* take_node(self, lock);
  const polls = yield read(lock + osq_lock_t.polls);
  const head = yield* osq_lock(lock + osq_lock_t.tail, node, polls);
  // 0 -> 1: taken; others may have come past the queue
  while ((yield READ_ONCE(val)) !== 0 || (yield cmpxchg(val, 0, 1)) !== 0) {
    if (head === 0) yield delay(PAUSES);
    yield cpu_relax();
  }
  if (head !== 0) yield* osq_unlock(lock + osq_lock_t.tail, node);
  yield* drop_node(node);
}

function* osq_lock_unlock(lock: Ptr, _self: Ptr): Proc<void> {
  // 1 -> 0
  yield smp_store_release(lock + osq_lock_t.val, 0);
}

function* osq_lock_trylock(lock: Ptr, _self: Ptr): Proc<number> {
  return (yield cmpxchg(lock + osq_lock_t.val, 0, 1)) === 0 ? 1 : 0;
}

export const osq: ExclusiveLock = Object.freeze({
  id: 'osq',
  title: 'optimistic spin queue that waiters can leave',
  kind: 'exclusive',
  source: 'Linux 6.12 kernel/locking/osq_lock.c, mutex.c',
  waiting: 'spins',
  fairness: UNFAIR,
  memory: osq_lock_t,
  setup: setUp,
  budget: Object.freeze({ at: osq_lock_t.polls, explored: 1, threads: POLLS }),
  atomics: 2,
  procedures: Object.freeze({
    lock: osq_lock_lock,
    unlock: osq_lock_unlock,
    trylock: osq_lock_trylock,
  }),
});
