/** Entry of a worker thread: waits for the others, calls one compiled function, says so. */
import { parentPort, workerData } from 'node:worker_threads';
import { instantiate } from '../../../src/ops/wasm/instantiate.ts';
import type { WasmMemory, WasmModule } from '../../../src/ops/wasm/webassembly.ts';

export interface ThreadWork {
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  readonly name: string;
  readonly args: readonly number[];
  readonly threads: number;
  /** The word at which they gather. */
  readonly gather: number;
}

// The test starts this worker with exactly this.
const { module, memory, name, args, threads, gather } = workerData as ThreadWork;
const { functions } = instantiate(module, memory, {
  BUG_ON(condition: number): number {
    if (condition !== 0) throw new Error('BUG_ON');
    return 0;
  },
});
const words = new Int32Array(memory.buffer);
if (Atomics.add(words, gather, 1) + 1 === threads) Atomics.notify(words, gather);
for (;;) {
  const here = Atomics.load(words, gather);
  if (here === threads) break;
  Atomics.wait(words, gather, here);
}
functions[name]?.(...args);
parentPort?.postMessage('done');
