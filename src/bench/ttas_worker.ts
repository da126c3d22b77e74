/**
 * Times lock + increment + unlock on one thread: the lowered procedure against the same thing
 * written by hand, interleaved A B A B. A thread of its own, because a thread has one lowering.
 */
import { parentPort } from 'node:worker_threads';
import { ImageBuilder } from '../memory/image.ts';
import { kref, spinlock } from '../memory/kernel_structs.ts';
import { installLowering } from '../ops/lower/hooks.ts';
import { newControl } from '../ops/native/control.ts';
import type { NativeLocks } from '../ops/native/locks.ts';
import { attach, type Judge } from '../ops/native/runtime.ts';
import { LINE, lock_self } from '../sync/self.ts';

export interface TtasTimes {
  /** Nanoseconds a lock section, one figure a round. */
  readonly loweredNs: readonly number[];
  readonly handNs: readonly number[];
  /** Sections counted by the protected word; the run is void if it is not the product. */
  readonly counted: number;
  readonly expected: number;
}

export interface TtasRequest {
  readonly rounds: number;
  readonly sections: number;
}

/** Lock operations and oracles: what is timed uses none, and says so if it does. */
const unused = (): never => {
  throw new Error('[hotrace bug] the timed loop uses only reads, writes and atomics');
};
const NO_LOCKS: NativeLocks = {
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
const NO_JUDGE: Judge = {
  quiet: unused,
  clockMoved: unused,
  badAccess: unused,
  nameOfLock: unused,
  lockClass: unused,
  lockClassName: unused,
  watchedMove: unused,
  panicOnWarn: false,
};

parentPort?.on('message', async (request: TtasRequest) => {
  parentPort?.postMessage(await timeTtas(request));
});

async function timeTtas({ rounds, sections }: TtasRequest): Promise<TtasTimes> {
  installLowering('native');
  const { ttas_rounds } = await import('./ttas_rounds.ts');
  const builder = new ImageBuilder();
  const self = builder.static_('lock_self', lock_self, LINE);
  const lock = builder.static_('lock', spinlock, LINE);
  const counter = builder.static_('counter', kref);
  const { layout, image } = builder.build();
  const memory = new Int32Array(new SharedArrayBuffer(layout.imageWords * 4));
  memory.set(image);
  attach({
    memory,
    control: newControl(),
    layout,
    actor: 0,
    actors: [{ name: 'bench', context: 'process', daemon: false, cpu: 0 }],
    expiryMs: (nowMs, ms) => nowMs + ms,
    locks: NO_LOCKS,
    judge: NO_JUDGE,
    polls: 0,
    turnsAwake: 32,
    counting: false,
  });
  // In the native lowering a procedure is a plain function; its generator type is the source's.
  const lowered = ttas_rounds as unknown as (
    lock: number,
    self: number,
    at: number,
    count: number,
  ) => number;
  const loweredNs: number[] = [];
  const handNs: number[] = [];
  // The first round of each warms the compiler up and is not kept.
  for (let round = 0; round <= rounds; round++) {
    const a = timed(sections, () => lowered(lock, self, counter, sections));
    const b = timed(sections, () => byHand(memory, lock, counter, sections));
    if (round > 0) loweredNs.push(a);
    if (round > 0) handNs.push(b);
  }
  return {
    loweredNs,
    handNs,
    counted: memory[counter] ?? 0,
    expected: 2 * (rounds + 1) * sections,
  };
}

function timed(sections: number, run: () => unknown): number {
  const start = performance.now();
  run();
  return ((performance.now() - start) * 1e6) / sections;
}

/** The comparator: what somebody would write who has only Atomics. */
function byHand(memory: Int32Array, lock: number, counter: number, sections: number): void {
  for (let i = 0; i < sections; i++) {
    while (Atomics.exchange(memory, lock, 1) !== 0) {
      while (Atomics.load(memory, lock) !== 0) Atomics.pause();
    }
    memory[counter] = (memory[counter] ?? 0) + 1;
    Atomics.store(memory, lock, 0);
  }
}
