/**
 * What threads do with a reference count: one makes an object, shows it to the others and drops its
 * reference; they take references as long as there is one. Whoever drops the last one frees it. A
 * second count is worn out, from the largest value on.
 */

import {
  GFP_KERNEL,
  ghost_add,
  kfree,
  kzalloc,
  type Proc,
  type Ptr,
  READ_ONCE,
  read,
  smp_store_release,
  write,
} from '#ops';
import { struct, word } from '../memory/layout.ts';
import { eventCodes } from '../ops/events.ts';
import type { RefcountProcedures } from './algorithm.ts';

export const refcount_contest = struct('refcount_contest', {
  object: word('the object, once its count is set', 'the count under test'),
  worn: word('a count that is worn out', 'const'),
  frees: word('drops that were the last of the object', 'bookkeeping'),
  spoiled: word('drops that were the last of the worn count', 'bookkeeping'),
});

export const counted_object = struct('counted_object', {
  value: word('VALUE', 'the count under test'),
});

const ev = eventCodes('DONE');
const LARGEST = 0x7fffffff;
const VALUE = 42;

function* put(c: Ptr, count: Ptr, d: RefcountProcedures, object: Ptr): Proc<void> {
  if ((yield* d.dec_and_test(count)) === 0) return;
  yield ghost_add(c + refcount_contest.frees, 1);
  yield kfree(object);
}

/** One reference more than there can be, and a drop. */
function* wear(c: Ptr, d: RefcountProcedures): Proc<void> {
  const worn = yield READ_ONCE(c + refcount_contest.worn);
  yield* d.inc(worn);
  if ((yield* d.dec_and_test(worn)) !== 0) yield ghost_add(c + refcount_contest.spoiled, 1);
}

export function* contend_holding(
  c: Ptr,
  count: Ptr,
  _self: Ptr,
  d: RefcountProcedures,
  turns: number,
): Proc<number> {
  const object = yield kzalloc(counted_object.typeid, GFP_KERNEL);
  yield write(object + counted_object.value, VALUE);
  const worn = yield READ_ONCE(c + refcount_contest.worn);
  yield* d.init(worn, LARGEST);
  yield* d.init(count, 1);
  // 0 -> object: the others may take references
  yield smp_store_release(c + refcount_contest.object, object);
  // One more than there can be; nobody drops this one.
  yield* d.inc(worn);
  for (let turn = 1; turn < turns; turn++) {
    // One more to hand on, while ours is there.
    yield* d.inc(count);
    yield read(object + counted_object.value);
    yield* put(c, count, d, object);
  }
  yield* put(c, count, d, object);
  return ev.DONE;
}

export function* contend_getting(
  c: Ptr,
  count: Ptr,
  _self: Ptr,
  d: RefcountProcedures,
  turns: number,
): Proc<number> {
  for (let turn = 0; turn < turns; turn++) {
    const object = yield READ_ONCE(c + refcount_contest.object);
    if (object === 0) continue;
    if (turn === 0) yield* wear(c, d);
    if ((yield* d.inc_not_zero(count)) === 0) continue;
    yield read(object + counted_object.value);
    yield* put(c, count, d, object);
  }
  return ev.DONE;
}
