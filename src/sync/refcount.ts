/**
 * Linux's refcount_t (include/linux/refcount.h, lib/refcount.c): a count that saturates instead of
 * wrapping, at a value so far from both ends that threads which are in the middle of changing it do
 * not bring it back. An object whose count went wrong is never freed: a leak, no use after free.
 * Linux warns as well; here it is silent, as saturating on purpose is part of the contest.
 */

import { atomic_fetch_add, cmpxchg, type Proc, type Ptr, READ_ONCE, WRITE_ONCE } from '#ops';
import { struct, word } from '../memory/layout.ts';
import type { Refcount } from './algorithm.ts';

const refcount_t = struct('refcount', { refs: word('0 dead, below: saturated') });

/** INT_MIN / 2. */
const SATURATED = -0x40000000;

function* refcount_init(count: Ptr, value: number): Proc<void> {
  yield WRITE_ONCE(count + refcount_t.refs, value);
}

function* refcount_add_one(count: Ptr): Proc<void> {
  // n -> n+1; 0, negative, or wrapped: -> SATURATED
  const old = yield atomic_fetch_add(count + refcount_t.refs, 1);
  if (old <= 0 || ((old + 1) | 0) < 0) yield WRITE_ONCE(count + refcount_t.refs, SATURATED);
}

function* refcount_add_not_zero(count: Ptr): Proc<number> {
  let old = yield READ_ONCE(count + refcount_t.refs);
  while (old !== 0) {
    // n -> n+1
    const seen = yield cmpxchg(count + refcount_t.refs, old, (old + 1) | 0);
    if (seen === old) {
      // wrapped or saturated before: -> SATURATED
      if (old < 0 || ((old + 1) | 0) < 0) yield WRITE_ONCE(count + refcount_t.refs, SATURATED);
      return 1;
    }
    old = seen;
  }
  return 0;
}

function* refcount_sub_one(count: Ptr): Proc<number> {
  // n -> n-1; 0 or negative: -> SATURATED
  const old = yield atomic_fetch_add(count + refcount_t.refs, -1);
  if (old === 1) return 1;
  if (old <= 0) yield WRITE_ONCE(count + refcount_t.refs, SATURATED);
  return 0;
}

export const refcount: Refcount = Object.freeze({
  id: 'refcount',
  title: 'reference count that saturates',
  kind: 'refcount',
  source: 'Linux include/linux/refcount.h',
  memory: refcount_t,
  atomics: 2,
  procedures: Object.freeze({
    init: refcount_init,
    inc: refcount_add_one,
    inc_not_zero: refcount_add_not_zero,
    dec_and_test: refcount_sub_one,
  }),
});
