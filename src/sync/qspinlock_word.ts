/**
 * The word of Linux's queued spinlock (include/asm-generic/qspinlock_types.h, fewer than 16 K CPUs)
 * and what is done with its tail. Linux numbers CPUs, with four nodes each; here it is threads,
 * with the four nodes of their lock_self. There is no exchange of half a word on an Int32Array:
 * the tail changes by compare-and-exchange, as Linux does it with 16 K CPUs and more.
 */

import { cmpxchg, ghost_read, type Proc, type Ptr, READ_ONCE } from '#ops';
import { struct, word } from '../memory/layout.ts';
import { LINE, lock_self, SELF_STRIDE } from './self.ts';

export const qspinlock_t = struct('qspinlock', {
  val: word('bits 0-7 locked, 8 pending, 16-17 index of the tail node, 18-31 its thread + 1'),
});

export const LOCKED = 1;
export const LOCKED_MASK = 0xff;
export const PENDING = 0x100;
export const TAIL_MASK = ~0xffff;
const INDEX_SHIFT = 16;
const INDEX_MASK = 3;
const THREAD_SHIFT = 18;

/** What stands in the word while this node is the last in line. */
export function* tail_of(self: Ptr, node: Ptr): Proc<number> {
  const id = yield ghost_read(self + lock_self.id);
  const index = Math.trunc((node - self - lock_self.node0.at) / LINE);
  return (id << THREAD_SHIFT) | (index << INDEX_SHIFT);
}

/** The node that a tail stands for. */
export function* node_at(self: Ptr, tail: number): Proc<Ptr> {
  const peers = yield ghost_read(self + lock_self.peers);
  const thread = (tail >>> THREAD_SHIFT) - 1;
  const index = (tail >> INDEX_SHIFT) & INDEX_MASK;
  return peers + thread * SELF_STRIDE + lock_self.node0.at + index * LINE;
}

/** Puts a tail into the word, leaves its other bits; answers the word before. */
export function* xchg_tail(lock: Ptr, tail: number): Proc<number> {
  let val = yield READ_ONCE(lock + qspinlock_t.val);
  for (;;) {
    // (p, x, y) -> (tail, x, y)
    const seen = yield cmpxchg(lock + qspinlock_t.val, val, (val & ~TAIL_MASK) | tail);
    if (seen === val) return val;
    val = seen;
  }
}
