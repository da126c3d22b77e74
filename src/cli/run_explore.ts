/** Runs explorations in workers: the main thread stays free for progress and Ctrl-C. */
import { Piscina } from 'piscina';
import { CONTROL, type ExploreSummary, type ExploreTask, type Preload } from './explore_task.ts';
import { count, type Output } from './output.ts';

const TASK_URL = new URL('./explore_task.ts', import.meta.url).href;

export type TaskWithoutControl = Omit<ExploreTask, 'control'>;

/** A pool of exploring workers. Close it, or the process does not end. */
export class ExplorePool {
  readonly #pool: Piscina;
  readonly #controls = new Set<Int32Array>();
  /** The preloading worker is the one to take: another would load everything again. */
  #ready: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(threads: number) {
    this.#pool = new Piscina({
      filename: TASK_URL,
      minThreads: 1,
      maxThreads: threads,
      idleTimeout: 60_000,
    });
  }

  /** Starts a worker on a system's modules; what goes wrong there comes again with a run. */
  preload(systemUrl: string): void {
    const task: Preload = { preload: systemUrl };
    this.#ready = this.#pool.run(task).catch(() => undefined);
  }

  async run(task: TaskWithoutControl): Promise<ExploreSummary> {
    await this.#ready;
    const control = new SharedArrayBuffer(CONTROL.SIZE * 4);
    const words = new Int32Array(control);
    if (this.#stopped) words[CONTROL.STOP] = 1;
    this.#controls.add(words);
    try {
      // Piscina hands back what the task's default export answered.
      return (await this.#pool.run({ ...task, control })) as ExploreSummary;
    } finally {
      this.#controls.delete(words);
    }
  }

  /** What runs now ends; later runs are not touched. */
  cancel(): void {
    for (const words of this.#controls) Atomics.store(words, CONTROL.STOP, 1);
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Running searches end at their next look, with what they have found so far. */
  stop(): void {
    this.#stopped = true;
    for (const words of this.#controls) Atomics.store(words, CONTROL.STOP, 1);
  }

  /** Executions and millions of steps of what runs now. */
  progress(): { readonly executions: number; readonly stepsM: number } {
    let executions = 0;
    let stepsM = 0;
    for (const words of this.#controls) {
      executions += Atomics.load(words, CONTROL.EXECUTIONS);
      stepsM += Atomics.load(words, CONTROL.STEPS_M);
    }
    return { executions, stepsM };
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

/** Shows how a long search goes, until the returned function is called. */
export function showProgress(pool: ExplorePool, output: Output, what: string): () => void {
  const start = performance.now();
  const timer = setInterval(() => {
    const { executions, stepsM } = pool.progress();
    const s = Math.round((performance.now() - start) / 1000);
    output.progress(`${what}: ${s} s, ${count(executions)} executions, ${stepsM} M steps`);
  }, 500);
  return () => {
    clearInterval(timer);
    output.progress('');
  };
}
