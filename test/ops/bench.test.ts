import { beforeEach, expect, test } from 'vitest';
import { counts, words } from '../../src/ops/bench/thread.ts';
import * as ops from '../../src/ops/bench.ts';

const at = 64;

beforeEach(() => {
  words.fill(0);
  counts.parks = 0;
  counts.notifies = 0;
});

test('accesses are those of the words, as int32', () => {
  ops.write(at, 7);
  expect(ops.read(at)).toBe(7);
  ops.WRITE_ONCE(at, 2 ** 31);
  expect([ops.READ_ONCE(at), ops.smp_load_acquire(at), ops.readl(at)]).toEqual(
    Array.from({ length: 3 }, () => -(2 ** 31)),
  );
  ops.smp_store_release(at, 5);
  expect(ops.xchg(at, 6)).toBe(5);
  expect([ops.cmpxchg(at, 5, 1), ops.cmpxchg(at, 6, 1), words[at]]).toEqual([6, 6, 1]);
  expect([ops.atomic_fetch_add(at, 2), ops.atomic_fetch_or(at, 8)]).toEqual([1, 3]);
  expect([ops.atomic_fetch_and(at, 9), words[at]]).toEqual([11, 9]);
  ops.writel(at, 4);
  expect([ops.ghost_add(at, -1), ops.ghost_read(at)]).toEqual([3, 3]);
  ops.ghost_write(at, 2 ** 31 - 1);
  expect(ops.ghost_add(at, 1)).toBe(-(2 ** 31));
});

test('a reference count is not raised from zero', () => {
  expect(ops.refcount_inc_not_zero(at)).toBe(0);
  ops.refcount_set(at, 1);
  expect(ops.refcount_inc_not_zero(at)).toBe(1);
  ops.refcount_inc(at);
  expect([ops.refcount_read(at), ops.refcount_dec_and_test(at)]).toEqual([3, 0]);
  expect([ops.refcount_dec_and_test(at), ops.refcount_dec_and_test(at)]).toEqual([0, 1]);
});

test('barriers and pauses change no word', () => {
  ops.smp_mb();
  ops.smp_rmb();
  ops.smp_wmb();
  ops.cpu_relax();
  ops.delay(3);
  ops.delay(0);
  expect(words.every((word) => word === 0)).toBe(true);
});

test('only a sleep that was one is counted; each wake-up is', () => {
  expect(ops.futex_wait(at, 1)).toBe(1);
  expect(ops.futex_wake(at, 1)).toBe(0);
  expect(counts).toMatchObject({ parks: 0, notifies: 1 });
});

test('what must not be ends the thread', () => {
  expect(ops.BUG_ON(0)).toBe(0);
  expect(() => ops.BUG_ON(1)).toThrow('BUG_ON');
  expect(ops.WARN_ON(0, 'no')).toBe(0);
  expect(() => ops.WARN_ON(1, 'node in use')).toThrow('node in use');
  expect(ops.current()).toBe(1);
});
