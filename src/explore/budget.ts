/** What a search may spend. Every limit is explicit; spending one is not a pass. */
export interface Limits {
  readonly executions: number;
  /** Steps of one execution. */
  readonly steps: number;
  readonly millis: number;
}

/** The outside of a search: a clock, a way to be stopped, somebody who wants to know. */
export interface Watcher {
  readonly now: () => number;
  readonly stopped: () => boolean;
  readonly progress: (executions: number, steps: number) => void;
}

export class Budget {
  readonly limits: Limits;
  readonly #watcher: Watcher;
  readonly #start: number;
  #spent = false;
  #untilMs: number;
  #checks = 0;
  executions = 0;
  steps = 0;

  constructor(limits: Limits, watcher: Watcher) {
    this.limits = limits;
    this.#watcher = watcher;
    this.#start = watcher.now();
    this.#untilMs = limits.millis;
  }

  get elapsedMs(): number {
    return this.#watcher.now() - this.#start;
  }

  /** From now on at most so long, within the limit. */
  allowMore(millis: number): void {
    this.#untilMs = Math.min(this.limits.millis, this.elapsedMs + millis);
  }

  /** True once a limit is reached or the run was stopped. Time is asked every 64th call. */
  spent(): boolean {
    if (this.#spent || this.executions >= this.limits.executions) return true;
    if ((this.#checks++ & 63) !== 0) return false;
    this.#watcher.progress(this.executions, this.steps);
    this.#spent = this.elapsedMs >= this.#untilMs || this.#watcher.stopped();
    return this.#spent;
  }
}
