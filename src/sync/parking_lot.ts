/**
 * Parking-lot mutex (WebKit's WTF::Lock, Rust's parking_lot): a word with two bits, held and
 * somebody parked; who parks stands in a queue beside it, which a small lock of its own protects.
 * Who is running may take a free lock past the queue, which keeps throughput up; every so often the
 * release does not free the lock but hands it to the first in the queue, so nobody starves.
 *
 * What differs: the queue belongs to the lock (a table of queues by address saves memory only).
 * Those hand over after a random time of up to 1 ms; here it is every so many wake-ups, as models
 * have no clock. The hand-off token is what the woken node reads.
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
  smp_store_release,
  write,
  xchg,
} from '#ops';
import { struct, word, words } from '../memory/layout.ts';
import { type ExclusiveLock, type LockSetup, UNFAIR } from './algorithm.ts';
import { drop_node, queued, take_node } from './node.ts';
import { LINE, lock_node } from './self.ts';

const parking_lot_t = struct('parking_lot', {
  val: word('bits HELD and PARKED'),
  line: words(LINE - 1, 'unused'),
  bucket: word('0 free, 1 held: the queue is being changed'),
  head: word('node of the first in the queue', 'bucket'),
  tail: word('node of the last', 'bucket'),
  barging: word('wake-ups since the lock was handed over', 'bucket'),
  line2: words(LINE - 4, 'unused'),
  patience: word('polls before one parks; wake-ups before one is a hand-over', 'const'),
});

const HELD = 1;
const PARKED = 2;
/** What a parked node reads: it sleeps, it may try again, the lock is its own. */
const SLEEPS = 1;
const TRY = 2;
const HANDED_OVER = 3;
/** WTF::Lock looks so often. */
const PATIENCE = 40;

function setUp({ lock, poke }: LockSetup): void {
  poke(lock + parking_lot_t.patience, PATIENCE);
}

function* bucket_lock(lock: Ptr): Proc<void> {
  // 0 -> 1
  while ((yield xchg(lock + parking_lot_t.bucket, 1)) !== 0) {
    while ((yield READ_ONCE(lock + parking_lot_t.bucket)) !== 0) yield cpu_relax();
  }
}

function* bucket_unlock(lock: Ptr): Proc<void> {
  // 1 -> 0
  yield smp_store_release(lock + parking_lot_t.bucket, 0);
}

function* parking_lot_lock(lock: Ptr, self: Ptr): Proc<void> {
  const val = lock + parking_lot_t.val;
  // 0 -> HELD
  if ((yield cmpxchg(val, 0, HELD)) === 0) return;
  const patience = yield read(lock + parking_lot_t.patience);
  let left = patience;
  for (;;) {
    const old = yield READ_ONCE(val);
    if ((old & HELD) === 0) {
      // 0 -> HELD, PARKED -> HELD|PARKED: past whoever is parked
      if ((yield cmpxchg(val, old, old | HELD)) === old) return;
    } else if ((old & PARKED) === 0 && left > 0) {
      left -= 1;
      yield cpu_relax();
      // HELD -> HELD|PARKED: the release will look at the queue
    } else if ((old & PARKED) !== 0 || (yield cmpxchg(val, HELD, HELD | PARKED)) === HELD) {
      if ((yield* park(lock, self)) === HANDED_OVER) return;
      left = patience;
    }
  }
}

/** Sleeps in the queue unless the lock was released meanwhile; what it was woken with. */
function* park(lock: Ptr, self: Ptr): Proc<number> {
  yield* bucket_lock(lock);
  if ((yield READ_ONCE(lock + parking_lot_t.val)) !== (HELD | PARKED)) {
    yield* bucket_unlock(lock);
    return TRY;
  }
  const node = yield* take_node(self, lock);
  const wait = node + lock_node.wait;
  yield write(node + lock_node.next, 0);
  yield write(wait, SLEEPS);
  const last = yield read(lock + parking_lot_t.tail);
  if (last === 0) yield write(lock + parking_lot_t.head, node);
  else yield write(last + lock_node.next, node);
  yield write(lock + parking_lot_t.tail, node);
  yield* queued(self);
  yield* bucket_unlock(lock);
  let token = yield READ_ONCE(wait);
  while (token === SLEEPS) {
    yield futex_wait(wait, SLEEPS);
    token = yield READ_ONCE(wait);
  }
  yield* drop_node(node);
  return token;
}

function* parking_lot_unlock(lock: Ptr, _self: Ptr): Proc<void> {
  // HELD -> 0: nobody parked
  if ((yield cmpxchg(lock + parking_lot_t.val, HELD, 0)) === HELD) return;
  yield* bucket_lock(lock);
  const node = yield read(lock + parking_lot_t.head);
  let token = TRY;
  let left = 0;
  if (node !== 0) {
    const next = yield read(node + lock_node.next);
    yield write(lock + parking_lot_t.head, next);
    if (next === 0) yield write(lock + parking_lot_t.tail, 0);
    else left = PARKED;
    const barging = yield read(lock + parking_lot_t.barging);
    if (barging >= (yield read(lock + parking_lot_t.patience))) token = HANDED_OVER;
    yield write(lock + parking_lot_t.barging, token === HANDED_OVER ? 0 : barging + 1);
  }
  // HELD|PARKED -> 0 or PARKED; handed over: HELD or HELD|PARKED. Nobody else changes it now: with
  // HELD only PARKED can be set, which it is already.
  yield smp_store_release(lock + parking_lot_t.val, token === HANDED_OVER ? left | HELD : left);
  yield* bucket_unlock(lock);
  if (node === 0) return;
  // SLEEPS -> TRY or HANDED_OVER
  yield smp_store_release(node + lock_node.wait, token);
  yield futex_wake(node + lock_node.wait, 1);
}

function* parking_lot_trylock(lock: Ptr, _self: Ptr): Proc<number> {
  const old = yield READ_ONCE(lock + parking_lot_t.val);
  if ((old & HELD) !== 0) return 0;
  // 0 -> HELD, PARKED -> HELD|PARKED
  return (yield cmpxchg(lock + parking_lot_t.val, old, old | HELD)) === old ? 1 : 0;
}

export const parkingLot: ExclusiveLock = Object.freeze({
  id: 'parking-lot',
  title: 'parking lot with eventual fairness',
  kind: 'exclusive',
  source: 'after WebKit WTF::Lock and Rust parking_lot',
  waiting: 'spins, then sleeps',
  fairness: UNFAIR,
  memory: parking_lot_t,
  setup: setUp,
  budget: Object.freeze({ at: parking_lot_t.patience, explored: 1, threads: PATIENCE }),
  atomics: 2,
  procedures: Object.freeze({
    lock: parking_lot_lock,
    unlock: parking_lot_unlock,
    trylock: parking_lot_trylock,
  }),
});
