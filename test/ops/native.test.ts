import { beforeEach, describe, expect, test } from 'vitest';
import { ImageBuilder, STATUS } from '../../src/memory/image.ts';
import { POISON_END_WORD, POISON_FREE_WORD } from '../../src/memory/kernel_structs.ts';
import { struct, word } from '../../src/memory/layout.ts';
import * as bench from '../../src/ops/bench.ts';
import { newControl } from '../../src/ops/native/control.ts';
import { type Attachment, attach, beginRound } from '../../src/ops/native/runtime.ts';
import * as native from '../../src/ops/native.ts';
import * as reference from '../../src/ops/reference.ts';
import * as sanitized from '../../src/ops/sanitized.ts';

const thing = struct('native_thing', { a: word('first'), b: word('second'), c: word('third') });

const unused = (): never => {
  throw new Error('not in these tests');
};

/** One actor alone, in the native form. */
function alone(quarantine: number): { memory: Int32Array; at: number } {
  const builder = new ImageBuilder();
  const at = builder.static_('word', thing);
  builder.cache(thing, 3, quarantine);
  const { layout, image } = builder.build();
  const memory = new Int32Array(new SharedArrayBuffer(image.length * 4));
  memory.set(image);
  const locks: Attachment['locks'] = {
    spin_lock: unused,
    spin_unlock: unused,
    spin_trylock: unused,
    mutex_lock: unused,
    mutex_unlock: unused,
    mutex_trylock: unused,
    down_read: unused,
    up_read: unused,
    down_write: unused,
    up_write: unused,
  };
  attach({
    memory,
    control: newControl(),
    layout,
    actor: 0,
    actors: [{ name: 'one', context: 'process', cpu: 0, daemon: false }],
    expiryMs: (nowMs, ms) => nowMs + ms,
    locks,
    judge: {
      quiet: () => 'wait',
      clockMoved: () => undefined,
      badAccess: unused,
      nameOfLock: String,
      lockClass: () => -2,
      lockClassName: String,
      watchedMove: () => undefined,
      panicOnWarn: false,
    },
    polls: 0,
    turnsAwake: 0,
    counting: true,
  });
  beginRound(1);
  return { memory, at };
}

test.each([
  ['native', native],
  ['sanitized', sanitized],
  ['bench', bench],
])('%s exports exactly what reference.ts does', (_, form) => {
  expect(Object.keys(form).sort()).toEqual(Object.keys(reference).sort());
});

describe('native operations', () => {
  let memory: Int32Array = new Int32Array(0);
  let at = 0;

  beforeEach(() => {
    ({ memory, at } = alone(1));
  });

  test('atomics answer the old value', () => {
    native.write(at, 5);
    expect(native.xchg(at, 6)).toBe(5);
    expect(native.cmpxchg(at, 7, 8)).toBe(6);
    expect(native.cmpxchg(at, 6, 8)).toBe(6);
    expect(native.atomic_fetch_add(at, -1)).toBe(8);
    expect(native.atomic_fetch_or(at, 8)).toBe(7);
    expect(native.atomic_fetch_and(at, 3)).toBe(15);
    expect(native.read(at)).toBe(3);
    expect(native.ghost_add(at, 4)).toBe(7);
  });

  test('reference counts: from zero none is taken, the last one says so', () => {
    native.refcount_set(at, 1);
    expect(native.refcount_inc_not_zero(at)).toBe(1);
    expect(native.refcount_dec_and_test(at)).toBe(0);
    expect(native.refcount_dec_and_test(at)).toBe(1);
    expect(native.refcount_inc_not_zero(at)).toBe(0);
  });

  test('kzalloc hands out zeroed slots, lowest address first, then 0', () => {
    const all = [1, 2, 3, 4].map(() => native.kzalloc(thing.typeid, native.GFP_KERNEL));
    expect(all[3]).toBe(0);
    expect(all.slice(0, 3)).toEqual(all.slice(0, 3).sort((x, y) => x - y));
    expect(memory[all[0] ?? 0]).toBe(0);
  });

  test('kfree poisons, and a slot waits for its quarantine', () => {
    const first = native.kzalloc(thing.typeid, native.GFP_KERNEL);
    const second = native.kzalloc(thing.typeid, native.GFP_KERNEL);
    native.kzalloc(thing.typeid, native.GFP_KERNEL);
    native.kfree(first);
    expect(memory[first]).toBe(POISON_FREE_WORD);
    expect(memory[first + 2]).toBe(POISON_END_WORD);
    expect(native.kzalloc(thing.typeid, native.GFP_KERNEL)).toBe(0);
    native.kfree(second);
    expect(native.kzalloc(thing.typeid, native.GFP_KERNEL)).toBe(first);
    expect(memory[first]).toBe(0);
  });

  test('without quarantine a slot is handed out at once', () => {
    ({ memory, at } = alone(0));
    const first = native.kzalloc(thing.typeid, native.GFP_KERNEL);
    native.kfree(first);
    expect(native.kzalloc(thing.typeid, native.GFP_KERNEL)).toBe(first);
    expect([...memory.subarray(-10)]).toContain(STATUS.LIVE);
  });

  test('the registers of an actor are its own words', () => {
    native.ctx_set(3, 42);
    expect(native.ctx_get(3)).toBe(42);
    expect(native.ctx_get(2)).toBe(0);
    expect(native.current()).toBe(1);
  });

  test('a sleeper alone moves the clock: 20 ms pass at once', () => {
    native.msleep(20);
    native.msleep(0);
    expect(native.ktime_ms()).toBe(20);
  });

  test('choose() answers below its count, and the same for the same seed', () => {
    const draw = (): number[] => Array.from({ length: 20 }, () => native.choose(3));
    beginRound(7);
    const one = draw();
    beginRound(7);
    expect(draw()).toEqual(one);
    expect(Math.max(...one)).toBeLessThan(3);
    expect(new Set(one).size).toBe(3);
  });
});
