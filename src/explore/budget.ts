/** What a search may spend. Every limit is explicit; spending one is not a pass. */
export interface Limits {
  readonly executions: number;
  /** Steps of one execution. */
  readonly steps: number;
  readonly millis: number;
}

export class Budget {
  readonly limits: Limits;
  readonly #now: () => number;
  readonly #start: number;
  /** Asked now and then: true ends the search (Ctrl-C, a stop of the pool). */
  readonly #stopped: () => boolean;
  executions = 0;
  steps = 0;

  constructor(limits: Limits, now: () => number, stopped: () => boolean) {
    this.limits = limits;
    this.#now = now;
    this.#start = now();
    this.#stopped = stopped;
  }

  get elapsedMs(): number {
    return this.#now() - this.#start;
  }

  spent(): boolean {
    if (this.executions >= this.limits.executions) return true;
    return this.elapsedMs >= this.limits.millis || this.#stopped();
  }
}
