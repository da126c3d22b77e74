/** One worker's part in a run: attached to the shared memory, it plays round after round. */
import type { Program } from '../actor/program.ts';
import { type Table, tableOf } from '../actor/table.ts';
import { beginChecks, setUpChecks } from '../ops/native/checks.ts';
import { ACTOR, actorAt, COMMAND, CONTROL, STOP, stopRound } from '../ops/native/control.ts';
import { meet, noteLength, setUpDisturbance } from '../ops/native/disturb.ts';
import { forgetHeld } from '../ops/native/lockdep.ts';
import type { NativeLocks } from '../ops/native/locks.ts';
import { beginTurns } from '../ops/native/relax.ts';
import { LOG_SLOTS, ringAt, slotsOf } from '../ops/native/ring.ts';
import { attach, beginRound, readFinding, recordFinding } from '../ops/native/runtime.ts';
import { wheelExpiryMs } from '../ops/timer_wheel.ts';
import type { Finding } from '../oracles/verdict.ts';
import { openRound, resetRound, wasPlayed } from './arena.ts';
import { deathFinding } from './deaths.ts';
import { judgeEnd } from './end.ts';
import { type Inspected, playInspected } from './inspected.ts';
import { judgeOf } from './judge.ts';
import { countOutcome, noteMeasure, noteOperations, outcomeText } from './outcomes.ts';
import { playPart } from './player.ts';
import type { Job, RunEnd } from './protocol.ts';
import { SpanClock } from './spans.ts';
import { viewOf } from './view.ts';
import { denseCpus } from './waits.ts';

/** Looks at a word before sleeping on it, where every actor has a CPU of its own. */
const POLLS = 300;
/** Spinning for 10 µs, for 150 µs: then the holder of what is waited for may need this CPU. */
const TURNS_AWAKE_CROWDED = 256;
const TURNS_AWAKE = 4096;

export class Part {
  readonly inspections: Inspected[] = [];
  readonly #job: Job;
  readonly #program: Program;
  readonly #tables: readonly Table[];
  readonly #clock: SpanClock | undefined;
  #seen: number;

  constructor(job: Job, program: Program, locks: NativeLocks, sanitized: boolean) {
    this.#job = job;
    this.#program = program;
    this.#tables = program.actors.map((actor) => tableOf(actor.binding));
    this.#seen = Atomics.load(job.arena.control, CONTROL.generation);
    const { arena, actor, spans } = job;
    const table = this.#tables[actor];
    if (spans !== undefined && table !== undefined) {
      this.#clock = new SpanClock(spans, arena.control, table, actor);
    }
    const cpus = denseCpus(program);
    const crowded = program.actors.length > job.cpus;
    attach({
      memory: arena.memory,
      control: arena.control,
      layout: program.layout,
      actor,
      actors: program.actors.map(({ name, context, daemon }, i) => ({
        name,
        context,
        daemon,
        cpu: cpus[i] ?? 0,
      })),
      expiryMs: expiryOf(program),
      locks,
      judge: judgeOf(arena, program),
      polls: crowded ? 0 : POLLS,
      turnsAwake: crowded ? TURNS_AWAKE_CROWDED : TURNS_AWAKE,
      counting: sanitized,
    });
    setUpChecks({
      rings: sanitized ? arena.rings : new Int32Array(0),
      ringBase: ringAt(arena.rings, actor),
      ringSlots: slotsOf(arena.rings),
      logSlots: LOG_SLOTS,
      watched: program.watched.map((word) => word.addr),
    });
    setUpDisturbance(job.perturbation, job.cpus);
  }

  /** Plays rounds until told to leave. */
  play(): RunEnd {
    const { control } = this.#job.arena;
    for (;;) {
      this.#awaitRound();
      if (Atomics.load(control, CONTROL.command) === COMMAND.leave) return { died: undefined };
      const died = this.#playRound();
      const arrived = Atomics.add(control, CONTROL.arrived, 1) + 1;
      if (arrived === this.#program.actors.length) this.#closeRound();
      if (died !== undefined) return { died };
    }
  }

  #awaitRound(): void {
    const { control } = this.#job.arena;
    const polls = this.#program.actors.length > this.#job.cpus ? 0 : POLLS;
    for (let i = 0; Atomics.load(control, CONTROL.generation) === this.#seen; i++) {
      if (i >= polls) Atomics.wait(control, CONTROL.generation, this.#seen);
    }
    this.#seen = Atomics.load(control, CONTROL.generation);
  }

  /** Answers what killed this actor's thread, if anything did. */
  #playRound(): string | undefined {
    const { arena, actor, inspect } = this.#job;
    const spec = this.#program.actors[actor];
    const table = this.#tables[actor];
    if (spec === undefined || table === undefined) {
      throw new Error(`[hotrace bug] no actor ${actor}`);
    }
    beginRound(arena.control[CONTROL.roundSeed] ?? 0);
    forgetHeld();
    beginTurns();
    beginChecks(meet());
    try {
      this.inspections.length = 0;
      if (inspect) playInspected(spec, table, this.inspections);
      else playPart(spec, table, this.#clock);
      return undefined;
    } catch (error) {
      return this.#die(error);
    } finally {
      noteLength(arena.control[actorAt(actor) + ACTOR.ringHead] ?? 0);
    }
  }

  #die(error: unknown): string {
    const { arena, actor } = this.#job;
    const reason = error instanceof Error ? error.message : String(error);
    Atomics.add(arena.control, CONTROL.deaths, 1);
    recordFinding(arena.control, actor + 1, deathFinding(arena, this.#program, actor, reason));
    stopRound(arena.control, this.#program.actors.length, STOP.finding);
    return reason;
  }

  /** Whoever ends last judges the round, counts it, and opens the next. */
  #closeRound(): void {
    const { arena, seed } = this.#job;
    const { control } = arena;
    const known = wasPlayed(control) ? this.#judgeRound() : true;
    const enough =
      Atomics.load(control, CONTROL.quit) !== 0 ||
      Atomics.load(control, CONTROL.deaths) !== 0 ||
      reached(control, CONTROL.roundsDone, CONTROL.roundsWanted) ||
      reached(control, CONTROL.failures, CONTROL.failuresWanted);
    // The memory of a round with a new outcome is left as it is: its trace is made from it.
    const leave = enough || !known;
    if (!leave) resetRound(arena, this.#program, seed);
    openRound(control, leave ? COMMAND.leave : COMMAND.play);
  }

  /** False when the outcome is a new one. */
  #judgeRound(): boolean {
    const { arena } = this.#job;
    const { control } = arena;
    const finding = readFinding(control) ?? this.#atRest();
    const first = Atomics.add(control, CONTROL.roundsDone, 1) === 0;
    noteOperations(control);
    if (finding !== undefined) Atomics.add(control, CONTROL.failures, 1);
    else this.#measure(first);
    return countOutcome(control, outcomeText(finding));
  }

  #atRest(): Finding | undefined {
    const { arena } = this.#job;
    const view = viewOf(arena, this.#program, this.#tables);
    const finding = judgeEnd(arena, this.#program, view);
    if (finding !== undefined) recordFinding(arena.control, this.#job.actor + 1, finding);
    return finding;
  }

  #measure(first: boolean): void {
    const { arena } = this.#job;
    const view = viewOf(arena, this.#program, this.#tables);
    this.#program.measures.forEach(({ read }, i) => {
      noteMeasure(arena.control, i, read(view), first);
    });
  }
}

function reached(control: Int32Array, count: number, wanted: number): boolean {
  const limit = Atomics.load(control, wanted);
  return limit > 0 && Atomics.load(control, count) >= limit;
}

function expiryOf(
  program: Program,
): (nowMs: number, ms: number, what: 'msleep' | 'timeout') => number {
  const { timers } = program;
  if (timers.kind === 'exact') return (nowMs, ms) => nowMs + Math.max(0, ms);
  return (nowMs, ms, what) => wheelExpiryMs(nowMs, ms, timers.hz, timers.offsetMs, what);
}
