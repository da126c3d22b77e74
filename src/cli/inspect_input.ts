/** What the user wants to look at: a target that is run first, or something recorded. */
import { existsSync } from 'node:fs';
import type { StrategyName } from '../explore/explore.ts';
import { isToken } from '../explore/token.ts';
import { type BenchResult, readBench } from '../inspect/bench/result.ts';
import type { InspectDocument } from '../inspect/document/document.ts';
import { readTraceLines, TraceFormatError } from '../trace/json_lines.ts';
import type { Trace } from '../trace/record.ts';
import { UserError } from './errors.ts';
import { recordedDocument, traceDocument } from './inspected.ts';
import type { LockOptions } from './options.ts';
import { readRecorded, scenarioOf } from './recorded.ts';
import {
  makeScenario,
  QUARANTINE_DEFAULT,
  readInput,
  readTopologyFile,
  type Scenario,
} from './scenario.ts';

export interface InspectOptions extends LockOptions {
  readonly design?: string;
  readonly topology?: string;
  readonly quarantine?: number;
  readonly system?: string;
  readonly stress?: boolean;
  readonly strategy: StrategyName;
  readonly bound?: number;
  readonly time: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** A run to make, or a document of one that was made. */
export type Input =
  | { readonly kind: 'target'; readonly scenario: Scenario }
  | { readonly kind: 'document'; readonly inspected: InspectDocument };

/** What is shown when nothing is named: the race the project began with. */
const FIRST = 'eeh-pe/T3';

/** @throws UserError for what is none of these. */
export async function inspectInput(
  argument: string | undefined,
  options: InspectOptions,
): Promise<Input> {
  const what = argument ?? FIRST;
  if (!isToken(what) && !existsSync(what)) {
    const scenario = await targetScenario(what, options);
    return { kind: 'target', scenario };
  }
  const trace = isToken(what) ? undefined : traceIn(what);
  if (trace !== undefined) {
    const scenario = await knownScenario(trace, options);
    return { kind: 'document', inspected: await traceDocument(trace, scenario, 'trace') };
  }
  const recorded = readRecorded(what);
  const scenario = await scenarioOf(recorded, options);
  const inspected = await recordedDocument(scenario, recorded, null, replayHint(options));
  return { kind: 'document', inspected };
}

async function targetScenario(target: string, options: InspectOptions): Promise<Scenario> {
  return await makeScenario({
    target,
    design: options.design,
    topology: readTopologyFile(options.topology),
    quarantine: options.quarantine ?? QUARANTINE_DEFAULT,
    locks: options,
  });
}

/** A trace in a file (JSON Lines), undefined where the file is something else. */
function traceIn(path: string): Trace | undefined {
  const text = readInput(path, 'a trace, a schedule or a token').toString('utf8');
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    return readTraceLines(text);
  } catch (error) {
    if (!(error instanceof TraceFormatError)) throw error;
    throw new UserError(`${path}: ${error.message}`, { cause: error });
  }
}

/**
 * A result of `hotrace bench --json` in a file, undefined where the file is something else.
 * @throws UserError for one that is broken.
 */
export function benchIn(path: string): BenchResult | undefined {
  if (isToken(path) || !existsSync(path)) return undefined;
  const text = readInput(path, 'a trace, a schedule or a token').toString('utf8');
  if (!text.slice(0, 200).includes('"hotrace-bench"')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path}: expected JSON, found none`, { cause: error });
  }
  const result = readBench(value);
  if (typeof result === 'string') throw new UserError(`${path}: ${result}`);
  return result;
}

/** The program that a trace is of; without it there are no statecharts to show. */
async function knownScenario(trace: Trace, options: InspectOptions): Promise<Scenario | undefined> {
  try {
    return await targetScenario(trace.target, { ...options, design: trace.design });
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** What replay must be told besides the token, to find the same program. */
export function replayHint(options: InspectOptions): string {
  const named = (['system', 'topology', 'quarantine', 'spinlock', 'mutex', 'rwsem'] as const).map(
    (name) => (options[name] === undefined ? '' : ` --${name} ${options[name]}`),
  );
  return named.join('');
}
