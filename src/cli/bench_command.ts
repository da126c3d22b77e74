/** `hotrace bench`: locks on real threads, side by side. */
import { writeFileSync } from 'node:fs';
import type { BenchLock, CellShape } from '../bench/locks/cell.ts';
import { type Compared, compare } from '../bench/locks/compare.ts';
import { METRICS, type MetricId, metricOf, VIEWS, type View } from '../bench/locks/metrics.ts';
import { benchPage } from '../bench/locks/page.ts';
import { type BenchResult, parseResult, RESULT_BYTES_MAX } from '../bench/locks/result.ts';
import { BenchRun, type Progress } from '../bench/locks/run.ts';
import { printable } from '../topology/printable.ts';
import { printBench, printCompared, printLockStat } from './bench_print.ts';
import { type ChosenLock, chooseLocks } from './choose_locks.ts';
import { EXIT, UserError } from './errors.ts';
import { json, type Output, seconds } from './output.ts';
import { readInput } from './scenario.ts';

export interface BenchCommandOptions {
  readonly threads: readonly number[];
  readonly inside: readonly number[];
  readonly outside: readonly number[];
  readonly writes: number;
  readonly metric: View | 'lock_stat';
  readonly rounds: number;
  readonly native: 'js' | 'wasm';
  readonly acquisitions?: number;
  readonly roundMs: number;
  readonly json?: boolean;
  readonly report?: string;
  readonly baseline?: string;
  readonly save?: string;
}

export async function benchCommand(
  names: readonly string[],
  options: BenchCommandOptions,
  output: Output,
): Promise<number> {
  const locks = benchLocks(await chooseLocks(names), names.length > 0);
  const before = options.baseline === undefined ? undefined : readResult(options.baseline);
  const columns = options.metric === 'lock_stat' ? [] : VIEWS[options.metric];
  const plan = {
    native: options.native,
    locks,
    shapes: shapesOf(options),
    rounds: options.rounds,
    acquisitions: options.acquisitions,
    roundMs: options.roundMs,
    tracing: columns.length === 0 || columns.some((id) => metricOf(id).traced),
  };
  const run = new BenchRun(plan, (progress) => output.progress(progressText(progress)));
  const onInterrupt = (): void => run.stop();
  process.once('SIGINT', onInterrupt);
  try {
    const result = await run.run();
    output.progress('');
    const compared = before && compare(before, result, comparedMetrics(columns));
    write(options, result);
    print(options, result, compared, columns, output);
    if (result.interrupted) return EXIT.INTERRUPTED;
    return result.failed.length > 0 ? EXIT.VIOLATION : EXIT.OK;
  } finally {
    process.removeListener('SIGINT', onInterrupt);
    output.progress('');
  }
}

/** @throws UserError for what has no lock and unlock. */
function benchLocks(chosen: readonly ChosenLock[], named: boolean): BenchLock[] {
  return chosen.flatMap(({ lock, url, file }) => {
    const { id, kind } = lock;
    if (kind !== 'exclusive' && kind !== 'readers-writer') {
      if (!named) return [];
      throw new UserError(`${id}: expected an exclusive or readers-writer lock, found ${kind}`);
    }
    if (!named && lock.broken !== undefined) return [];
    const key = file === undefined ? id : `${printable(file)}/${id}`;
    const from = file === undefined ? 'zoo' : url;
    return [{ ref: { key, id, from, kind }, algorithm: lock }];
  });
}

function shapesOf({ threads, inside, outside, writes }: BenchCommandOptions): CellShape[] {
  return outside.flatMap((far) =>
    inside.flatMap((near) =>
      threads.map((count) => ({ threads: count, inside: near, outside: far, writes })),
    ),
  );
}

/** @throws UserError for a file that is no result of bench. */
function readResult(path: string): BenchResult {
  const wanted = 'a result that `hotrace bench --save` wrote';
  const bytes = readInput(path, wanted);
  if (bytes.length > RESULT_BYTES_MAX) {
    throw new UserError(`${printable(path)}: expected ${wanted}, found ${bytes.length} bytes`);
  }
  try {
    return parseResult(bytes.toString('utf8'));
  } catch (error) {
    const why = printable(error instanceof Error ? error.message : String(error));
    throw new UserError(`${printable(path)}: expected ${wanted}: ${why}`, { cause: error });
  }
}

/** What is printed, of what rounds can tell apart. */
function comparedMetrics(columns: readonly MetricId[]): readonly MetricId[] {
  return columns.length === 0 ? METRICS.slice(0, 1).map(({ id }) => id) : columns;
}

/** @throws UserError for a place that cannot be written. */
function write(options: BenchCommandOptions, result: BenchResult): void {
  const files: [string | undefined, () => string][] = [
    [options.save, () => `${json(result)}\n`],
    [options.report, () => benchPage(result)],
  ];
  for (const [path, text] of files) {
    if (path === undefined) continue;
    try {
      writeFileSync(path, text());
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      throw new UserError(`${printable(path)}: cannot be written, ${code}`, { cause: error });
    }
  }
}

function print(
  options: BenchCommandOptions,
  result: BenchResult,
  compared: Compared | undefined,
  columns: readonly MetricId[],
  output: Output,
): void {
  if (options.json === true) {
    output.print(json(compared === undefined ? result : { ...result, compared }));
    return;
  }
  if (columns.length === 0) printLockStat(result, output);
  else printBench(result, columns, output);
  if (compared !== undefined) printCompared(compared, output);
  if (result.interrupted) output.note('interrupted: what is printed has fewer rounds');
}

function progressText({ done, steps, elapsedMs, text }: Progress): string {
  const left = done < 3 ? '' : `, ${seconds((elapsedMs / done) * (steps - done))} left`;
  return `${Math.round((100 * done) / steps)} %, ${text}${left}`;
}
