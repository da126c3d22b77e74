/**
 * What the benchmark's operations work on, in one thread: the shared words, and what is counted.
 * The words are a constant of the module, so that V8 compiles their place in; a thread of the
 * benchmark is started with them (`workerData.words`).
 */
import { workerData } from 'node:worker_threads';

/** Room for a lock, where no benchmark started this thread. */
const ALONE_WORDS = 4096;

function given(data: unknown): Int32Array | undefined {
  if (typeof data !== 'object' || data === null || !('words' in data)) return undefined;
  return data.words instanceof Int32Array ? data.words : undefined;
}

export const words: Int32Array =
  given(workerData) ?? new Int32Array(new SharedArrayBuffer(4 * ALONE_WORDS));

/** Of this thread, since it last was at its gate. */
export const counts = { parks: 0, notifies: 0, current: 1 };
