/** SCTBench programs with locked data and wrong logic (engines.md 3.4: 1, 9, 10, 17). */
import { BUG_ON, mutex_lock, mutex_unlock, type Proc, type Ptr, read, write } from '#ops';
import { DONE } from './done.ts';
import { quiet_mutex, shared } from './structs.ts';

/** account_bad: a deposited, b and c say what was done. x=1, y=2, z=4; balance starts as x. */
export function* account_check(at: Ptr): Proc<number> {
  yield mutex_lock(at + shared.m.at);
  if ((yield read(at + shared.b)) !== 0 && (yield read(at + shared.c)) !== 0) {
    // The sign before y is wrong: (x - y) - z.
    yield BUG_ON((yield read(at + shared.a)) !== 1 - 2 - 4 ? 1 : 0);
  }
  yield mutex_unlock(at + shared.m.at);
  return DONE;
}

export function* account_deposit(at: Ptr): Proc<number> {
  yield mutex_lock(at + shared.m.at);
  yield write(at + shared.a, (yield read(at + shared.a)) + 2);
  yield write(at + shared.b, 1);
  yield mutex_unlock(at + shared.m.at);
  return DONE;
}

export function* account_withdraw(at: Ptr): Proc<number> {
  yield mutex_lock(at + shared.m.at);
  yield write(at + shared.a, (yield read(at + shared.a)) - 4);
  yield write(at + shared.c, 1);
  yield mutex_unlock(at + shared.m.at);
  return DONE;
}

/** lazy01_bad: two of these, with 1 and 2. */
export function* lazy_add(at: Ptr, by: number): Proc<number> {
  yield mutex_lock(at + shared.m.at);
  yield write(at + shared.a, (yield read(at + shared.a)) + by);
  yield mutex_unlock(at + shared.m.at);
  return DONE;
}

export function* lazy_check(at: Ptr): Proc<number> {
  yield mutex_lock(at + shared.m.at);
  yield BUG_ON((yield read(at + shared.a)) >= 3 ? 1 : 0);
  yield mutex_unlock(at + shared.m.at);
  return DONE;
}

/** deadlock01_bad: one actor with (a, b), one with (b, a). */
export function* take_both(first: Ptr, second: Ptr): Proc<number> {
  yield mutex_lock(first);
  yield mutex_lock(second);
  yield mutex_unlock(second);
  yield mutex_unlock(first);
  return DONE;
}

/** phase01_bad: x is never given back, so the second copy blocks for ever. */
export function* phase(x: Ptr, y: Ptr): Proc<number> {
  yield mutex_lock(x);
  yield mutex_unlock(x);
  yield mutex_lock(x);
  yield mutex_lock(y);
  yield mutex_unlock(y);
  yield mutex_lock(y);
  yield mutex_unlock(y);
  return DONE;
}

export function* phase_fixed(x: Ptr, y: Ptr): Proc<number> {
  yield mutex_lock(x);
  yield mutex_unlock(x);
  yield mutex_lock(x);
  yield mutex_unlock(x);
  yield mutex_lock(y);
  yield mutex_unlock(y);
  yield mutex_lock(y);
  yield mutex_unlock(y);
  return DONE;
}

/** twostage_bad: a is d1 (under m), b is d2 (under m2). */
export function* twostage_write(at: Ptr): Proc<number> {
  yield mutex_lock(at + shared.m.at);
  yield write(at + shared.a, 1);
  yield mutex_unlock(at + shared.m.at);
  yield mutex_lock(at + shared.m2.at);
  yield write(at + shared.b, (yield read(at + shared.a)) + 1);
  yield mutex_unlock(at + shared.m2.at);
  return DONE;
}

export function* twostage_read(at: Ptr): Proc<number> {
  yield mutex_lock(at + shared.m.at);
  const t1 = yield read(at + shared.a);
  yield mutex_unlock(at + shared.m.at);
  if (t1 === 0) return DONE;
  yield mutex_lock(at + shared.m2.at);
  const t2 = yield read(at + shared.b);
  yield mutex_unlock(at + shared.m2.at);
  yield BUG_ON(t2 !== t1 + 1 ? 1 : 0);
  return DONE;
}

/** din_phil: forks are quiet mutexes in a row; the last philosopher to eat says so. */
export function* philosopher(at: Ptr, forks: Ptr, me: number, count: number): Proc<number> {
  const right = forks + me * (quiet_mutex.sizeof + 1);
  const left = forks + ((me + 1) % count) * (quiet_mutex.sizeof + 1);
  yield mutex_lock(at + shared.m.at);
  yield mutex_lock(right);
  yield mutex_lock(left);
  yield mutex_unlock(left);
  yield mutex_unlock(right);
  const eaten = (yield read(at + shared.a)) + 1;
  yield write(at + shared.a, eaten);
  yield BUG_ON(eaten === count ? 1 : 0);
  yield mutex_unlock(at + shared.m.at);
  return DONE;
}
