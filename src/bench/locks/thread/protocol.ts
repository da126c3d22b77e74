/** What the coordinator of a benchmark and its threads say to each other. */

import type { WasmMemory, WasmModule } from '../../../ops/wasm/webassembly.ts';

/** Where a lock's procedures are found in a thread. */
export interface LockRef {
  /** Names it in this run: an id of the zoo, FILE/id, or a twin's or the empty loop's name. */
  readonly key: string;
  readonly id: string;
  /** `zoo`: by id in src/sync; `none`: the empty loop; else a module's URL. */
  readonly from: string;
  readonly kind: 'exclusive' | 'readers-writer';
  /** Its loop and procedures in WebAssembly, if they are to run so. */
  readonly wasm?: WasmModule;
}

/** Word addresses of one cell. */
export interface Places {
  readonly section: number;
  readonly plan: number;
  readonly lock: number;
  /** By thread. */
  readonly selves: readonly number[];
  readonly threads: readonly number[];
}

/** Shared by all threads of a pool. */
export interface SharedWords {
  /** Where locks lie; what `#ops` works on. */
  readonly words: Int32Array;
  readonly control: Int32Array;
  /** By place in the order of acquisitions: wanted, acquired, released; ns since a common zero. */
  readonly times: Float64Array;
  /** By place: 1 + thread; negative for a reader. */
  readonly owners: Int32Array;
  /** What WebAssembly has `words` in. */
  readonly memory: WasmMemory;
}

export interface ThreadSetup extends SharedWords {
  readonly thread: number;
  /** hrtime of the common zero. */
  readonly zero: bigint;
}

/** Words of `control`, each on a line of its own. */
export const CONTROL = {
  arrived: 0,
  go: 16,
  traced: 32,
  ping: 48,
  pong: 64,
  giveUp: 80,
  nap: 96,
  words: 112,
} as const;

/** Places that the trace has room for. */
export const TRACE_MAX = 1 << 17;

interface Gate {
  /** Counts up from 1: whoever arrives last opens the gate of this turn. */
  readonly turn: number;
  readonly threads: number;
}

export interface RoundTurn extends Gate {
  readonly kind: 'round';
  readonly lock: LockRef;
  readonly places: Places;
}

export interface TraceTurn extends Gate {
  readonly kind: 'trace';
  readonly lock: LockRef;
  readonly places: Places;
  /** At this place in the order the holder sleeps in its section; -1: nobody does. */
  readonly pauseAt: number;
  readonly pauseMs: number;
}

/** Two threads hand a word to and fro. */
export interface PingTurn extends Gate {
  readonly kind: 'ping';
  readonly exchanges: number;
}

export type Turn = RoundTurn | TraceTurn | PingTurn;

/** What a thread answers; times in ns since the common zero. */
export interface TurnEnd {
  readonly began: number;
  readonly ended: number;
  /** Sections of this thread; exchanges of a ping. */
  readonly taken: number;
  readonly parks: number;
  readonly notifies: number;
  readonly cpuMicros: number;
  /** What went wrong in the lock, if anything did. */
  readonly error: string | undefined;
}

export interface Started {
  readonly tid: string | undefined;
}
