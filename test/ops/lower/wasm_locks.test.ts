/** The locks of src/sync as WebAssembly, on real threads: nobody is inside together. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import type { Program } from '../../../src/actor/program.ts';
import { installLowering } from '../../../src/ops/lower/hooks.ts';
import { compileToWasm, type WasmEntry } from '../../../src/ops/lower/wasm.ts';
import type { WasmOptions } from '../../../src/ops/lower/wasm_ops.ts';
import { sharedMemory, type WasmMemory, webAssembly } from '../../../src/ops/wasm/webassembly.ts';
import { defaultTopology } from '../../../src/topology/default-topology.ts';
import { buildMachine } from '../../../src/topology/machine.ts';
import type { ThreadWork } from './wasm_thread.ts';

installLowering('native');
const { system } = await import('../../../src/scenarios/locks.ts');
const { contest } = await import('../../../src/sync/contest.ts');

const machine = buildMachine(defaultTopology, 'powernv');
const contestModule = new URL('../../../src/sync/contest.ts', import.meta.url).href;
const modules = [
  new URL('../../../src/sync/zoo.ts', import.meta.url).href,
  new URL('../../../src/sync/broken/index.ts', import.meta.url).href,
];
const TURNS = 2_000;

/** Its threads take their turns as WebAssembly; answers the contest's words. */
async function contend(
  race: string,
  design: string,
  options: WasmOptions,
  turns = TURNS,
): Promise<{ readonly program: Program; readonly words: Int32Array; readonly at: number }> {
  const request = { race, design, machine, machineName: 'default', quarantine: 0 };
  const program = system.build(request);
  const entries = program.actors.map((actor): WasmEntry => {
    const [procedure = ''] = Object.values(actor.binding.procedures).map(({ name }) => name);
    const [, , , d] = actor.args;
    return { module: contestModule, procedure, args: [undefined, undefined, undefined, d] };
  });
  const named = [...new Map(entries.map((entry) => [entry.procedure, entry])).values()];
  const bytes = await compileToWasm(named, { ...options, modules });
  const module = new webAssembly.Module(bytes);
  const gather = program.image.length;
  const memory: WasmMemory = sharedMemory(gather + 16);
  const words = new Int32Array(memory.buffer);
  words.set(program.image);
  const threads = program.actors.length;
  await Promise.all(
    program.actors.map(async ({ args: [c, lock, self] }, i) => {
      const name = String(entries[i]?.procedure);
      const numbers = [c, lock, self, turns].map(Number);
      const work: ThreadWork = { module, memory, name, args: numbers, threads, gather };
      const worker = new Worker(new URL('./wasm_thread.ts', import.meta.url), { workerData: work });
      await once(worker, 'message');
      await worker.terminate();
    }),
  );
  return { program, words, at: Number(program.actors[0]?.args[0]) };
}

const parks = { futex: 'wait32', relax: 'pause' } as const;

describe('two threads take turns', () => {
  const sound = system.locks.filter(
    ({ broken, kind }) => broken === undefined && /^(exclusive|readers-writer)$/.test(kind),
  );
  test.each(sound)('$id: no turn is lost, no read is torn', async ({ id, kind }) => {
    const { words, at } = await contend(id, '2x2', parks);
    const writers = kind === 'readers-writer' ? 1 : 2;
    expect(words[at + contest.torn]).toBe(0);
    expect(words[at + contest.counter]).toBe(writers * TURNS);
  });

  test('a trylock takes it or leaves it', async () => {
    const { words, at } = await contend('ttas', 'try-2x2', parks);
    const done = (words[at + contest.counter] ?? 0) + (words[at + contest.missed] ?? 0);
    expect(done).toBe(2 * TURNS);
  });

  test('a lock that is none is caught', async () => {
    let counted = 0;
    let expected = 0;
    // On a busy machine threads run one after the other: long enough to be there together once.
    for (let i = 0; i < 20 && counted === expected; i++) {
      const { words, at } = await contend('lock-busted', '2x2', parks, 400_000);
      counted += words[at + contest.counter] ?? 0;
      expected += 800_000;
    }
    expect(counted).toBeLessThan(expected);
  });
});
