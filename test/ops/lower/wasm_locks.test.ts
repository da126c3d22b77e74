/** The locks of src/sync as WebAssembly, on real threads: nobody is inside together. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import type { LockCell, LockTurn } from '../../../src/bench/lock_worker.ts';
import { installLowering } from '../../../src/ops/lower/hooks.ts';
import { compileToWasm, type WasmEntry } from '../../../src/ops/lower/wasm.ts';
import type { WasmOptions } from '../../../src/ops/lower/wasm_ops.ts';
import { newControl } from '../../../src/ops/native/control.ts';
import { sharedMemory, type WasmMemory, webAssembly } from '../../../src/ops/wasm/webassembly.ts';
import type { ThreadWork } from './wasm_thread.ts';

installLowering('native');
const { mutexes, rwsems, spinlocks } = await import('../../../src/sync/zoo.ts');
const { lockDesigns } = await import('../../../src/bench/lock_designs.ts');
const { arena, busted_lock, busted_unlock } = await import('./wasm_contenders.ts');

const contenders = new URL('./wasm_contenders.ts', import.meta.url).href;
const modules = [new URL('../../../src/sync/zoo.ts', import.meta.url).href];
/** Where the arena lies: not at NULL. */
const AT = 64;
const LOCK = 128;
const GATHER = 512;
const [SELVES, SELF_WORDS] = [1024, 256];
const TURNS = 20_000;

/** One thread a procedure, each with the lock at `lock` and the record `d`. */
async function contend(
  procedures: readonly string[],
  lock: number,
  d: object,
  options: WasmOptions,
  turns = TURNS,
): Promise<Int32Array> {
  const args = [undefined, undefined, undefined, d];
  const entries = [...new Set(procedures)].map(
    (procedure): WasmEntry => ({ module: contenders, procedure, args }),
  );
  const bytes = await compileToWasm(entries, { ...options, modules });
  const module = new webAssembly.Module(bytes);
  const memory: WasmMemory = sharedMemory(SELVES + SELF_WORDS * procedures.length);
  const [threads, gather] = [procedures.length, GATHER];
  await Promise.all(
    procedures.map(async (name, thread) => {
      const work: ThreadWork = {
        module,
        memory,
        name,
        args: [AT, lock, SELVES + thread * SELF_WORDS, turns],
        threads,
        gather,
      };
      const url = new URL('./wasm_thread.ts', import.meta.url);
      const worker = new Worker(url, { workerData: work });
      await once(worker, 'message');
      await worker.terminate();
    }),
  );
  return new Int32Array(memory.buffer);
}

const alone = { futex: 'wait32', relax: 'pause' } as const;

describe('two threads increment a plain counter', () => {
  test.each(Object.entries(spinlocks))('spinlock %s', async (_name, d) => {
    const at = LOCK;
    for (const relax of ['pause', 'none'] as const) {
      const words = await contend(['count_locked', 'count_locked'], at, d, { relax });
      expect(words[AT + arena.counter]).toBe(2 * TURNS);
    }
  });

  test.each(Object.entries(spinlocks))('spinlock %s: trylock takes or leaves', async (_name, d) => {
    const at = LOCK;
    const words = await contend(['count_locked', 'count_tried'], at, d, alone);
    const missed = words[AT + arena.missed] ?? 0;
    expect((words[AT + arena.counter] ?? 0) + missed).toBe(2 * TURNS);
  });

  test.each(Object.entries(mutexes))('mutex %s', async (_name, d) => {
    const at = LOCK;
    const words = await contend(['count_locked', 'count_locked'], at, d, alone);
    expect(words[AT + arena.counter]).toBe(2 * TURNS);
  });

  test('ticket: both halves wrap', async () => {
    const at = LOCK;
    const words = await contend(
      ['count_locked', 'count_locked'],
      at,
      spinlocks.ticket,
      alone,
      70_000,
    );
    expect([words[AT + arena.counter], words[at]]).toEqual([140_000, 0x22e0_22e0]);
  });

  test('a lock that is none is caught', async () => {
    const d = Object.freeze({ lock: busted_lock, unlock: busted_unlock });
    const at = LOCK;
    let counted = 0;
    let expected = 0;
    // On a busy machine threads run one after the other: long enough to be there together once.
    for (let i = 0; i < 20 && counted === expected; i++) {
      const words = await contend(['count_locked', 'count_locked'], at, d, alone, 4_000_000);
      counted += words[AT + arena.counter] ?? 0;
      expected += 8_000_000;
    }
    expect(counted).toBeLessThan(expected);
  });
});

test.each(Object.entries(mutexes))('mutex %s: three threads on one, parked', async (_name, d) => {
  const at = LOCK;
  const three = Array.from({ length: 3 }, () => 'count_locked');
  const words = await contend(three, at, d, alone);
  expect(words[AT + arena.counter]).toBe(3 * TURNS);
});

test.each(Object.entries(rwsems))(
  'rwsem %s: a writer is alone, readers agree',
  async (_name, d) => {
    const at = LOCK;
    const names = ['write_pair', 'read_pair', 'write_pair', 'read_pair'];
    const words = await contend(names, at, d, alone, 2_000);
    expect([words[AT + arena.counter], words[AT + arena.torn]]).toEqual([4_000, 0]);
  },
);

const bench = (name: string): URL => new URL(`../../../src/bench/${name}.ts`, import.meta.url);

/** Both park and relax as the lab does it, so one wakes the other. */
test.each(['spinlock/ttas', 'spinlock/ticket', 'mutex/futex', 'rwsem/futex write'])(
  '%s: one thread in JavaScript, one in WebAssembly',
  async (design) => {
    const args = [undefined, undefined, undefined, lockDesigns().get(design)];
    const entry = { module: bench('lock_rounds').href, procedure: 'lock_rounds', args };
    const bytes = await compileToWasm([entry], { modules: [bench('lock_designs').href] });
    const compiled = new Map([['wasm', new webAssembly.Module(bytes)]]);
    const [memory, control, threads] = [sharedMemory(2048), newControl(), 2];
    const workers = ['js', 'wasm'].map(async (form, thread) => {
      const cell: LockCell = { memory, control, thread, threads, design, compiled };
      const worker = new Worker(bench('lock_worker'), { workerData: cell });
      const places = { lock: 128, counter: 192, gather: 256, selves: 1024, selfWords: 256 };
      const turn: LockTurn = { form, sections: TURNS, all: threads, ...places };
      worker.postMessage(turn);
      await once(worker, 'message');
      await worker.terminate();
    });
    await Promise.all(workers);
    expect(new Int32Array(memory.buffer)[192]).toBe(2 * TURNS);
  },
);
