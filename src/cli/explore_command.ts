/** `hotrace explore SYSTEM/RACE`: search the interleavings of one cell. */
import { writeFileSync } from 'node:fs';
import type { StrategyName } from '../explore/explore.ts';
import { type Coverage, figuresOf } from '../inspect/coverage/coverage.ts';
import type { Verdict } from '../oracles/verdict.ts';
import { systemEntry } from '../scenarios/registry.ts';
import type { Expectation } from '../scenarios/system.ts';
import { addCoverage, printCoverage, readCoverageFile } from './coverage_file.ts';
import { EXIT, UserError } from './errors.ts';
import type { ExploreSummary } from './explore_task.ts';
import type { LockOptions } from './options.ts';
import { count, json, type Output, paint, paintVerdict, seconds } from './output.ts';
import { exploreInParallel } from './parallel.ts';
import { ExplorePool, showProgress, type TaskWithoutControl } from './run_explore.ts';
import {
  makeScenario,
  QUARANTINE_DEFAULT,
  readTopologyFile,
  type Scenario,
  splitTarget,
} from './scenario.ts';

export interface ExploreCommandOptions extends LockOptions {
  readonly design?: string;
  readonly topology?: string;
  readonly quarantine?: number;
  readonly strategy: StrategyName;
  /** Undefined: bound 2, then without one as far as a few seconds go. */
  readonly bound?: number;
  readonly depth: number;
  readonly seed: number;
  readonly executions: number;
  readonly steps: number;
  readonly time: number;
  readonly jobs: number;
  readonly reduce: boolean;
  readonly dmesg?: boolean;
  readonly full?: boolean;
  readonly width?: number;
  readonly perfetto?: string;
  readonly save?: string;
  readonly coverage?: string;
  readonly coverageMin?: number;
  readonly json?: boolean;
}

const BOUND_DEFAULT = 2;
const BEYOND_MS = 5000;

/** Answers the exit code. */
export async function exploreCommand(
  target: string,
  options: ExploreCommandOptions,
  output: Output,
): Promise<number> {
  const pool = new ExplorePool(options.jobs);
  try {
    return await exploreWith(pool, target, options, output);
  } finally {
    await pool.close();
  }
}

async function exploreWith(
  pool: ExplorePool,
  target: string,
  options: ExploreCommandOptions,
  output: Output,
): Promise<number> {
  const known = systemEntry(target.slice(0, target.indexOf('/')));
  if (known !== undefined) pool.preload(known.url);
  const before = coverageBefore(options);
  const topology = readTopologyFile(options.topology);
  const quarantine = options.quarantine ?? QUARANTINE_DEFAULT;
  const { design } = options;
  const scenario = await makeScenario({ target, design, topology, quarantine, locks: options });
  let interrupted = false;
  const onInterrupt = (): void => {
    interrupted = true;
    pool.stop();
  };
  process.once('SIGINT', onInterrupt);
  const hide = showProgress(pool, output, `exploring ${target} ${scenario.design.id}`);
  try {
    const task = taskOf(scenario, options, output);
    const summary = await exploreInParallel(pool, task, options.jobs);
    hide();
    saveFiles(summary, options);
    const coverage = coverageAfter(scenario, options, before, summary);
    if (options.json === true)
      output.print(json(exploreJson(scenario, options, summary, coverage)));
    else printSummary(scenario, summary, replayHint(target, options), output);
    if (coverage !== undefined && options.json !== true) {
      printCoverage(coverage, options.coverageMin, output);
    }
    if (interrupted) return EXIT.INTERRUPTED;
    const isShort = isBelow(coverage, options);
    return summary.explanation === undefined && !isShort ? EXIT.OK : EXIT.VIOLATION;
  } finally {
    hide();
    process.removeListener('SIGINT', onInterrupt);
  }
}

function taskOf(
  scenario: Scenario,
  options: ExploreCommandOptions,
  output: Pick<Output, 'width' | 'color'>,
): TaskWithoutControl {
  const { strategy, depth, seed, executions, steps, reduce } = options;
  const bound = options.bound ?? BOUND_DEFAULT;
  return {
    systemUrl: scenario.systemUrl,
    request: scenario.request,
    strategy,
    bound,
    beyondMs: options.bound === undefined ? BEYOND_MS : 0,
    depth,
    seed,
    executions,
    steps,
    millis: options.time * 1000,
    reduce,
    subtree: undefined,
    width: options.width ?? output.width,
    color: output.color && options.json !== true,
    full: options.full === true,
    wantDmesg: options.dmesg === true,
    wantPerfetto: options.perfetto !== undefined,
    wantCoverage: options.coverage !== undefined,
  };
}

/** `open` where no source decides; limit-reached is never what was expected. */
export function asExpected(expectation: Expectation, verdict: Verdict): boolean | 'open' {
  if (expectation.verdict === 'open') return verdict === 'limit-reached' ? false : 'open';
  return expectation.verdict.includes(verdict);
}

/** The JSON of one exploration. Bounds without end are given as null. */
function exploreJson(
  scenario: Scenario,
  options: ExploreCommandOptions,
  summary: ExploreSummary,
  coverage: Coverage | undefined,
): unknown {
  const { explanation, footprint: _, subtrees: __, moves: ___, ...figures } = summary;
  return {
    system: scenario.system.id,
    race: scenario.race.id,
    design: scenario.design.id,
    mode: 'explore',
    topology: scenario.request.machineName,
    platform: scenario.request.machine.platform,
    expected: scenario.expectation,
    asExpected: asExpected(scenario.expectation, summary.verdict),
    ...figures,
    boundExhausted: finite(figures.boundExhausted),
    seed: options.seed,
    limits: {
      executions: options.executions,
      stepsPerExecution: options.steps,
      millis: options.time * 1000,
      preemptionBound: finite(options.bound ?? BOUND_DEFAULT),
      quarantine: scenario.request.quarantine,
    },
    ...(coverage === undefined ? {} : { coverage: coverageFigures(coverage) }),
    ...(explanation === undefined ? {} : explanation),
  };
}

function coverageFigures(coverage: Coverage): unknown {
  return { runs: coverage.runs, ...figuresOf(coverage.machines) };
}

/** Of earlier runs; undefined where none is wanted. */
function coverageBefore(options: ExploreCommandOptions): Coverage | undefined {
  if (options.coverage !== undefined) return readCoverageFile(options.coverage, 'new or existing');
  if (options.coverageMin === undefined) return undefined;
  throw new UserError('expected --coverage FILE with --coverage-min, found none');
}

function coverageAfter(
  scenario: Scenario,
  options: ExploreCommandOptions,
  known: Coverage | undefined,
  { moves }: ExploreSummary,
): Coverage | undefined {
  if (options.coverage === undefined || known === undefined) return undefined;
  return addCoverage(options.coverage, known, scenario.program, moves);
}

function isBelow(coverage: Coverage | undefined, { coverageMin }: ExploreCommandOptions): boolean {
  if (coverage === undefined || coverageMin === undefined) return false;
  return figuresOf(coverage.machines).percent < coverageMin;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function saveFiles(summary: ExploreSummary, options: ExploreCommandOptions): void {
  if (options.save !== undefined && summary.explanation !== undefined) {
    writeFileSync(options.save, summary.explanation.schedule);
  }
  if (options.perfetto !== undefined && summary.perfetto !== undefined) {
    writeFileSync(options.perfetto, summary.perfetto);
  }
}

export function expectedText(expectation: Expectation): string {
  const verdict = expectation.verdict === 'open' ? 'open' : expectation.verdict.join(' or ');
  return `${verdict} [${expectation.mark}] ${expectation.source}`;
}

function printSummary(
  scenario: Scenario,
  summary: ExploreSummary,
  replayOptions: string,
  output: Output,
): void {
  const { system, race, design, expectation, request } = scenario;
  const { platform } = request.machine;
  output.print(paint(output, 'bold', `${system.id}/${race.id} --design ${design.id}`));
  output.print(`  ${race.title}; ${design.title}`);
  output.print(`  topology ${request.machineName}, ${platform}`);
  output.print(`  expected  ${expectedText(expectation)}`);
  const { executions, steps, elapsedMs } = summary;
  const spent = `${seconds(elapsedMs)}, ${count(executions)} executions, ${count(steps)} steps`;
  output.print(`  found     ${paintVerdict(output, summary.verdict)} in ${spent}`);
  output.print(`  ${summary.guarantee}`);
  // Of a search that stopped at a find they say little.
  const measures = summary.explanation === undefined ? summary.measures : [];
  for (const { name, unit, min, max } of measures) {
    const range = min === max ? `${min}` : `${min} .. ${max}`;
    output.print(`  ${name}: ${range} ${unit}`.trimEnd());
  }
  const { explanation } = summary;
  if (summary.dmesg !== undefined) {
    const which = explanation === undefined ? 'of the default schedule' : 'of the failing run';
    output.print(`\nkernel log ${which}:\n${summary.dmesg}`);
  }
  if (explanation === undefined) return;
  output.print(`\n${explanation.report}`);
  output.print(`\n${explanation.shortSchedule}`);
  const { contextSwitches, preemptions } = explanation;
  const least = `${contextSwitches} context switches, ${preemptions} of them preemptions`;
  output.print(`\n${explanation.columns}\n\n${least}, ${explanation.steps} steps`);
  output.print(`replay: npx hotrace replay ${explanation.token}${replayOptions}`);
}

/** What replay must be told besides the token, to find the same program. */
function replayHint(target: string, options: ExploreCommandOptions): string {
  const { systemId } = splitTarget(target);
  const isOwn = systemEntry(systemId) === undefined;
  const system = isOwn ? ` --system ${systemId}` : '';
  const topology = options.topology === undefined ? '' : ` --topology ${options.topology}`;
  const { quarantine } = options;
  const locks = (['spinlock', 'mutex', 'rwsem'] as const).map((kind) => {
    const id = options[kind];
    return id === undefined ? '' : ` --${kind} ${id}`;
  });
  const frees = quarantine === undefined ? '' : ` --quarantine ${quarantine}`;
  return `${system}${topology}${frees}${locks.join('')}`;
}
