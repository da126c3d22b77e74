/** `hotrace replay FILE|TOKEN`: the recorded run again, to the bit, or where it left the rails. */
import { writeFileSync } from 'node:fs';
import { Engine } from '../explore/engine.ts';
import type { Replay } from '../explore/replay.ts';
import { shadowMoves } from '../explore/shadow.ts';
import { EXPORTS, type ExportFormat } from '../inspect/export/export.ts';
import { COLUMNS_DEFAULTS, columns, shortSchedule } from '../trace/columns.ts';
import { dmesg } from '../trace/dmesg.ts';
import { perfettoJson } from '../trace/perfetto.ts';
import { reportOf } from '../trace/report.ts';
import { contextSwitches } from '../trace/rows.ts';
import { EXIT, UserError } from './errors.ts';
import { json, type Output, paint, paintVerdict } from './output.ts';
import {
  divergenceText,
  type Recorded,
  type RecordedOptions,
  readRecorded,
  scenarioOf,
} from './recorded.ts';
import type { Scenario } from './scenario.ts';

export interface ReplayCommandOptions extends RecordedOptions {
  readonly dmesg?: boolean;
  readonly full?: boolean;
  readonly width?: number;
  readonly perfetto?: string;
  readonly export?: ExportFormat;
  readonly output?: string;
  readonly save?: string;
  readonly json?: boolean;
}

/**
 * Answers the exit code.
 * @throws UserError for a schedule that cannot be read, or of another machine, or -o alone.
 */
export async function replayCommand(
  argument: string,
  options: ReplayCommandOptions,
  output: Output,
): Promise<number> {
  if (options.output !== undefined && options.export === undefined) {
    throw new UserError('expected --export FORMAT with -o, found none');
  }
  const recorded = readRecorded(argument);
  const scenario = await scenarioOf(recorded, options);
  const again = recorded.run(new Engine(scenario.program));
  if (options.save !== undefined) writeFileSync(options.save, recorded.text);
  if (options.perfetto !== undefined) writeFileSync(options.perfetto, perfettoJson(again.trace));
  const problem = divergenceText(recorded, again);
  const exit = again.finding === undefined && problem === undefined ? EXIT.OK : EXIT.VIOLATION;
  if (options.export !== undefined) {
    const text = EXPORTS[options.export].write(again.trace);
    if (options.output === undefined) {
      output.print(text.replace(/\n$/, ''));
      return exit;
    }
    writeFileSync(options.output, text);
  }
  if (options.json === true) output.print(json(replayJson(scenario, recorded, again, problem)));
  else printReplay(scenario, recorded, again, problem, options, output);
  return exit;
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
