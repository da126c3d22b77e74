/** Each operation in WebAssembly answers and leaves what the native form's does. */
import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { ImageBuilder } from '../../../src/memory/image.ts';
import { compileToWasm } from '../../../src/ops/lower/wasm.ts';
import { newControl } from '../../../src/ops/native/control.ts';
import { attach, beginRound } from '../../../src/ops/native/runtime.ts';
import { loadBinaryen } from '../../../src/ops/wasm/binaryen.ts';
import { instantiate } from '../../../src/ops/wasm/instantiate.ts';
import { sharedMemory } from '../../../src/ops/wasm/webassembly.ts';
import { NO_JUDGE, NO_LOCKS } from './unused_oracles.ts';
import { folder, moduleOf, nativeExports } from './wasm_form.ts';

afterAll(() => rmSync(folder, { recursive: true }));

const memory = sharedMemory(64);
const words = new Int32Array(memory.buffer, 0, 64);
attach({
  memory: words,
  control: newControl(),
  layout: new ImageBuilder().build().layout,
  actor: 2,
  actors: ['one', 'two', 'three'].map((name, cpu) => {
    return { name, context: 'process', cpu, daemon: false } as const;
  }),
  expiryMs: (nowMs, ms) => nowMs + ms,
  locks: { ...NO_LOCKS, spin_trylock: (lock) => lock & 1 },
  judge: NO_JUDGE,
  polls: 0,
  turnsAwake: 0,
  counting: false,
});
beginRound(7);

const SOURCE = `
import { READ_ONCE, WRITE_ONCE, WARN_ON, BUG_ON, atomic_fetch_and, atomic_fetch_or,
  atomic_fetch_add, cmpxchg, current, futex_wait, futex_wake, ghost_add, ghost_read, ghost_write,
  ktime_ms, lockdep_assert_held, might_sleep, printk, read, readl, refcount_dec_and_test,
  refcount_inc, refcount_inc_not_zero, refcount_read, refcount_set, smp_load_acquire, smp_mb,
  smp_rmb, smp_store_release, smp_wmb, spin_trylock, write, writel, xchg, ctx_get, ctx_set,
} from '#ops';
export function* memory(at) {
  yield write(at, 5);
  yield WRITE_ONCE(at + 1, -7);
  yield smp_store_release(at + 2, yield READ_ONCE(at + 1));
  yield writel(at + 3, (yield smp_load_acquire(at + 2)) * 3);
  yield smp_mb();
  yield smp_rmb();
  yield smp_wmb();
  let all = yield xchg(at, 9);
  all = all * 31 + (yield cmpxchg(at, 8, 1));
  all = all * 31 + (yield cmpxchg(at, 9, 12));
  all = all * 31 + (yield atomic_fetch_add(at, -3));
  all = all * 31 + (yield atomic_fetch_or(at, 0xf0));
  all = all * 31 + (yield atomic_fetch_and(at, ~1));
  return all * 31 + (yield readl(at + 3)) + (yield read(at));
}
export function* counts(at) {
  yield refcount_set(at, 1);
  yield refcount_inc(at);
  let all = yield refcount_inc_not_zero(at);
  all = all * 4 + (yield refcount_dec_and_test(at));
  all = all * 4 + (yield refcount_dec_and_test(at));
  all = all * 4 + (yield refcount_dec_and_test(at));
  all = all * 4 + (yield refcount_inc_not_zero(at));
  return all * 4 + (yield refcount_read(at));
}
export function* bookkeeping(at) {
  yield ghost_write(at, 40);
  yield ctx_set(3, (yield ghost_add(at, 2)) + (yield current()));
  yield lockdep_assert_held(at);
  yield might_sleep();
  yield printk('%d %s', yield ghost_add(at, 1), 'text');
  return (yield ghost_read(at)) * 100 + (yield ctx_get(3));
}
export function* imported(at) {
  let all = yield spin_trylock(at | 1);
  all = all * 8 + (yield spin_trylock(at & ~1));
  all = all * 8 + (yield WARN_ON(all === 8, 'a text')) + (yield BUG_ON(all < 0));
  all = all * 8 + (yield ktime_ms()) + (yield futex_wake(at, 3));
  return all * 8 + (yield futex_wait(at, (yield read(at)) + 1));
}
`;

async function outcomes(): Promise<readonly string[]> {
  const module = moduleOf(SOURCE);
  const names = ['memory', 'counts', 'bookkeeping', 'imported'];
  const entries = names.map((procedure) => ({ module, procedure }));
  const plain = await nativeExports(module);
  const forms = [
    (name: string): number => {
      const procedure = plain[name];
      return typeof procedure === 'function' ? Number(procedure(16)) : Number.NaN;
    },
    ...(await Promise.all(
      (['import', 'wait32'] as const).map(async (futex) => {
        const { functions } = instantiate(await compileToWasm(entries, { futex }), memory);
        return (name: string) => functions[name]?.(16);
      }),
    )),
  ];
  return forms.map((call) => {
    words.fill(3);
    return names.map((name) => `${name} ${call(name)}: ${words.join(' ')}`).join('\n');
  });
}

test('JavaScript and WebAssembly, with parking of the lab and of the engine', async () => {
  const [js, lab, engine] = await outcomes();
  expect(js).toMatch(/^memory -?\d+: 3 3 /);
  expect(lab).toBe(js);
  expect(engine).toBe(js);
});

test('current is who runs the instance, and may change', async () => {
  const module = moduleOf(SOURCE);
  const bytes = await compileToWasm([{ module, procedure: 'bookkeeping' }]);
  const { functions, setCurrent } = instantiate(bytes, memory);
  expect(functions['bookkeeping']?.(16)).toBe(4345);
  setCurrent(9);
  expect(functions['bookkeeping']?.(16)).toBe(4351);
});

test('barriers outlive the optimiser', async () => {
  const binaryen = await loadBinaryen();
  const module = moduleOf(`import { read, smp_mb, smp_rmb, smp_wmb, write } from '#ops';
    export function* store_buffering(at) {
      yield write(at, 1);
      yield smp_mb();
      return yield read(at + 1);
    }
    export function* two(at) { yield smp_wmb(); yield smp_rmb(); return at; }
  `);
  const text = async (procedure: string): Promise<string> => {
    const parsed = binaryen.readBinary(await compileToWasm([{ module, procedure }]));
    // Calls of the barrier in the procedure, then what it is.
    return [...parsed.emitText().matchAll(/\((?:atomic\.fence|call|i32\.(?:load|store)\b)/g)]
      .map(([found]) => found.slice(1))
      .join(' ');
  };
  expect(await text('store_buffering')).toBe('i32.store call i32.load atomic.fence');
  expect(await text('two')).toBe('call call atomic.fence');
});
