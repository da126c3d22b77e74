/** `hotrace stress SYSTEM/RACE`: the same program really in parallel, graded like jcstress. */
import { writeFileSync } from 'node:fs';
import { reproduce } from '../explore/confirm.ts';
import { Engine } from '../explore/engine.ts';
import type { Outcome } from '../stress/grade.ts';
import type { StressResult } from '../stress/stress.ts';
import { COLUMNS_DEFAULTS, columns, shortSchedule } from '../trace/columns.ts';
import { dmesg } from '../trace/dmesg.ts';
import { perfettoJson } from '../trace/perfetto.ts';
import type { Trace } from '../trace/record.ts';
import { reportOf } from '../trace/report.ts';
import { contextSwitches } from '../trace/rows.ts';
import { EXIT } from './errors.ts';
import { expectedText } from './explore_command.ts';
import type { LockOptions } from './options.ts';
import { count, json, type Output, paint, paintVerdict, seconds, table } from './output.ts';
import { StressRunner } from './run_stress.ts';
import { makeScenario, QUARANTINE_DEFAULT, readTopologyFile, type Scenario } from './scenario.ts';
import { type ScheduleTexts, scheduleTexts } from './schedules.ts';

export interface StressCommandOptions extends LockOptions {
  readonly design?: string;
  readonly topology?: string;
  readonly quarantine?: number;
  readonly rounds?: number;
  readonly time: number;
  readonly perturb: number;
  readonly seed: number;
  readonly keepGoing?: boolean;
  readonly dmesg?: boolean;
  readonly full?: boolean;
  readonly width?: number;
  readonly perfetto?: string;
  readonly inspect?: boolean;
  readonly json?: boolean;
}

export async function stressCommand(
  target: string,
  options: StressCommandOptions,
  output: Output,
): Promise<number> {
  const scenario = await makeScenario({
    target,
    design: options.design,
    topology: readTopologyFile(options.topology),
    quarantine: options.quarantine ?? QUARANTINE_DEFAULT,
    locks: options,
  });
  const runner = new StressRunner();
  let interrupted = false;
  const onInterrupt = (): void => {
    interrupted = true;
    runner.stop();
  };
  process.once('SIGINT', onInterrupt);
  const start = performance.now();
  const timer = setInterval(() => {
    const s = Math.round((performance.now() - start) / 1000);
    output.progress(`stressing ${target} ${scenario.design.id}: ${s} of ${options.time} s`);
  }, 1000);
  try {
    const result = await runner.run(scenario, {
      rounds: options.rounds ?? 1e9,
      millis: options.time * 1000,
      failures: options.keepGoing === true ? 0 : 1,
      perturb: options.perturb,
      seed: options.seed,
      inspect: options.inspect === true,
    });
    clearInterval(timer);
    const trace = worstOf(result)?.trace;
    if (options.perfetto !== undefined && trace !== undefined) {
      writeFileSync(options.perfetto, perfettoJson(trace));
    }
    const again = trace === undefined ? undefined : replayable(scenario, trace, options.seed);
    if (options.json === true) output.print(json(stressJson(scenario, options, result, again)));
    else printResult(scenario, result, again, options, output);
    if (interrupted) return EXIT.INTERRUPTED;
    return worstOf(result) === undefined ? EXIT.OK : EXIT.VIOLATION;
  } finally {
    clearInterval(timer);
    output.progress('');
    process.removeListener('SIGINT', onInterrupt);
    await runner.close();
  }
}

/** The violation to show: of the run's verdict, the most frequent. */
function worstOf(result: StressResult): Outcome | undefined {
  const bad = result.outcomes.filter((o) => o.verdict === result.verdict && o.verdict !== 'pass');
  return bad.toSorted((a, b) => b.count - a.count)[0];
}

function stressJson(
  scenario: Scenario,
  options: StressCommandOptions,
  result: StressResult,
  again: ScheduleTexts | undefined,
): unknown {
  const worst = worstOf(result);
  const trace = worst?.trace;
  const { outcomes, ...figures } = result;
  return {
    system: scenario.system.id,
    race: scenario.race.id,
    topology: scenario.request.machineName,
    expected: scenario.expectation,
    ...figures,
    // The design's id is the same in both; the parts above stand for the program's own target.
    design: scenario.design.id,
    perturbation: options.perturb,
    outcomes: outcomes.map(({ trace: _, ...plain }) => plain),
    ...(trace === undefined ? {} : failureJson(trace, again)),
  };
}

/** The most tries at fewer context switches for a failure of real threads. */
const MINIMISE_TRIES = 2000;
const STEPS_LIMIT = 50_000;

/**
 * The order of the failing round, played in the explorer: where it fails there in the same way, it
 * is a schedule that replays. Real threads overlap, so now and then it does not.
 */
function replayable(scenario: Scenario, trace: Trace, seed: number): ScheduleTexts | undefined {
  const engine = new Engine(scenario.program);
  const found = reproduce(engine, trace, STEPS_LIMIT, MINIMISE_TRIES);
  if (found === undefined) return undefined;
  const origin = { request: scenario.request, strategy: 'stress', bound: 0, seed };
  return scheduleTexts(origin, found);
}

/** `schedule` and `token` are null where the round's order does not fail in the explorer. */
function failureJson(
  trace: Trace,
  again: ScheduleTexts | undefined,
): Readonly<Record<string, unknown>> {
  const report = reportOf(trace);
  return {
    headline: report?.headline ?? '',
    report: report?.text ?? '',
    schedule: again?.schedule ?? null,
    token: again?.token ?? null,
    shortSchedule: shortSchedule(trace),
    contextSwitches: contextSwitches(trace),
    columns: columns(trace, COLUMNS_DEFAULTS),
    dmesg: dmesg(trace),
  };
}

function printResult(
  scenario: Scenario,
  result: StressResult,
  again: ScheduleTexts | undefined,
  options: StressCommandOptions,
  output: Output,
): void {
  const { system, race, design, expectation } = scenario;
  output.print(paint(output, 'bold', `${system.id}/${race.id} --design ${design.id}`));
  output.print(`  ${race.title}; ${design.title}`);
  output.print(`  expected  ${expectedText(expectation)}`);
  const spent = `${count(result.rounds)} rounds in ${seconds(result.elapsedMs)}`;
  const rate = `${count(result.roundsPerSecond)} rounds/s, ${count(result.steps)} steps`;
  output.print(`  found     ${paintVerdict(output, result.verdict)}, ${spent} (${rate})`);
  output.print(`  stopped by ${result.stoppedBy} in ${Math.round(result.stopLatencyMs)} ms`);
  const rows = result.outcomes.map((o) => [
    o.outcome.slice(0, 90),
    count(o.count),
    `${(100 * o.share).toFixed(o.share < 0.01 ? 4 : 1)} %`,
    o.grade,
  ]);
  output.print(`\n${table([['outcome', 'count', 'share', 'grade'], ...rows], '  ')}`);
  for (const death of result.deaths) {
    const held = death.held.length === 0 ? 'nothing' : death.held.join(', ');
    output.print(`\n${death.actor} died (${death.reason}); it held ${held}`);
  }
  if (result.inspections.length > 0) {
    const moves = result.inspections.map((list) => list.length).join(' + ');
    output.print(`\nXState's actors ran; inspection events of the last round: ${moves}`);
  }
  const trace = worstOf(result)?.trace;
  if (trace === undefined) return;
  if (options.dmesg === true) output.print(`\nkernel log of the failing round:\n${dmesg(trace)}`);
  const { color } = output;
  const width = options.width ?? output.width;
  const shown = columns(trace, { ...COLUMNS_DEFAULTS, width, color, full: options.full === true });
  const report = reportOf(trace)?.text ?? '';
  output.print(`\n${report}\n\n${shortSchedule(trace)}\n\n${shown}`);
  const name = `${system.id}/${race.id} --design ${design.id}`;
  output.print(
    again === undefined
      ? `\nthis round does not fail step by step; for a schedule: npx hotrace explore ${name}`
      : `\nreplay, minimised from this round: npx hotrace replay ${again.token}`,
  );
}
