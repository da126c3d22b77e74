/**
 * A thread that takes a lock many times: as lowered JavaScript, as WebAssembly, or as WebAssembly
 * written by hand. All threads of a turn start together; each says when it began and ended.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { ImageBuilder } from '../memory/image.ts';
import { installLowering } from '../ops/lower/hooks.ts';
import { attach } from '../ops/native/runtime.ts';
import { instantiate } from '../ops/wasm/instantiate.ts';
import type { WasmMemory, WasmModule } from '../ops/wasm/webassembly.ts';
import { NO_JUDGE, NO_LOCKS } from './unused_oracles.ts';

export interface LockCell {
  readonly memory: WasmMemory;
  readonly control: Int32Array;
  readonly thread: number;
  readonly threads: number;
  /** A name of lock_designs.ts. */
  readonly design: string;
  /** Other forms than `js`, by name; each exports `lock_rounds(lock, self, counter, count)`. */
  readonly compiled: ReadonlyMap<string, WasmModule>;
}

/** One turn of all threads. */
export interface LockTurn {
  /** `js` or a name in `compiled`. */
  readonly form: string;
  readonly sections: number;
  readonly lock: number;
  /** Words of each thread's own: where the first one's lie, and how far apart. */
  readonly selves: number;
  readonly selfWords: number;
  readonly counter: number;
  /** The word at which they gather, and what it holds when all are there. */
  readonly gather: number;
  readonly all: number;
}

/** Nanoseconds of the process's clock. */
export interface LockTimes {
  readonly began: bigint;
  readonly ended: bigint;
}

type Rounds = (lock: number, self: number, counter: number, count: number) => unknown;

// Sent by locks.ts, with exactly this.
const cell = workerData as LockCell;
installLowering('native');
const words = new Int32Array(cell.memory.buffer);
attachTo(cell);
const forms = await formsOf(cell);

parentPort?.on('message', (turn: LockTurn) => {
  const run = forms.get(turn.form);
  if (run === undefined) throw new Error(`[hotrace bug] no form ${turn.form}`);
  const self = turn.selves + cell.thread * turn.selfWords;
  Atomics.add(words, turn.gather, 1);
  while (Atomics.load(words, turn.gather) !== turn.all) Atomics.pause();
  const began = process.hrtime.bigint();
  run(turn.lock, self, turn.counter, turn.sections);
  const times: LockTimes = { began, ended: process.hrtime.bigint() };
  parentPort?.postMessage(times);
});

function attachTo({ control, thread, threads }: LockCell): void {
  attach({
    memory: words,
    control,
    layout: new ImageBuilder().build().layout,
    actor: thread,
    actors: Array.from({ length: threads }, (_, cpu) => {
      return { name: `bench${cpu}`, context: 'process', daemon: false, cpu } as const;
    }),
    expiryMs: (nowMs, ms) => nowMs + ms,
    locks: NO_LOCKS,
    judge: NO_JUDGE,
    polls: 0,
    // As WebAssembly's spinners, these never give the CPU back.
    turnsAwake: 0,
    counting: false,
  });
}

async function formsOf({ design, compiled, memory }: LockCell): Promise<Map<string, Rounds>> {
  const { lock_rounds } = await import('./lock_rounds.ts');
  const { lockDesigns } = await import('./lock_designs.ts');
  const d = lockDesigns().get(design);
  // In the native lowering a procedure is a plain function; its generator type is the source's.
  const lowered = lock_rounds as unknown as (
    lock: number,
    self: number,
    counter: number,
    d: unknown,
    count: number,
  ) => unknown;
  const made = new Map<string, Rounds>([
    ['js', (lock, self, counter, count) => lowered(lock, self, counter, d, count)],
  ]);
  for (const [name, module] of compiled) {
    const { lock_rounds: rounds } = instantiate(module, memory).functions;
    if (rounds !== undefined) made.set(name, rounds);
  }
  return made;
}
