/**
 * Stress: a program's actors really in parallel, one worker thread each, round after round from a
 * fresh memory image. The coordinator starts, watches and collects; it takes no part in a round.
 */
import { availableParallelism } from 'node:os';
import type { Program } from '../actor/program.ts';
import { CONTROL } from '../ops/native/control.ts';
import type { Perturbation } from '../ops/native/disturb.ts';
import type { Verdict } from '../oracles/verdict.ts';
import { newArena } from './arena.ts';
import { buildProgram } from './build.ts';
import type { Death } from './deaths.ts';
import { type Expected, type Outcome, overallVerdict } from './grade.ts';
import type { Inspected } from './inspected.ts';
import { readMeasures, readOperations, type StressMeasure } from './outcomes.ts';
import { type PooledWorker, StressPool } from './pool.ts';
import type { Job, LockChoice, ProgramSpec, StressLowering } from './protocol.ts';
import { Rounds, type StoppedBy } from './rounds.ts';
import { newSpanMemory, readSpans, type Span, type SpanSamples } from './spans.ts';

/** Whichever is reached first ends the run. */
export interface StressLimits {
  readonly rounds: number;
  readonly millis: number;
  /** Real time after which a round that has not ended is stopped: it makes no progress. */
  readonly roundMillis: number;
  /** Rounds with a finding; 0: no number of them ends the run. */
  readonly failures: number;
}

export interface StressOptions {
  readonly program: ProgramSpec;
  readonly lowering: StressLowering;
  readonly limits: StressLimits;
  readonly perturbation: Perturbation;
  readonly seed: number;
  readonly locks: LockChoice;
  readonly expected: Expected;
  /** XState actors themselves run the machines, their inspection events are recorded. */
  readonly inspect: boolean;
  /** What is timed; not together with `inspect`. */
  readonly spans?: readonly Span[];
  /** Operations kept per actor for traces, a power of two. */
  readonly traceEvents: number;
  /** Workers to take; without one, they are started and ended by this run. */
  readonly pool: StressPool | undefined;
  readonly signal: AbortSignal | undefined;
  /** Told of the control words before the first round: they may be looked at while it runs. */
  readonly watched?: (control: Int32Array, program: Program) => void;
}

export interface StressResult {
  readonly target: string;
  readonly design: string;
  readonly mode: 'stress';
  readonly lowering: StressLowering;
  readonly verdict: Verdict;
  readonly stoppedBy: StoppedBy;
  readonly rounds: number;
  readonly failures: number;
  /** Rounds whose outcome was one more than the table keeps. */
  readonly otherOutcomes: number;
  /** Operations of all rounds; the native form counts none. */
  readonly steps: number;
  readonly elapsedMs: number;
  readonly roundsPerSecond: number;
  readonly seed: number;
  readonly limits: StressLimits;
  readonly outcomes: readonly Outcome[];
  readonly measures: readonly StressMeasure[];
  readonly deaths: readonly Death[];
  /** From the wish to stop until every worker was back in its event loop. */
  readonly stopLatencyMs: number;
  /** By actor, of the last round; empty unless asked for. */
  readonly inspections: readonly (readonly Inspected[])[];
  /** Of the last rounds; empty unless asked for. */
  readonly spans: readonly SpanSamples[];
}

/**
 * Runs rounds until a limit, a death, or the signal.
 * @throws Error `[hotrace bug]` when a worker fails for a reason of ours.
 */
export async function stress(options: StressOptions): Promise<StressResult> {
  const model = await buildProgram(options.program);
  // Loaded when this thread's lowering is in place: the zoo's procedures are part of it.
  const { backProgram } = await import('./native_locks.ts');
  const program = backProgram(model, options.locks);
  const pool = options.pool ?? new StressPool();
  try {
    return await stressProgram(program, pool, options);
  } finally {
    if (options.pool === undefined) await pool.close();
  }
}

async function stressProgram(
  program: Program,
  pool: StressPool,
  options: StressOptions,
): Promise<StressResult> {
  const arena = newArena(program, options.traceEvents);
  options.watched?.(arena.control, program);
  const workers = pool.take(options.lowering, program.actors.length);
  const rounds = new Rounds(program, arena, workers, options);
  try {
    const { inspect, locks, lowering, perturbation, seed } = options;
    const cpus = availableParallelism();
    const spans = options.spans && newSpanMemory(options.spans, program.actors.length);
    const job = { program: options.program, arena, seed, locks, perturbation, inspect, spans };
    await Promise.all(workers.map((worker, actor) => begin(worker, { ...job, actor, cpus })));
    const end = await rounds.run();
    const count = arena.control[CONTROL.roundsDone] ?? 0;
    const inspections = inspect ? await rounds.inspections() : [];
    pool.release(workers);
    return {
      target: program.target,
      design: program.design,
      mode: 'stress',
      lowering,
      verdict: overallVerdict(end.outcomes),
      stoppedBy: end.stoppedBy,
      rounds: count,
      failures: arena.control[CONTROL.failures] ?? 0,
      otherOutcomes: arena.control[CONTROL.otherOutcomes] ?? 0,
      steps: readOperations(arena.control),
      elapsedMs: end.elapsedMs,
      roundsPerSecond: Math.round((1000 * count) / Math.max(1, end.elapsedMs)),
      seed,
      limits: options.limits,
      outcomes: end.outcomes,
      measures: readMeasures(arena.control, program),
      deaths: end.deaths,
      stopLatencyMs: end.stopLatencyMs,
      inspections,
      spans: spans === undefined ? [] : readSpans(spans, program.actors.length),
    };
  } catch (error) {
    await pool.discard(workers);
    throw error;
  }
}

/** A thread that ends before it has begun would never answer. */
async function begin({ api, exited }: PooledWorker, job: Job): Promise<void> {
  const gone = await Promise.race([api.configure(job), exited]);
  if (gone !== undefined) throw new Error(`[hotrace bug] a stress worker did not begin: ${gone}`);
}
