/** `hotrace replay FILE|TOKEN`: the recorded run again, to the bit, or where it left the rails. */
import { existsSync, writeFileSync } from 'node:fs';
import { DeviationPicker } from '../explore/deviations.ts';
import { Engine } from '../explore/engine.ts';
import { DecisionLog, execute } from '../explore/execute.ts';
import { type Replay, replay } from '../explore/replay.ts';
import { decisionsOf, readSchedule } from '../explore/schedule.ts';
import { shadowMoves } from '../explore/shadow.ts';
import { decodeToken, isToken } from '../explore/token.ts';
import type { Verdict } from '../oracles/verdict.ts';
import { COLUMNS_DEFAULTS, columns, shortSchedule } from '../trace/columns.ts';
import { dmesg } from '../trace/dmesg.ts';
import { perfettoJson } from '../trace/perfetto.ts';
import { reportOf } from '../trace/report.ts';
import { contextSwitches } from '../trace/rows.ts';
import { EXIT, UserError } from './errors.ts';
import type { LockOptions } from './options.ts';
import { json, type Output, paint, paintVerdict } from './output.ts';
import {
  makeScenario,
  QUARANTINE_DEFAULT,
  readInput,
  readTopologyFile,
  type Scenario,
} from './scenario.ts';
import { markOf } from './schedules.ts';

export interface ReplayCommandOptions extends LockOptions {
  readonly topology?: string;
  readonly quarantine?: number;
  readonly system?: string;
  readonly dmesg?: boolean;
  readonly full?: boolean;
  readonly width?: number;
  readonly perfetto?: string;
  readonly save?: string;
  readonly json?: boolean;
}

const STEPS_LIMIT = 200_000;

/** A schedule or token, as far as both carry the same. */
interface Recorded {
  readonly target: string;
  readonly design: string;
  readonly opsHash: string;
  readonly mark: string;
  readonly verdict: Verdict;
  readonly run: (engine: Engine) => Replay;
  readonly text: string;
}

/**
 * Answers the exit code.
 * @throws UserError for a schedule that cannot be read, or of another machine.
 */
export async function replayCommand(
  argument: string,
  options: ReplayCommandOptions,
  output: Output,
): Promise<number> {
  const recorded = readRecorded(argument);
  const raceId = recorded.target.slice(recorded.target.lastIndexOf('/') + 1);
  const scenario = await makeScenario({
    target: options.system === undefined ? recorded.target : `${options.system}/${raceId}`,
    design: recorded.design,
    topology: readTopologyFile(options.topology),
    quarantine: options.quarantine ?? QUARANTINE_DEFAULT,
    locks: options,
  });
  if (markOf(scenario.request) !== recorded.mark) {
    const given = options.topology ?? 'the default topology';
    const hint = recorded.mark === '' ? 'leave such options out' : 'pass them';
    const text = 'this schedule was found with another --topology, --quarantine or lock';
    throw new UserError(`${text} (mark ${recorded.mark || 'default'}), found ${given}: ${hint}`);
  }
  const again = recorded.run(new Engine(scenario.program));
  if (options.save !== undefined) writeFileSync(options.save, recorded.text);
  if (options.perfetto !== undefined) writeFileSync(options.perfetto, perfettoJson(again.trace));
  const problem = divergenceText(recorded, again);
  if (options.json === true) output.print(json(replayJson(scenario, recorded, again, problem)));
  else printReplay(scenario, recorded, again, problem, options, output);
  return again.finding === undefined && problem === undefined ? EXIT.OK : EXIT.VIOLATION;
}

function readRecorded(argument: string): Recorded {
  if (isToken(argument)) return fromToken(argument);
  if (!existsSync(argument)) {
    throw new UserError(
      `expected a schedule file or a token (ht1....), found ${argument.slice(0, 60)}`,
    );
  }
  const text = readInput(argument, 'a schedule').toString('utf8');
  return isToken(text) ? fromToken(text.trim()) : fromSchedule(text);
}

function fromToken(text: string): Recorded {
  const { deviations, ...contents } = decodeToken(text);
  const run = (engine: Engine): Replay => {
    const log = new DecisionLog(STEPS_LIMIT);
    const picker = new DeviationPicker(deviations);
    picker.start();
    execute(engine, picker, log);
    const missed = picker.divergence();
    if (missed !== undefined) {
      const name = engine.program.actors[missed.actor]?.name ?? `actor ${missed.actor}`;
      const expected = `a switch to ${name}`;
      const actors = [...log.actors.subarray(0, Math.min(missed.step, log.length))];
      const again = replay(engine, { actors, choices: log.choices }, STEPS_LIMIT);
      const found = `${name} cannot move there, or the execution has ended`;
      return { ...again, divergence: { step: missed.step, expected, found } };
    }
    const actors = [...log.actors.subarray(0, log.length)];
    return replay(engine, { actors, choices: log.choices }, STEPS_LIMIT);
  };
  return { ...contents, run, text: `${text}\n` };
}

function fromSchedule(text: string): Recorded {
  const schedule = readSchedule(text);
  const run = (engine: Engine): Replay => {
    const names = engine.program.actors.map((a) => a.name);
    return replay(engine, decisionsOf(schedule.runs, names), STEPS_LIMIT);
  };
  const { target, design, opsHash, mark, verdict } = schedule;
  return { target, design, opsHash, mark, verdict, run, text };
}

/** What is not as recorded, or undefined. */
function divergenceText(recorded: Recorded, again: Replay): string | undefined {
  const { divergence, opsHash, finding } = again;
  if (divergence !== undefined) {
    const { step, expected, found } = divergence;
    return `diverged: at step ${step} expected ${expected}, found ${found}`;
  }
  const verdict = finding?.verdict ?? 'pass';
  if (verdict !== recorded.verdict) {
    return `diverged: expected ${recorded.verdict}, found ${verdict}: the model has changed`;
  }
  if (opsHash !== recorded.opsHash) {
    const hashes = `ops=${recorded.opsHash}, found ops=${opsHash}`;
    return `diverged: the verdict is the same, the operations are not: expected ${hashes}`;
  }
  return undefined;
}

function replayJson(
  scenario: Scenario,
  recorded: Recorded,
  again: Replay,
  problem: string | undefined,
): unknown {
  const { trace, finding } = again;
  const report = reportOf(trace);
  return {
    system: scenario.system.id,
    race: scenario.race.id,
    design: scenario.design.id,
    mode: 'replay',
    verdict: problem === undefined ? (finding?.verdict ?? 'pass') : 'diverged',
    recorded: recorded.verdict,
    divergence: problem ?? null,
    steps: trace.steps.length,
    opsHash: again.opsHash,
    contextSwitches: contextSwitches(trace),
    headline: report?.headline ?? null,
    report: report?.text ?? null,
    shortSchedule: shortSchedule(trace),
    columns: columns(trace, COLUMNS_DEFAULTS),
    dmesg: dmesg(trace),
    inspection: shadowMoves(scenario.program, trace.transitions),
  };
}

function printReplay(
  scenario: Scenario,
  recorded: Recorded,
  again: Replay,
  problem: string | undefined,
  options: ReplayCommandOptions,
  output: Output,
): void {
  const { trace, finding } = again;
  const { system, race, design } = scenario;
  output.print(paint(output, 'bold', `${system.id}/${race.id} --design ${design.id}`));
  const verdict = finding?.verdict ?? 'pass';
  output.print(`  recorded  ${recorded.verdict}`);
  output.print(`  replayed  ${paintVerdict(output, verdict)}, ${trace.steps.length} steps`);
  const shadow = shadowMoves(scenario.program, trace.transitions);
  const agree = shadow.mismatch ?? "XState's own actors agree on every one";
  output.print(`  ${trace.transitions.length} statechart moves: ${agree}`);
  if (problem !== undefined) output.print(`  ${paint(output, ['red', 'bold'], problem)}`);
  if (options.dmesg === true) output.print(`\n${dmesg(trace)}`);
  const report = reportOf(trace);
  if (report !== undefined) output.print(`\n${report.text}`);
  const { color } = output;
  const width = options.width ?? output.width;
  const shown = columns(trace, { ...COLUMNS_DEFAULTS, width, color, full: options.full === true });
  output.print(`\n${shortSchedule(trace)}\n\n${shown}`);
}
