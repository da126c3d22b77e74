/** The threads of a benchmark and what they share. They take turns together, or hang together. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { inLowering } from '../../ops/lower/tree.ts';
import { sharedMemory } from '../../ops/wasm/webassembly.ts';
import { bench_plan } from '../../sync/bench/structs.ts';
import { allowedCpus, pin } from './pinning.ts';
import {
  CONTROL,
  type LockRef,
  type PingTurn,
  type Places,
  type RoundTurn,
  type SharedWords,
  type Started,
  type ThreadSetup,
  TRACE_MAX,
  type TraceTurn,
  type Turn,
  type TurnEnd,
} from './thread/protocol.ts';

const ENTRY = new URL('./thread/worker.ts', import.meta.url).href;

/** Words for the largest lock with all its threads. */
const WORDS = 1 << 18;

export interface TurnLimits {
  /** After this the threads are asked to stop: what they did counts. */
  readonly softMs: number;
  /** After this they hang. */
  readonly hardMs: number;
}

/** How a turn went. */
export interface TurnResult {
  readonly ends: readonly TurnEnd[];
  /** They were asked to stop before they had done all. */
  readonly cutShort: boolean;
}

/** Threads did not come to their end: a lost wake-up, or a lock that nobody can take. */
export class HangError extends Error {
  override readonly name = 'HangError';
}

interface Thread {
  readonly worker: Worker;
  readonly pinned: boolean;
}

/** A turn without what the pool itself knows. */
type Wish<T> = Omit<T, 'turn' | 'threads'> & { readonly threads: number };

export class BenchPool {
  readonly shared: SharedWords;
  readonly cpus: readonly number[] = allowedCpus();
  readonly #zero = process.hrtime.bigint();
  #threads: Thread[] = [];
  #turn = 0;
  #stopped: ((reason: Error) => void) | undefined;

  constructor() {
    const ints = (length: number) => new Int32Array(new SharedArrayBuffer(4 * length));
    const memory = sharedMemory(WORDS);
    this.shared = {
      memory,
      words: new Int32Array(memory.buffer),
      control: ints(CONTROL.words),
      times: new Float64Array(new SharedArrayBuffer(8 * 3 * TRACE_MAX)),
      owners: ints(TRACE_MAX),
    };
  }

  /** True while every thread is on a CPU of its choice. */
  get pinned(): boolean {
    return this.#threads.every((thread) => thread.pinned);
  }

  /** CPU that a thread is put on. */
  cpuOf(thread: number): number {
    return this.cpus[thread % this.cpus.length] ?? 0;
  }

  async round(threads: number, lock: LockRef, places: Places, limits: TurnLimits) {
    const wish: Wish<RoundTurn> = { kind: 'round', threads, lock, places };
    return await this.#play(wish, limits, places.plan + bench_plan.total);
  }

  async trace(wish: Wish<TraceTurn>, limits: TurnLimits): Promise<TurnResult> {
    Atomics.store(this.shared.control, CONTROL.traced, 0);
    return await this.#play(wish, limits, wish.places.plan + bench_plan.total);
  }

  /** ns that a word takes from one CPU to the next; undefined where there is but one. */
  async handoverNs(): Promise<number | undefined> {
    if (this.cpus.length < 2) return undefined;
    const { control } = this.shared;
    for (const at of [CONTROL.ping, CONTROL.pong, CONTROL.giveUp]) Atomics.store(control, at, 0);
    const wish: Wish<PingTurn> = { kind: 'ping', threads: 2, exchanges: 2000 };
    const { ends } = await this.#play(wish, { softMs: 1000, hardMs: 5000 }, undefined);
    const [first] = ends;
    if (first === undefined || first.taken === 0) return undefined;
    return (first.ended - first.began) / (2 * first.taken);
  }

  /** The turn that goes on ends at once, by an error. */
  stop(reason: Error): void {
    this.#stopped?.(reason);
  }

  async close(): Promise<void> {
    const threads = this.#threads;
    this.#threads = [];
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  /** `stopAt`: the word that ends a round early when it is 0. */
  async #play(
    wish: Wish<RoundTurn> | Wish<TraceTurn> | Wish<PingTurn>,
    limits: TurnLimits,
    stopAt: number | undefined,
  ): Promise<TurnResult> {
    await this.#need(wish.threads);
    const turn: Turn = { ...wish, turn: ++this.#turn };
    Atomics.store(this.shared.control, CONTROL.arrived, 0);
    const workers = this.#threads.slice(0, wish.threads).map(({ worker }) => worker);
    const answers = Promise.all(workers.map((worker) => answerOf(worker, turn)));
    // A turn that is given up leaves answers that never come.
    answers.catch(() => undefined);
    let cutShort = false;
    const soft = setTimeout(() => {
      cutShort = true;
      if (stopAt !== undefined) Atomics.store(this.shared.words, stopAt, 0);
    }, limits.softMs);
    let hard: NodeJS.Timeout | undefined;
    const givenUp = new Promise<never>((_, reject) => {
      this.#stopped = reject;
      const seconds = (limits.hardMs / 1000).toFixed(1);
      const why = `its threads did not come to their end within ${seconds} s`;
      hard = setTimeout(() => reject(new HangError(why)), limits.hardMs);
    });
    try {
      return { ends: await Promise.race([answers, givenUp]), cutShort };
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      this.#stopped = undefined;
      clearTimeout(soft);
      clearTimeout(hard);
    }
  }

  async #need(threads: number): Promise<void> {
    while (this.#threads.length < threads) {
      const missing = threads - this.#threads.length;
      const first = this.#threads.length;
      const more = Array.from({ length: missing }, (_, i) => this.#start(first + i));
      this.#threads.push(...(await Promise.all(more)));
    }
  }

  async #start(thread: number): Promise<Thread> {
    const workerData: ThreadSetup = { ...this.shared, thread, zero: this.#zero };
    const worker = new Worker(new URL(inLowering(ENTRY, 'native')), { workerData });
    const [started] = await once(worker, 'message');
    // The first thing that a thread says is this.
    const { tid } = started as Started;
    return { worker, pinned: await pin(tid, this.cpuOf(thread)) };
  }
}

async function answerOf(worker: Worker, turn: Turn): Promise<TurnEnd> {
  const answered = once(worker, 'message');
  worker.postMessage(turn);
  const [end] = await answered;
  // A thread answers each turn with this.
  return end as TurnEnd;
}
