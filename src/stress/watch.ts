/**
 * The coordinator's clock: real time limits, the caller's signal, and a watchdog for rounds that
 * make no progress. It only sets words that actors look at; no thread is ever ended by it.
 */
import type { Program } from '../actor/program.ts';
import { nameOfAddress } from '../memory/image.ts';
import { CONTROL, COORDINATOR_ID, STATE, STOP, stateOf, stopRound } from '../ops/native/control.ts';
import { recordFinding } from '../ops/native/runtime.ts';
import { LOCK_WAITS } from '../oracles/hung_task.ts';
import { lockName } from '../oracles/lock_classes.ts';
import type { Finding } from '../oracles/verdict.ts';
import type { Arena } from './arena.ts';
import { stuckFinding } from './judge.ts';
import type { StressLimits } from './stress.ts';
import { saveWaits, type Wait, waitsOf } from './waits.ts';

const TICK_MS = 5;
/** Every operation that waits and, in the sanitized form, every operation looks whether to stop. */
const UNSTOPPABLE_MS = 3000;

export class Watch {
  stopped: 'millis' | 'signal' | undefined;
  elapsedMs = 0;
  stopLatencyMs = 0;
  readonly #arena: Arena;
  readonly #program: Program;
  readonly #limits: StressLimits;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#stop('signal');
  #timer: NodeJS.Timeout | undefined;
  #beganAt = 0;
  #stopAt = 0;
  #rounds = -1;
  #roundSince = 0;
  /** When the round was told to end, 0 while it was not. */
  #endSince = 0;
  #giveUp: (error: Error) => void = () => undefined;

  constructor(
    arena: Arena,
    program: Program,
    limits: StressLimits,
    signal: AbortSignal | undefined,
  ) {
    this.#arena = arena;
    this.#program = program;
    this.#limits = limits;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort);
  }

  /** Rounds are being played. The promise is rejected when they cannot be stopped. */
  begin(): Promise<never> {
    this.#endSince = 0;
    this.#beganAt = performance.now();
    this.#roundSince = this.#beganAt;
    this.#rounds = -1;
    if (this.#signal?.aborted === true) this.#stop('signal');
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    return new Promise((_, reject) => {
      this.#giveUp = reject;
    });
  }

  /** No round is being played. */
  pause(): void {
    clearInterval(this.#timer);
    const now = performance.now();
    this.elapsedMs += now - this.#beganAt;
    if (this.#stopAt !== 0 && this.stopLatencyMs === 0) this.stopLatencyMs = now - this.#stopAt;
  }

  end(): void {
    clearInterval(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }

  #tick(): void {
    const { control } = this.#arena;
    const now = performance.now();
    if (this.stopped === undefined) {
      if (this.elapsedMs + now - this.#beganAt >= this.#limits.millis) this.#stop('millis');
    } else {
      // Again, as a round may have been reset just after the first time.
      stopRound(control, this.#program.actors.length, STOP.abort);
    }
    const rounds = Atomics.load(control, CONTROL.generation);
    if (rounds !== this.#rounds) {
      this.#rounds = rounds;
      this.#roundSince = now;
      this.#endSince = 0;
    } else if (this.#endSince !== 0 && now - this.#endSince >= UNSTOPPABLE_MS) {
      this.#giveUp(new Error(`[hotrace bug] ${this.#program.target}: a worker does not stop`));
    } else if (now - this.#roundSince >= this.#limits.roundMillis) {
      this.#roundSince = now;
      this.#strike();
    }
  }

  #stop(why: 'millis' | 'signal'): void {
    if (this.stopped !== undefined) return;
    this.stopped = why;
    this.#stopAt = performance.now();
    this.#endSince = this.#stopAt;
    const { control } = this.#arena;
    Atomics.store(control, CONTROL.quit, 1);
    stopRound(control, this.#program.actors.length, STOP.abort);
  }

  /** A round takes too long: somebody spins without a cpu_relax, or all go round in circles. */
  #strike(): void {
    const { control } = this.#arena;
    this.#endSince = performance.now();
    const waits = waitsOf(this.#arena, this.#program);
    saveWaits(control, waits);
    recordFinding(control, COORDINATOR_ID, this.#findingOf(waits));
    stopRound(control, this.#program.actors.length, STOP.watchdog);
  }

  #findingOf(waits: readonly Wait[]): Finding {
    const { actors, layout } = this.#program;
    const onLock = waits.filter((wait) => LOCK_WAITS.has(wait.kind));
    const idle = new Set(waits.map((wait) => wait.actor));
    const busy = actors.filter((_, i) => {
      return !idle.has(i) && stateOf(this.#arena.control, i) !== STATE.done;
    });
    if (busy.length === 0 && onLock.length > 0) {
      const stuck = stuckFinding(this.#arena, this.#program, onLock);
      if (stuck !== undefined) return stuck;
    }
    const runs = busy.map((actor) => actor.name).join(', ');
    const blocked = onLock.map((wait) => {
      const lock = lockName(nameOfAddress(layout, wait.addr));
      return `${actors[wait.actor]?.name ?? '?'} waits for ${lock}`;
    });
    const message = [`${runs} run without progress`, ...blocked].join(', ');
    return { verdict: 'livelock', oracle: 'watchdog', message, addr: 0 };
  }
}
