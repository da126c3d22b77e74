/** The coordinator's side of a run: opens rounds, watches their progress, keeps new outcomes. */
import type { Program } from '../actor/program.ts';
import { COMMAND, CONTROL, COORDINATOR_ID, STOP, stopRound } from '../ops/native/control.ts';
import { readFinding, recordFinding } from '../ops/native/runtime.ts';
import { type Arena, openRound, resetRound, wasPlayed } from './arena.ts';
import { type Death, deathFinding, locksHeldBy } from './deaths.ts';
import { gradeOf, type Outcome } from './grade.ts';
import type { Inspected } from './inspected.ts';
import { outcomeCount, outcomeText, registerOutcome } from './outcomes.ts';
import type { PooledWorker } from './pool.ts';
import type { StressOptions } from './stress.ts';
import { traceOf } from './trace_of.ts';
import { Watch } from './watch.ts';

export type StoppedBy = 'rounds' | 'millis' | 'failures' | 'signal' | 'death';

export interface RoundsEnd {
  readonly outcomes: readonly Outcome[];
  readonly deaths: readonly Death[];
  readonly stoppedBy: StoppedBy;
  readonly elapsedMs: number;
  readonly stopLatencyMs: number;
}

type Known = Omit<Outcome, 'count' | 'share'>;

export class Rounds {
  readonly #program: Program;
  readonly #arena: Arena;
  readonly #workers: readonly PooledWorker[];
  readonly #options: StressOptions;
  readonly #known: Known[] = [];
  readonly #deaths: Death[] = [];

  constructor(
    program: Program,
    arena: Arena,
    workers: readonly PooledWorker[],
    options: StressOptions,
  ) {
    this.#program = program;
    this.#arena = arena;
    this.#workers = workers;
    this.#options = options;
  }

  /** Plays until a limit is reached; between two goes it keeps what was new. */
  async run(): Promise<RoundsEnd> {
    const { control } = this.#arena;
    const { limits, signal } = this.#options;
    control[CONTROL.roundsWanted] = Math.min(limits.rounds, 0x7fffffff);
    control[CONTROL.failuresWanted] = limits.failures;
    const watch = new Watch(this.#arena, this.#program, limits, signal);
    try {
      for (;;) {
        await this.#play(watch);
        await this.#keepOutcome();
        const stoppedBy = this.#stoppedBy(watch);
        if (stoppedBy !== undefined) return this.#end(stoppedBy, watch);
      }
    } finally {
      watch.end();
    }
  }

  async inspections(): Promise<(readonly Inspected[])[]> {
    return await Promise.all(
      this.#workers.map(async ({ api, exited }) => {
        const events = await Promise.race([api.inspections(), exited]);
        return typeof events === 'string' ? [] : events;
      }),
    );
  }

  /** Until the workers come back: a new outcome, a limit, or a death. */
  async #play(watch: Watch): Promise<void> {
    const { control } = this.#arena;
    resetRound(this.#arena, this.#program, this.#options.seed);
    openRound(control, COMMAND.play);
    const unstoppable = watch.begin();
    const runs = this.#workers.map(({ api, exited }, actor) =>
      Promise.race([api.run(), exited]).then((end) => {
        if (typeof end === 'string') this.#threadGone(actor, end);
        else if (end.died !== undefined) this.#noteDeath(actor, end.died);
      }),
    );
    try {
      await Promise.race([Promise.all(runs), unstoppable]);
    } catch (error) {
      Atomics.store(control, CONTROL.quit, 1);
      stopRound(control, this.#program.actors.length, STOP.abort);
      openRound(control, COMMAND.leave);
      throw error;
    } finally {
      watch.pause();
    }
  }

  /** The thread ended under its actor: nobody will say that it has arrived. */
  #threadGone(actor: number, reason: string): void {
    const { control } = this.#arena;
    Atomics.add(control, CONTROL.deaths, 1);
    const finding = deathFinding(this.#arena, this.#program, actor, reason);
    recordFinding(control, COORDINATOR_ID, finding);
    stopRound(control, this.#program.actors.length, STOP.finding);
    this.#noteDeath(actor, reason);
    const arrived = Atomics.add(control, CONTROL.arrived, 1) + 1;
    if (arrived !== this.#program.actors.length) return;
    // It was the last one, so nobody has closed the round.
    Atomics.add(control, CONTROL.roundsDone, 1);
    Atomics.add(control, CONTROL.failures, 1);
    openRound(control, COMMAND.leave);
  }

  #noteDeath(actor: number, reason: string): void {
    if (reason.startsWith('[hotrace bug]')) throw new Error(reason);
    const held = locksHeldBy(this.#arena, this.#program, actor);
    this.#deaths.push({ actor: this.#program.actors[actor]?.name ?? '?', reason, held });
  }

  /** If the last round ended in a way not seen before, keeps it with its trace. */
  async #keepOutcome(): Promise<void> {
    const { control } = this.#arena;
    const { expected, lowering } = this.#options;
    if (!wasPlayed(control)) return;
    const finding = readFinding(control);
    const outcome = outcomeText(finding);
    if (this.#known.some((known) => known.outcome === outcome)) return;
    const verdict = finding?.verdict ?? 'pass';
    registerOutcome(control, this.#known.length, outcome, 1);
    this.#known.push({
      outcome,
      verdict,
      grade: gradeOf(expected, verdict),
      firstRound: Atomics.load(control, CONTROL.roundsDone),
      finding,
      trace:
        lowering === 'native'
          ? undefined
          : await traceOf(this.#arena, this.#program, this.#workers, finding),
    });
  }

  #stoppedBy(watch: Watch): StoppedBy | undefined {
    const { control } = this.#arena;
    const { limits } = this.#options;
    if (this.#deaths.length > 0) return 'death';
    if (watch.stopped !== undefined) return watch.stopped;
    if (limits.failures > 0 && Atomics.load(control, CONTROL.failures) >= limits.failures) {
      return 'failures';
    }
    return Atomics.load(control, CONTROL.roundsDone) >= limits.rounds ? 'rounds' : undefined;
  }

  #end(stoppedBy: StoppedBy, watch: Watch): RoundsEnd {
    const { control } = this.#arena;
    const rounds = Math.max(1, Atomics.load(control, CONTROL.roundsDone));
    const outcomes = this.#known.map((known, slot) => {
      const count = outcomeCount(control, slot);
      return { ...known, count, share: count / rounds };
    });
    return {
      outcomes: outcomes.sort((a, b) => b.count - a.count),
      deaths: this.#deaths,
      stoppedBy,
      elapsedMs: watch.elapsedMs,
      stopLatencyMs: watch.stopLatencyMs,
    };
  }
}
