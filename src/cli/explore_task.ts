/**
 * One exploration as plain data in and out, so that it can run in a worker while the main thread
 * shows progress and hears Ctrl-C.
 */
import type { Counterexample } from '../explore/confirm.ts';
import { Engine } from '../explore/engine.ts';
import {
  type ExploreResult,
  explore,
  type StrategyName,
  type Subtree,
} from '../explore/explore.ts';
import { replay } from '../explore/replay.ts';
import { installLowering } from '../ops/lower/hooks.ts';
import { buildProgram } from '../scenarios/build.ts';
import { loadSystem } from '../scenarios/registry.ts';
import type { BuildRequest } from '../scenarios/system.ts';
import { loadZoo } from '../scenarios/zoo.ts';
import { COLUMNS_DEFAULTS, columns, shortSchedule } from '../trace/columns.ts';
import { dmesg } from '../trace/dmesg.ts';
import { perfettoJson } from '../trace/perfetto.ts';
import type { Trace } from '../trace/record.ts';
import { reportOf } from '../trace/report.ts';
import { showSchedule } from './live_schedules.ts';
import { type ScheduleTexts, scheduleTexts } from './schedules.ts';

/** Words of the control buffer. */
export const CONTROL = { STOP: 0, EXECUTIONS: 1, STEPS_M: 2, SIZE: 4 } as const;

export interface ExploreTask {
  readonly systemUrl: string;
  readonly request: BuildRequest;
  readonly strategy: StrategyName;
  readonly bound: number;
  readonly beyondMs: number;
  readonly depth: number;
  readonly seed: number;
  readonly executions: number;
  readonly steps: number;
  readonly millis: number;
  readonly reduce: boolean;
  readonly subtree: Subtree | undefined;
  /** Characters of a line of columns, and whether every step is shown. */
  readonly width: number;
  readonly color: boolean;
  readonly full: boolean;
  readonly wantDmesg: boolean;
  readonly wantPerfetto: boolean;
  readonly wantCoverage?: boolean;
  /** Where schedules are shown while they are searched (live_schedules.ts). */
  readonly shown?: SharedArrayBuffer;
  /** Int32 words CONTROL: stop, then progress. */
  readonly control: SharedArrayBuffer;
}

/** Loads a system's modules while the main thread is still busy with the arguments. */
export interface Preload {
  /** URL of the system's module. */
  readonly preload: string;
}

export interface Explanation {
  readonly headline: string;
  readonly report: string;
  readonly shortSchedule: string;
  readonly columns: string;
  readonly schedule: string;
  readonly token: string;
  readonly contextSwitches: number;
  readonly preemptions: number;
  readonly steps: number;
}

/** A result as it travels between threads: its counterexample explained, not carried. */
export interface ExploreSummary extends Omit<ExploreResult, 'counterexample'> {
  readonly explanation: Explanation | undefined;
  readonly dmesg: string | undefined;
  readonly perfetto: string | undefined;
}

/** Piscina's entry: explores in this thread. */
// biome-ignore lint/style/noDefaultExport: piscina calls the default export.
export default async function runTask(
  task: ExploreTask | Preload,
): Promise<ExploreSummary | undefined> {
  installLowering('explored');
  if ('preload' in task) {
    await loadSystem(task.preload);
    return undefined;
  }
  return await runExploreTask(task);
}

async function runExploreTask(task: ExploreTask): Promise<ExploreSummary> {
  const system = await loadSystem(task.systemUrl);
  const program = buildProgram(system, task.request, await loadZoo());
  const control = new Int32Array(task.control);
  const { shown } = task;
  const result = explore(program, {
    strategy: task.strategy,
    bound: task.bound,
    beyondMs: task.beyondMs,
    depth: task.depth,
    seed: task.seed,
    limits: { executions: task.executions, steps: task.steps, millis: task.millis },
    reduce: task.reduce,
    subtree: task.subtree,
    countMoves: task.wantCoverage === true,
    minimiseTries: 4000,
    now: () => performance.now(),
    stopped: () => Atomics.load(control, CONTROL.STOP) === 1,
    progress: (executions, steps) => {
      Atomics.store(control, CONTROL.EXECUTIONS, executions);
      Atomics.store(control, CONTROL.STEPS_M, Math.floor(steps / 1_000_000));
    },
    ...(shown === undefined ? {} : { sampled: (log) => showSchedule(shown, log) }),
  });
  const found = result.counterexample;
  const trace = found?.trace ?? (task.wantDmesg || task.wantPerfetto ? calmTrace() : undefined);
  return {
    ...plainResult(result),
    explanation: found === undefined ? undefined : explain(task, found),
    dmesg: task.wantDmesg && trace !== undefined ? dmesg(trace) : undefined,
    perfetto: task.wantPerfetto && trace !== undefined ? perfettoJson(trace) : undefined,
  };

  /** Nothing was violated: the execution of the default rule stands for the log. */
  function calmTrace(): Trace {
    return replay(new Engine(program), { actors: [], choices: [] }, task.steps).trace;
  }
}

function plainResult(
  result: ExploreResult,
): Omit<ExploreSummary, 'explanation' | 'dmesg' | 'perfetto'> {
  const { verdict, strategy, guarantee, boundExhausted, executions, steps } = result;
  const { states, elapsedMs, measures, moves, footprint, subtrees } = result;
  return {
    verdict,
    strategy,
    guarantee,
    boundExhausted,
    executions,
    steps,
    states,
    elapsedMs,
    measures,
    moves,
    footprint,
    subtrees,
  };
}

export function explain(task: ExploreTask, found: Counterexample): Explanation {
  const { trace } = found;
  const texts: ScheduleTexts = scheduleTexts(task, found);
  const { width, color, full } = task;
  const report = reportOf(trace);
  return {
    headline: report?.headline ?? found.finding.message,
    report: report?.text ?? found.finding.message,
    shortSchedule: shortSchedule(trace),
    columns: columns(trace, { ...COLUMNS_DEFAULTS, width, color, full }),
    schedule: texts.schedule,
    token: texts.token,
    contextSwitches: found.contextSwitches,
    preemptions: found.preemptions,
    steps: found.steps,
  };
}
