/**
 * Array-based queue lock (Anderson 1990; Mellor-Crummey & Scott 1991, §2.3). A counter gives out
 * slots of a ring in turn; each waiter polls its slot, on a line of its own, and the release fills
 * the next one. The ring has a power of two of slots, at least one for each thread, so the counter
 * may wrap.
 *
 * The slot of the holder is remembered in the lock, where it is protected by the lock itself.
 */

import {
  atomic_fetch_add,
  cmpxchg,
  cpu_relax,
  type Proc,
  type Ptr,
  READ_ONCE,
  read,
  smp_store_release,
  WRITE_ONCE,
  write,
} from '#ops';
import { struct, word, words } from '../memory/layout.ts';
import { type ExclusiveLock, FIFO, type LockSetup } from './algorithm.ts';
import { queued } from './node.ts';
import { LINE } from './self.ts';

const anderson_lock_t = struct('anderson_lock', {
  next: word('slots given out'),
  line: words(LINE - 1, 'unused'),
  ring: word('the first slot', 'const'),
  mask: word('slots - 1', 'const'),
  line2: words(LINE - 2, 'unused'),
  held: word('slot of the holder', 'the lock'),
});

/** Rings of any size that a program with at most 32 actors needs. */
const RINGS = [2, 4, 8, 16, 32].map((slots) => {
  const doc = 'one slot a line: 1 whoever has it may enter, 0 it waits';
  return { slots, type: struct(`anderson_ring_${slots}`, { slot: words(slots * LINE, doc) }) };
});

/** @throws Error for more threads than the largest ring. */
function setUp({ lock, selves, poke, object }: LockSetup): void {
  const ring = RINGS.find(({ slots }) => slots >= selves.length);
  if (ring === undefined) throw new Error(`[hotrace bug] ${selves.length} threads in one ring`);
  const first = object('ring', ring.type);
  poke(lock + anderson_lock_t.ring, first);
  poke(lock + anderson_lock_t.mask, ring.slots - 1);
  poke(first, 1);
}

function* anderson_lock(lock: Ptr, self: Ptr): Proc<void> {
  const ring = yield read(lock + anderson_lock_t.ring);
  const mask = yield read(lock + anderson_lock_t.mask);
  // n -> n+1: slot n is ours
  const slot = ring + ((yield atomic_fetch_add(lock + anderson_lock_t.next, 1)) & mask) * LINE;
  yield* queued(self);
  while ((yield READ_ONCE(slot)) === 0) yield cpu_relax();
  // 1 -> 0: for whoever gets the slot a round later
  yield WRITE_ONCE(slot, 0);
  yield write(lock + anderson_lock_t.held, slot);
}

function* anderson_unlock(lock: Ptr, _self: Ptr): Proc<void> {
  const ring = yield read(lock + anderson_lock_t.ring);
  const mask = yield read(lock + anderson_lock_t.mask);
  const held = yield read(lock + anderson_lock_t.held);
  const next = held - ring === mask * LINE ? ring : held + LINE;
  // 0 -> 1
  yield smp_store_release(next, 1);
}

/** The slot to be given out next is filled only while nobody has or waits for the lock. */
function* anderson_trylock(lock: Ptr, _self: Ptr): Proc<number> {
  const ring = yield read(lock + anderson_lock_t.ring);
  const mask = yield read(lock + anderson_lock_t.mask);
  const n = yield READ_ONCE(lock + anderson_lock_t.next);
  const slot = ring + (n & mask) * LINE;
  if ((yield READ_ONCE(slot)) === 0) return 0;
  // n -> n+1, if it has not been given out meanwhile
  if ((yield cmpxchg(lock + anderson_lock_t.next, n, (n + 1) | 0)) !== n) return 0;
  yield WRITE_ONCE(slot, 0);
  yield write(lock + anderson_lock_t.held, slot);
  return 1;
}

export const anderson: ExclusiveLock = Object.freeze({
  id: 'anderson',
  title: 'array-based queue lock',
  kind: 'exclusive',
  source: 'Anderson 1990; Mellor-Crummey & Scott 1991, 2.3',
  waiting: 'spins',
  fairness: FIFO,
  memory: anderson_lock_t,
  setup: setUp,
  atomics: 4,
  procedures: Object.freeze({
    lock: anderson_lock,
    unlock: anderson_unlock,
    trylock: anderson_trylock,
  }),
});
