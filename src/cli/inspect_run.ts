/** Runs a target for the inspector: explores or stresses it and tells how it goes. */

import type { Program } from '../actor/program.ts';
import { type Table, tableOf } from '../actor/table.ts';
import { reproduce } from '../explore/confirm.ts';
import { Engine } from '../explore/engine.ts';
import { replay } from '../explore/replay.ts';
import type { InspectDocument } from '../inspect/document/document.ts';
import type { LiveRun } from '../inspect/document/messages.ts';
import { ACTOR, actorAt, CONTROL, STATE, stateOf } from '../ops/native/control.ts';
import type { Verdict } from '../oracles/verdict.ts';
import { readOperations } from '../stress/outcomes.ts';
import type { ExploreSummary } from './explore_task.ts';
import type { InspectOptions } from './inspect_input.ts';
import { replayHint } from './inspect_input.ts';
import { calmDocument, recordedDocument, searchOf, traceDocument } from './inspected.ts';
import { newSchedules, readSchedules } from './live_schedules.ts';
import { defaultJobs } from './options.ts';
import { exploreInParallel } from './parallel.ts';
import { readRecorded } from './recorded.ts';
import { ExplorePool, type TaskWithoutControl } from './run_explore.ts';
import { StressRunner } from './run_stress.ts';
import type { Scenario } from './scenario.ts';
import { scheduleTexts } from './schedules.ts';

/** So often a second is told how it goes. */
const SAMPLE_MS = 100;
const BOUND_DEFAULT = 2;
const BEYOND_MS = 2000;
const STEPS_LIMIT = 50_000;
const MINIMISE_TRIES = 2000;

export interface LiveJob {
  /** What came of it; undefined: it was stopped before there was anything to show. */
  readonly ended: Promise<InspectDocument>;
  readonly stop: () => void;
}

export type Tell = (run: LiveRun) => void;

export function startRun(scenario: Scenario, options: InspectOptions, tell: Tell): LiveJob {
  return options.stress === true
    ? startStress(scenario, options, tell)
    : startExplore(scenario, options, tell);
}

function baseOf(scenario: Scenario, kind: LiveRun['kind']): Omit<LiveRun, 'elapsedMs' | 'text'> {
  const { system, race, design, program } = scenario;
  return {
    type: 'run',
    kind,
    target: `${system.id}/${race.id}`,
    design: design.id,
    actors: program.actors.map((actor) => actor.name),
    done: false,
    figures: [],
    schedules: [],
    states: [],
    outcomes: [],
  };
}

function startExplore(scenario: Scenario, options: InspectOptions, tell: Tell): LiveJob {
  const pool = new ExplorePool(defaultJobs());
  const base = baseOf(scenario, 'explore');
  const bound = options.bound ?? BOUND_DEFAULT;
  const shown = newSchedules();
  const began = performance.now();
  const sample = (): LiveRun => {
    const { executions, stepsM } = pool.progress();
    const elapsedMs = performance.now() - began;
    const figures = [
      { name: 'executions', value: executions, unit: '' },
      { name: 'executions/s', value: Math.round((1000 * executions) / elapsedMs), unit: '' },
      { name: 'steps', value: stepsM, unit: 'M' },
    ];
    const upTo = `, bound ${Number.isFinite(bound) ? bound : 'none'}`;
    const text = `${options.strategy}${options.strategy === 'dfs' ? upTo : ''}`;
    return { ...base, elapsedMs, text, figures, schedules: readSchedules(shown) };
  };
  const timer = setInterval(() => tell(sample()), SAMPLE_MS);
  const task: TaskWithoutControl = {
    systemUrl: scenario.systemUrl,
    request: scenario.request,
    strategy: options.strategy,
    ...{ bound, beyondMs: options.bound === undefined ? BEYOND_MS : 0, depth: 3 },
    ...{ seed: options.seed, executions: 1e9, steps: STEPS_LIMIT, millis: options.time * 1000 },
    ...{ reduce: true, subtree: undefined, width: 150, color: false, full: false },
    ...{ wantDmesg: false, wantPerfetto: false, shown },
  };
  const run = async (): Promise<InspectDocument> => {
    try {
      const summary = await exploreInParallel(pool, task, defaultJobs());
      const { executions, elapsedMs, guarantee } = summary;
      const figures = [
        { name: 'executions', value: executions, unit: '' },
        { name: 'steps', value: summary.steps, unit: '' },
        { name: 'states', value: summary.states, unit: '' },
      ];
      const schedules = readSchedules(shown);
      tell({ ...base, elapsedMs, text: guarantee, figures, schedules, done: true });
      return await exploredDocument(scenario, options, summary, bound);
    } finally {
      clearInterval(timer);
      await pool.close();
    }
  };
  return { ended: run(), stop: () => pool.stop() };
}

async function exploredDocument(
  scenario: Scenario,
  options: InspectOptions,
  summary: ExploreSummary,
  bound: number,
): Promise<InspectDocument> {
  const search = searchOf(summary, bound);
  const { explanation } = summary;
  if (explanation !== undefined) {
    const recorded = readRecorded(explanation.token);
    return await recordedDocument(scenario, recorded, search, replayHint(options));
  }
  return await calm(scenario, options, search, summary.verdict);
}

/** Nothing was found, or nothing recorded: the execution of the default rule stands for it. */
async function calm(
  scenario: Scenario,
  options: InspectOptions,
  search: InspectDocument['search'],
  verdict: Verdict,
): Promise<InspectDocument> {
  const none = { actors: [], choices: [] };
  const again = replay(new Engine(scenario.program), none, STEPS_LIMIT);
  return await calmDocument(scenario, again, search, verdict, replayHint(options));
}

function startStress(scenario: Scenario, options: InspectOptions, tell: Tell): LiveJob {
  const runner = new StressRunner();
  const base = baseOf(scenario, 'stress');
  const began = performance.now();
  let control: Int32Array | undefined;
  let program: Program | undefined;
  let tables: readonly Table[] = [];
  const timer = setInterval(() => {
    if (control === undefined) return;
    tell({ ...base, ...sampled(control, tables, performance.now() - began) });
  }, SAMPLE_MS);
  const run = async (): Promise<InspectDocument> => {
    try {
      const result = await runner.run(scenario, {
        ...{ rounds: 1e9, millis: options.time * 1000, failures: 1 },
        ...{ perturb: 0.02, seed: options.seed, inspect: false },
        watched: (words, runs) => {
          control = words;
          program = runs;
          tables = runs.actors.map((actor) => tableOf(actor.binding));
        },
      });
      const { elapsedMs, rounds, verdict } = result;
      const outcomes = result.outcomes.map(({ outcome, count }) => ({ text: outcome, count }));
      const figures = [{ name: 'rounds', value: rounds, unit: '' }];
      tell({ ...base, elapsedMs, text: `${verdict}`, figures, outcomes, done: true });
      const trace = result.outcomes.find((one) => one.verdict === verdict)?.trace;
      if (trace === undefined) return await calm(scenario, options, null, verdict);
      const engine = new Engine(scenario.program);
      const found = reproduce(engine, trace, STEPS_LIMIT, MINIMISE_TRIES);
      if (found === undefined) return await traceDocument(trace, scenario, 'stress', program);
      const origin = {
        request: scenario.request,
        strategy: 'stress',
        bound: 0,
        seed: options.seed,
      };
      const recorded = readRecorded(scheduleTexts(origin, found).token);
      const again = await recordedDocument(scenario, recorded, null, replayHint(options));
      return { ...again, source: 'stress' };
    } finally {
      clearInterval(timer);
      await runner.close();
    }
  };
  return { ended: run(), stop: () => runner.stop() };
}

const DOES = new Map<number, string>(
  Object.entries(STATE).map(([name, value]) => [value, name === 'expired' ? 'woken' : name]),
);

/** Control words as they stand: threads write them all the time, so each is a moment of its own. */
function sampled(
  control: Int32Array,
  tables: readonly Table[],
  elapsedMs: number,
): Pick<LiveRun, 'elapsedMs' | 'text' | 'figures' | 'states'> {
  const rounds = Atomics.load(control, CONTROL.roundsDone);
  const figures = [
    { name: 'rounds', value: rounds, unit: '' },
    { name: 'rounds/s', value: Math.round((1000 * rounds) / Math.max(1, elapsedMs)), unit: '' },
    { name: 'operations', value: readOperations(control), unit: '' },
    { name: 'failures', value: Atomics.load(control, CONTROL.failures), unit: '' },
    { name: 'virtual ms', value: Math.max(0, Atomics.load(control, CONTROL.nowMs)), unit: '' },
  ];
  const states = tables.map((table, i) => {
    const index = Atomics.load(control, actorAt(i) + ACTOR.machineState);
    const state = table.states[index]?.name ?? '';
    return { state, does: DOES.get(stateOf(control, i)) ?? '' };
  });
  return { elapsedMs, text: 'real threads', figures, states };
}
