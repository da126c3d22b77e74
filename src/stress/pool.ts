/** Worker threads, kept over rounds and over programs: starting one costs as much as 100 rounds. */
import { MessageChannel, Worker } from 'node:worker_threads';
import { type Endpoint, type Remote, wrap } from 'comlink';
import { inLowering } from '../ops/lower/tree.ts';
import type { StressLowering, WorkerApi, WorkerSetup } from './protocol.ts';

const ENTRY = new URL('./worker.ts', import.meta.url).href;

/** A worker as the coordinator holds it. */
export interface PooledWorker {
  readonly api: Remote<WorkerApi>;
  /** Resolves when the thread is gone, whoever ended it: how it ended, in words. */
  readonly exited: Promise<string>;
}

interface Entry extends PooledWorker {
  readonly thread: Worker;
  readonly lowering: StressLowering;
  busy: boolean;
  gone: boolean;
}

export class StressPool {
  readonly #entries: Entry[] = [];
  #closed = false;

  /**
   * Idle workers of one lowering, new ones where there are too few.
   * @throws Error `[hotrace bug]` after close().
   */
  take(lowering: StressLowering, count: number): PooledWorker[] {
    if (this.#closed) throw new Error('[hotrace bug] the stress pool is closed');
    const taken: Entry[] = [];
    for (let i = 0; i < count; i++) {
      const idle = this.#entries.find((e) => !e.busy && !e.gone && e.lowering === lowering);
      const entry = idle ?? this.#start(lowering);
      entry.busy = true;
      taken.push(entry);
    }
    return taken;
  }

  /** Gives workers back. They must be in their event loops: their run() has answered. */
  release(workers: readonly PooledWorker[]): void {
    for (const entry of this.#entries) if (workers.includes(entry)) entry.busy = false;
  }

  /** Ends workers that cannot be trusted to be idle; the pool starts others when needed. */
  async discard(workers: readonly PooledWorker[]): Promise<void> {
    const entries = this.#entries.filter((entry) => workers.includes(entry));
    for (const entry of entries) entry.gone = true;
    await Promise.all(entries.map((entry) => entry.thread.terminate()));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.discard(this.#entries);
  }

  #start(lowering: StressLowering): Entry {
    const { port1, port2 } = new MessageChannel();
    const setup: WorkerSetup = { lowering, port: port2 };
    const entryUrl = new URL(inLowering(ENTRY, lowering));
    const thread = new Worker(entryUrl, { workerData: setup, transferList: [port2] });
    const exited = new Promise<string>((resolve) => {
      let failure: string | undefined;
      // An uncaught error ends the thread: 'exit' follows.
      thread.on('error', (error) => {
        failure = error instanceof Error ? error.message : String(error);
      });
      thread.once('exit', (code) => {
        entry.gone = true;
        port1.close();
        resolve(failure ?? `its thread exited with code ${code}`);
      });
    });
    // Node's MessagePort has what an Endpoint needs; its types say it in other words.
    const api = wrap<WorkerApi>(port1 as unknown as Endpoint);
    const entry: Entry = { thread, lowering, api, exited, busy: false, gone: false };
    this.#entries.push(entry);
    return entry;
  }
}
