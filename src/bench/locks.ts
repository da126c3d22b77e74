/** Nanoseconds of a lock section in each native form, interleaved A B A B over the same words. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { compileToWasm } from '../ops/lower/wasm.ts';
import type { WasmOptions } from '../ops/lower/wasm_ops.ts';
import { newControl } from '../ops/native/control.ts';
import { loadBinaryen } from '../ops/wasm/binaryen.ts';
import { sharedMemory, type WasmModule, webAssembly } from '../ops/wasm/webassembly.ts';
import { lockDesigns } from './lock_designs.ts';
import type { LockCell, LockTimes, LockTurn } from './lock_worker.ts';
import { TTAS_BY_HAND } from './ttas_by_hand.ts';

/** Word addresses, each on its own cache lines. */
const PLACES = { gather: 64, lock: 128, counter: 192, selves: 1024, selfWords: 256 } as const;

export interface LockRequest {
  /** A name of lock_designs.ts. */
  readonly design: string;
  readonly threads: number;
  readonly rounds: number;
  /** Sections of each thread in a round. */
  readonly sections: number;
  /** Forms in WebAssembly by name, beside `js` (and `hand` for TTAS). */
  readonly wasm: Readonly<Record<string, WasmOptions>>;
}

/** Nanoseconds a section, one figure a round, by form. */
export type LockFigures = ReadonlyMap<string, readonly number[]>;

/** @throws Error `[hotrace bug]` when an increment was lost. */
export async function timeLock(request: LockRequest): Promise<LockFigures> {
  const { threads, rounds, sections, design } = request;
  const memory = sharedMemory(PLACES.selves + threads * PLACES.selfWords);
  const words = new Int32Array(memory.buffer);
  const compiled = await compiledForms(request);
  const control = newControl();
  const workers = Array.from({ length: threads }, (_, thread) => {
    const cell: LockCell = { memory, control, thread, threads, design, compiled };
    return new Worker(new URL('./lock_worker.ts', import.meta.url), { workerData: cell });
  });
  const figures = new Map<string, number[]>(['js', ...compiled.keys()].map((f) => [f, []]));
  let turns = 0;
  // The first round warms the compilers up and is not kept.
  for (let round = 0; round <= rounds; round++) {
    for (const [form, ns] of figures) {
      turns++;
      const turn: LockTurn = { form, sections, ...PLACES, all: turns * threads };
      const times = await Promise.all(workers.map((worker) => timesOf(worker, turn)));
      const began = times.map((t) => t.began).reduce((a, b) => (a < b ? a : b));
      const ended = times.map((t) => t.ended).reduce((a, b) => (a > b ? a : b));
      if (round > 0) ns.push(Number(ended - began) / (sections * threads));
    }
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  const [counted, expected] = [words[PLACES.counter], (turns * sections * threads) | 0];
  if (!design.endsWith(' read') && counted !== expected) {
    throw new Error(`[hotrace bug] ${design} counted ${counted} of ${expected}`);
  }
  return figures;
}

async function timesOf(worker: Worker, turn: LockTurn): Promise<LockTimes> {
  const answered = once(worker, 'message');
  worker.postMessage(turn);
  const [times] = await answered;
  // The worker posts nothing else.
  return times as LockTimes;
}

async function compiledForms({ design, wasm }: LockRequest): Promise<Map<string, WasmModule>> {
  const compiled = new Map<string, WasmModule>();
  const module = new URL('./lock_rounds.ts', import.meta.url).href;
  const modules = [new URL('./lock_designs.ts', import.meta.url).href];
  const args = [undefined, undefined, undefined, lockDesigns().get(design)];
  for (const [name, options] of Object.entries(wasm)) {
    const entry = { module, procedure: 'lock_rounds', args };
    const bytes = await compileToWasm([entry], { ...options, modules });
    compiled.set(name, new webAssembly.Module(bytes));
  }
  if (design !== 'spinlock/ttas') return compiled;
  const binaryen = await loadBinaryen();
  const byHand = binaryen.parseText(TTAS_BY_HAND);
  return compiled.set('hand', new webAssembly.Module(byHand.emitBinary()));
}
