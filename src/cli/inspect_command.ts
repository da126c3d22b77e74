/** `hotrace inspect` and `hotrace report`: the page, served or as one file. */
import { writeFileSync } from 'node:fs';
import type { BenchResult } from '../inspect/bench/result.ts';
import { openBrowser } from '../inspect/server/browser.ts';
import { builtEngine, builtPage } from '../inspect/server/built_page.ts';
import { benchFile, reportFile } from '../inspect/server/report_file.ts';
import { type Served, serve } from '../inspect/server/serve.ts';
import { systemEntry } from '../scenarios/registry.ts';
import { printable } from '../topology/printable.ts';
import { EXIT, UserError } from './errors.ts';
import { benchIn, type Input, type InspectOptions, inspectInput } from './inspect_input.ts';
import { type LiveJob, startRun } from './inspect_run.ts';
import { count, json, type Output, seconds } from './output.ts';
import type { Scenario } from './scenario.ts';

export interface InspectCommandOptions extends InspectOptions {
  readonly open: boolean;
  readonly port: number;
}

export interface ReportCommandOptions extends InspectOptions {
  readonly output: string;
}

/** Serves until Ctrl-C. */
export async function inspectCommand(
  argument: string | undefined,
  options: InspectCommandOptions,
  output: Output,
): Promise<number> {
  const input = await inspectInput(argument, options);
  let job: LiveJob | undefined;
  const served = await start(options, input, () => job?.stop());
  const ended = interrupted();
  output.print(options.json === true ? json({ url: served.url }) : served.url);
  if (input.kind === 'document') served.show(input.inspected);
  else job = live(input.scenario, options, served, output);
  const isOpened = options.open && openBrowser(served.url);
  output.note(`${isOpened ? 'opened in the browser' : 'open it in a browser'}; Ctrl-C ends`);
  await ended;
  job?.stop();
  await job?.ended.catch(() => undefined);
  await served.close();
  return EXIT.OK;
}

async function start(
  { port }: InspectCommandOptions,
  input: Input,
  heard: () => void,
): Promise<Served> {
  const system = systemOf(input);
  const engine = (): string | undefined => {
    return system === undefined ? undefined : builtEngine(system);
  };
  try {
    return await serve({ page: builtPage(), port, heard, engine });
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isTaken) throw error;
    const text = `--port ${port}: expected a free port, something listens there`;
    throw new UserError(text, { cause: error });
  }
}

/** The system whose schedules a page can run. */
function systemOf(input: Input): string | undefined {
  if (input.kind === 'document') return input.inspected.origin?.system;
  return systemEntry(input.scenario.system.id)?.id;
}

/** Runs it while the page looks; what comes of it is shown when it comes. */
function live(
  scenario: Scenario,
  options: InspectOptions,
  served: Served,
  output: Output,
): LiveJob {
  const job = startRun(scenario, options, (run) => served.publish(run));
  job.ended.then(
    (inspected) => {
      served.show(inspected);
      const { verdict, steps } = inspected;
      output.note(`${verdict}, ${count(steps.count)} steps`);
    },
    (error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      served.publish({ type: 'problem', text: text.slice(0, 1000) });
      output.note(printable(text));
    },
  );
  return job;
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

/** Writes one HTML file. */
export async function reportCommand(
  argument: string | undefined,
  options: ReportCommandOptions,
  output: Output,
): Promise<number> {
  const bench = argument === undefined ? undefined : benchIn(argument);
  if (bench !== undefined) return writeBench(bench, options, output);
  const input = await inspectInput(argument, options);
  const inspected =
    input.kind === 'document' ? input.inspected : await found(input.scenario, options, output);
  const system = inspected.origin?.system;
  const engine = system === undefined ? '' : builtEngine(system);
  const text = reportFile(inspected, builtPage(), engine);
  writeFileSync(options.output, text);
  if (options.json === true) {
    const bytes = Buffer.byteLength(text);
    output.print(json({ file: options.output, verdict: inspected.verdict, bytes }));
    return EXIT.OK;
  }
  const size = `${count(Buffer.byteLength(text) / 1000)} kB`;
  output.print(`${options.output}: ${inspected.verdict}, ${inspected.steps.count} steps, ${size}`);
  return EXIT.OK;
}

function writeBench(result: BenchResult, options: ReportCommandOptions, output: Output): number {
  const text = benchFile(result, builtPage());
  writeFileSync(options.output, text);
  const bytes = Buffer.byteLength(text);
  if (options.json === true) output.print(json({ file: options.output, bytes }));
  else output.print(`${options.output}: ${count(result.cells.length)} cells`);
  return EXIT.OK;
}

async function found(scenario: Scenario, options: InspectOptions, output: Output) {
  const job = startRun(scenario, options, ({ elapsedMs, text }) => {
    output.progress(`${seconds(elapsedMs)}, ${text}`);
  });
  const stop = (): void => job.stop();
  process.once('SIGINT', stop);
  try {
    return await job.ended;
  } finally {
    process.removeListener('SIGINT', stop);
    output.progress('');
  }
}
