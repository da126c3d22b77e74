/** Canaries for the memory oracles, each beside a twin that does nothing wrong (`bad` = 0). */
import {
  BUG_ON,
  GFP_KERNEL,
  kfree,
  kzalloc,
  type Proc,
  type Ptr,
  read,
  refcount_dec_and_test,
  refcount_inc,
  refcount_set,
  WARN_ON,
  write,
} from '#ops';
import { LIST_POISON1 } from '../../src/memory/kernel_structs.ts';
import { DONE } from '../programs/done.ts';
import { box, stage } from './canary_structs.ts';

export function* use_after_free(at: Ptr, bad: number): Proc<number> {
  const mine = yield kzalloc(box.typeid, GFP_KERNEL);
  if (bad === 0) yield write(mine + box.next, 1);
  yield kfree(mine);
  if (bad !== 0) yield write(mine + box.next, 1);
  yield write(at + stage.flag, 1);
  return DONE;
}

export function* double_free(_at: Ptr, bad: number): Proc<number> {
  const mine = yield kzalloc(box.typeid, GFP_KERNEL);
  yield kfree(mine);
  if (bad !== 0) yield kfree(mine);
  return DONE;
}

export function* wild_access(at: Ptr, bad: number): Proc<number> {
  const where = bad !== 0 ? 0x123456 : at + stage.flag;
  yield read(where);
  return DONE;
}

export function* null_dereference(at: Ptr, bad: number): Proc<number> {
  const pointer = bad !== 0 ? yield read(at + stage.box) : at;
  yield read(pointer + box.next);
  return DONE;
}

export function* list_poison(at: Ptr, bad: number): Proc<number> {
  const mine = yield kzalloc(box.typeid, GFP_KERNEL);
  yield write(mine + box.entry.next, bad !== 0 ? LIST_POISON1 : at);
  const next = yield read(mine + box.entry.next);
  yield read(next);
  yield kfree(mine);
  return DONE;
}

export function* leak(at: Ptr, bad: number): Proc<number> {
  const mine = yield kzalloc(box.typeid, GFP_KERNEL);
  // The twin keeps it: what a static points to is no leak.
  if (bad === 0) yield write(at + stage.box, mine);
  return DONE;
}

export function* refcount_from_zero(at: Ptr, bad: number): Proc<number> {
  const mine = yield kzalloc(box.typeid, GFP_KERNEL);
  yield refcount_set(mine + box.ref.refcount, bad !== 0 ? 0 : 1);
  yield refcount_inc(mine + box.ref.refcount);
  yield write(at + stage.box, mine);
  return DONE;
}

export function* refcount_underflow(at: Ptr, bad: number): Proc<number> {
  const mine = yield kzalloc(box.typeid, GFP_KERNEL);
  yield refcount_set(mine + box.ref.refcount, bad !== 0 ? 1 : 2);
  yield refcount_dec_and_test(mine + box.ref.refcount);
  yield refcount_dec_and_test(mine + box.ref.refcount);
  yield write(at + stage.box, mine);
  return DONE;
}

export function* bug_on(at: Ptr, bad: number): Proc<number> {
  yield write(at + stage.flag, bad);
  yield BUG_ON((yield read(at + stage.flag)) !== 0 ? 1 : 0);
  return DONE;
}

export function* warn_on(at: Ptr, bad: number): Proc<number> {
  yield write(at + stage.flag, bad);
  yield WARN_ON((yield read(at + stage.flag)) !== 0 ? 1 : 0, 'the flag is set');
  return DONE;
}

/** Moves a word that is itself a statechart: OFF -> ON is legal, OFF -> BROKEN is not. */
export function* watched_state(at: Ptr, bad: number): Proc<number> {
  yield write(at + stage.state, bad !== 0 ? 2 : 1);
  return DONE;
}

/** Makes an invariant false that is looked at after each write of the flag. */
export function* watched_flag(at: Ptr, bad: number): Proc<number> {
  yield write(at + stage.flag, bad !== 0 ? 7 : 1);
  yield write(at + stage.flag, 0);
  return DONE;
}

export function* answers_nonsense(at: Ptr, bad: number): Proc<number> {
  yield read(at + stage.flag);
  return bad !== 0 ? DONE + 1 : DONE;
}
