/**
 * `hotrace bench --systems`: the designs of eeh-pe whole, on real threads, round by round in turn:
 * how fast recovery goes, what detectors and hotplug pay for it.
 */
import { writeFileSync } from 'node:fs';
import { type Environment, environment, median } from '../bench/locks/environment.ts';
import { shown } from '../bench/locks/metrics.ts';
import { NoiseMeter } from '../bench/locks/noise.ts';
import { allowedCpus } from '../bench/locks/pinning.ts';
import { StressPool } from '../stress/pool.ts';
import type { Span, SpanSamples } from '../stress/spans.ts';
import { type StressOptions, type StressResult, stress } from '../stress/stress.ts';
import { EXIT, UserError } from './errors.ts';
import { json, type Output, paint, seconds, table } from './output.ts';
import { STRESS_LOCKS } from './run_stress.ts';
import {
  findSystem,
  makeScenario,
  QUARANTINE_DEFAULT,
  readTopologyFile,
  type Scenario,
  unknown,
} from './scenario.ts';

export interface BenchSystemsOptions {
  readonly rounds: number;
  readonly roundMs: number;
  readonly races: readonly string[];
  readonly json?: boolean;
  readonly save?: string;
}

const SYSTEM = 'eeh-pe';
/** Checked this long in the sanitized form before any figure is taken. */
const CHECK_MS = 300;
const ROUND_MILLIS = 2000;

const SPANS: readonly Span[] = [
  {
    name: 'detector',
    procedures: ['mmio_read', 'mmio_lookup', 'mmio_check', 'mmio_isolated', 'mmio_send'],
  },
  { name: 'hotplug waits', procedures: ['sysfs_lock', 'dlpar_lock'] },
];

const HOLD = 'longest hold of pci_rescan_remove_lock';
const MAKESPAN = 'recovery makespan';

/** One design in one race. */
interface SystemCell {
  readonly scenario: Scenario;
  readonly roundsPerSecond: number[];
  readonly spans: Map<string, SpanTimes>;
  holdMs: number;
  makespanMs: number;
  failed: string | undefined;
}

interface SpanTimes {
  readonly realNs: number[];
  readonly virtualMs: number[];
}

export async function benchSystems(
  names: readonly string[],
  options: BenchSystemsOptions,
  output: Output,
): Promise<number> {
  const cells = await cellsOf(names, options.races);
  const pool = new StressPool();
  const abort = new AbortController();
  const onInterrupt = (): void => abort.abort();
  process.once('SIGINT', onInterrupt);
  const env = environment();
  const noise = new NoiseMeter();
  const start = performance.now();
  try {
    for (let round = 0; round <= options.rounds; round++) {
      for (const [i, cell] of cells.entries()) {
        if (abort.signal.aborted) break;
        const done = round * cells.length + i;
        const left = (cells.length * (options.rounds + 1) - done) / Math.max(1, done);
        const rest = done < 3 ? '' : `, ${seconds((performance.now() - start) * left)} left`;
        const what = round === 0 ? 'checking' : `round ${round} of ${options.rounds}`;
        output.progress(`${what}: ${cell.scenario.design.id} in ${cell.scenario.race.id}${rest}`);
        await playCell(cell, round === 0, { options, pool, signal: abort.signal });
      }
    }
  } finally {
    process.removeListener('SIGINT', onInterrupt);
    output.progress('');
    await pool.close();
  }
  const result = resultOf(cells, env, noise.notes(env, allowedCpus().length));
  if (options.save !== undefined) save(options.save, result);
  if (options.json === true) output.print(json(result));
  else print(result, output);
  if (abort.signal.aborted) return EXIT.INTERRUPTED;
  return EXIT.OK;
}

/** @throws UserError for a design or race that is not there. */
async function cellsOf(
  designs: readonly string[],
  races: readonly string[],
): Promise<SystemCell[]> {
  const { system } = await findSystem(SYSTEM);
  const known = system.designs.map(({ id }) => id);
  for (const id of designs) if (!known.includes(id)) throw unknown('design', id, known);
  const cells: SystemCell[] = [];
  for (const race of races) {
    for (const design of designs.length === 0 ? known : designs) {
      const target = `${SYSTEM}/${race}`;
      const topology = readTopologyFile(undefined);
      const choice = { target, design, topology, quarantine: QUARANTINE_DEFAULT };
      const scenario = await makeScenario(choice);
      const spans = new Map<string, SpanTimes>();
      const figures = { roundsPerSecond: [], spans, holdMs: 0, makespanMs: 0 };
      cells.push({ scenario, ...figures, failed: undefined });
    }
  }
  return cells;
}

interface Play {
  readonly options: BenchSystemsOptions;
  readonly pool: StressPool;
  readonly signal: AbortSignal;
}

async function playCell(cell: SystemCell, check: boolean, play: Play): Promise<void> {
  if (cell.failed !== undefined) return;
  const result = await stress(stressOptions(cell.scenario, check, play));
  if (result.verdict !== 'pass') {
    const worst = result.outcomes.find((one) => one.verdict !== 'pass');
    cell.failed = worst?.outcome ?? result.verdict;
    return;
  }
  if (!check && !play.signal.aborted) note(cell, result);
}

function stressOptions({ systemUrl, request }: Scenario, check: boolean, play: Play) {
  const options: StressOptions = {
    program: { systemModule: systemUrl, request },
    lowering: check ? 'sanitized' : 'native',
    limits: {
      rounds: 1e9,
      millis: check ? CHECK_MS : play.options.roundMs,
      roundMillis: ROUND_MILLIS,
      failures: 1,
    },
    perturbation: { rate: check ? 0.02 : 0, sleepShare: 0.1 },
    seed: 1,
    locks: STRESS_LOCKS,
    expected: 'open',
    inspect: false,
    ...(check ? {} : { spans: SPANS }),
    traceEvents: 64,
    pool: play.pool,
    signal: play.signal,
  };
  return options;
}

function note(cell: SystemCell, result: StressResult): void {
  cell.roundsPerSecond.push(result.roundsPerSecond);
  for (const { name, realNs, virtualMs } of result.spans) {
    const known = cell.spans.get(name) ?? { realNs: [], virtualMs: [] };
    cell.spans.set(name, {
      realNs: [...known.realNs, ...realNs],
      virtualMs: [...known.virtualMs, ...virtualMs],
    });
  }
  const most = (name: string): number =>
    result.measures.find((measure) => measure.name === name)?.max ?? 0;
  cell.holdMs = Math.max(cell.holdMs, most(HOLD));
  cell.makespanMs = Math.max(cell.makespanMs, most(MAKESPAN));
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

function percentiles({ realNs, virtualMs }: Omit<SpanSamples, 'name'>) {
  return {
    samples: realNs.length,
    p50Ns: percentile(realNs, 0.5),
    p99Ns: percentile(realNs, 0.99),
    p999Ns: percentile(realNs, 0.999),
    maxNs: percentile(realNs, 1),
    virtualMaxMs: percentile(virtualMs, 1),
  };
}

function resultOf(cells: readonly SystemCell[], env: Environment, noise: readonly string[]) {
  const good = cells.filter((cell) => cell.failed === undefined && cell.roundsPerSecond.length > 0);
  return {
    format: 'hotrace-bench-systems',
    version: 1,
    environment: env,
    noise,
    cells: good.map(({ scenario, roundsPerSecond, spans, holdMs, makespanMs }) => ({
      race: scenario.race.id,
      design: scenario.design.id,
      roundsPerSecond,
      spans: Object.fromEntries([...spans].map(([name, one]) => [name, percentiles(one)])),
      longestHoldMs: holdMs,
      longestMakespanMs: makespanMs,
    })),
    failed: cells.flatMap(({ scenario, failed }) => {
      if (failed === undefined) return [];
      return [{ race: scenario.race.id, design: scenario.design.id, why: failed }];
    }),
  } as const;
}

type SystemsResult = ReturnType<typeof resultOf>;

/** @throws UserError for a place that cannot be written. */
function save(path: string, result: SystemsResult): void {
  try {
    writeFileSync(path, `${json(result)}\n`);
  } catch (error) {
    throw new UserError(`${path}: cannot be written`, { cause: error });
  }
}

function print({ environment: env, noise, cells, failed }: SystemsResult, output: Output): void {
  output.print(`${env.cpu}, ${env.cores} CPUs, load ${env.load1}; node ${env.node}, V8 ${env.v8}`);
  for (const line of noise) output.print(paint(output, 'yellow', `NOISY: ${line}`));
  output.print('Percentiles are real time on these threads; ms are by the clock of the kernel.');
  for (const race of new Set(cells.map((cell) => cell.race))) {
    const rows = cells
      .filter((cell) => cell.race === race)
      .toSorted((a, b) => median(b.roundsPerSecond) - median(a.roundsPerSecond));
    output.print('');
    output.print(paint(output, 'bold', `${SYSTEM}/${race}: recoveries on real threads`));
    output.print(table([HEAD, ...rows.map(rowOf)], '  '));
  }
  if (failed.length === 0) return;
  output.print('');
  output.print(paint(output, ['red', 'bold'], 'failed their checks, so without figures:'));
  output.print(
    table(
      failed.map((one) => [one.race, one.design, one.why]),
      '  ',
    ),
  );
}

const HEAD = [
  'design',
  'rounds/s',
  'detector p50',
  'p99',
  'p99.9',
  'hotplug waits p50',
  'p99',
  'longest wait',
  'rescan lock held',
  'makespan',
];

function rowOf(cell: SystemsResult['cells'][number]): string[] {
  const { detector, 'hotplug waits': waits } = cell.spans;
  const ns = (value: number | undefined): string => {
    return value === undefined ? '-' : shown(value, 'ns');
  };
  const [low, high] = [Math.min(...cell.roundsPerSecond), Math.max(...cell.roundsPerSecond)];
  return [
    cell.design,
    `${median(cell.roundsPerSecond)} [${low}..${high}]`,
    ns(detector?.p50Ns),
    ns(detector?.p99Ns),
    ns(detector?.p999Ns),
    ns(waits?.p50Ns),
    ns(waits?.p99Ns),
    waits === undefined ? '-' : `${waits.virtualMaxMs} ms`,
    `${cell.longestHoldMs} ms`,
    `${cell.longestMakespanMs} ms`,
  ];
}
