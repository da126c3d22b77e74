/**
 * `npm run bench`: the figures of this project, each from fixed counts, several rounds, medians,
 * with the machine and its load beside them. `--smoke` runs it small, `--json` prints one object.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import type { Program } from '../actor/program.ts';
import { installLowering } from '../ops/lower/hooks.ts';
import { type Figure, lockFigures } from './lock_report.ts';
import { environment, isNoisy, median } from './locks/environment.ts';
import type { TtasRequest, TtasTimes } from './ttas_worker.ts';

const { smoke, asJson } = readArguments(process.argv.slice(2));
const rounds = smoke ? 1 : 5;
const root = fileURLToPath(new URL('../../', import.meta.url));
const figures: Figure[] = [];

function add(figure: Figure): void {
  figures.push(figure);
  if (asJson) return;
  const mark = figure.aim === '' ? ' ' : figure.reached ? '=' : '!';
  const value = `${round2(figure.value)} ${figure.unit}`.padEnd(22);
  const aim = figure.aim === '' ? '' : `aim ${figure.aim}`;
  process.stdout.write(`${mark} ${figure.name.padEnd(52)} ${value} ${aim}  ${figure.detail}\n`);
}

/** Bad usage ends here, with exit code 2: what follows takes minutes. */
function readArguments(given: readonly string[]): { smoke: boolean; asJson: boolean } {
  const unknown = given.find((word) => word !== '--smoke' && word !== '--json');
  if (unknown !== undefined) {
    process.stderr.write(`expected --smoke or --json, found ${unknown}\n`);
    process.exit(2);
  }
  return { smoke: given.includes('--smoke'), asJson: given.includes('--json') };
}

function round2(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 100) / 100;
}

async function explorationFigures(): Promise<void> {
  installLowering('explored');
  const { walkProgram } = await import('./walk_program.ts');
  const { heapGrowth, stepsPerSecond } = await import('./exploration.ts');
  const executions = smoke ? 2000 : 50_000;
  for (const oracles of [false, true]) {
    const speed = stepsPerSecond(walkProgram(3, 8), executions, rounds, oracles);
    add({
      name: `exploration: canonical walk, ${oracles ? 'all oracles' : 'no oracle'}`,
      value: speed.millionStepsPerSecond,
      unit: 'M steps/s',
      aim: oracles ? '' : '>= 10',
      reached: speed.millionStepsPerSecond >= 10,
      detail: `${speed.stepsPerExecution} steps an execution, checksum ${speed.checksum}`,
    });
  }
  const program = await programOf('eeh-pe/T3', 'rescan-lock-nolock');
  const t3 = stepsPerSecond(program, smoke ? 100 : 3000, rounds, true);
  add({
    name: 'exploration: eeh-pe/T3, all oracles',
    value: t3.millionStepsPerSecond,
    unit: 'M steps/s',
    aim: '>= 3',
    reached: t3.millionStepsPerSecond >= 3,
    detail: `${Math.round(t3.stepsPerExecution)} steps an execution`,
  });
  setFlagsFromString('--expose-gc');
  // V8 hands out its collector only to a new context.
  const collect = runInNewContext('gc') as () => void;
  const heap = heapGrowth(walkProgram(2, 1), smoke ? 20_000 : 10_000_000, collect);
  const grownKb = (heap.lateBytes - heap.earlyBytes) / 1024;
  add({
    name: `exploration: heap growth over ${heap.executions} executions`,
    value: grownKb,
    unit: 'KiB',
    aim: '< 64',
    reached: grownKb < 64,
    detail: `heap ${Math.round(heap.lateBytes / 1024)} KiB`,
  });
}

async function programOf(target: string, design: string): Promise<Program> {
  const { makeScenario, QUARANTINE_DEFAULT, readTopologyFile } = await import('../cli/scenario.ts');
  const [topology, quarantine] = [readTopologyFile(undefined), QUARANTINE_DEFAULT];
  return (await makeScenario({ target, design, topology, quarantine })).program;
}

async function lockFigure(): Promise<void> {
  const worker = new Worker(new URL('./ttas_worker.ts', import.meta.url));
  const request: TtasRequest = { rounds: smoke ? 1 : 9, sections: smoke ? 50_000 : 2_000_000 };
  const times = await new Promise<TtasTimes>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.postMessage(request);
  });
  await worker.terminate();
  if (times.counted !== times.expected) {
    throw new Error(`[hotrace bug] ttas counted ${times.counted} of ${times.expected}`);
  }
  const lowered = median(times.loweredNs);
  const hand = median(times.handNs);
  add({
    name: 'native lowering: TTAS lock+increment+unlock / by hand',
    value: lowered / hand,
    unit: 'x',
    aim: '<= 1.2',
    reached: lowered / hand <= 1.2,
    detail: `${round2(lowered)} ns against ${round2(hand)} ns, one thread`,
  });
}

interface Cli {
  readonly status: number;
  readonly ms: number;
  readonly json: Readonly<Record<string, unknown>>;
}

/** The command itself, from a cold start, as a user runs it. */
function runCli(args: readonly string[]): Cli {
  const start = performance.now();
  const done = spawnSync(process.execPath, [`${root}bin/hotrace.js`, ...args, '--json'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const ms = performance.now() - start;
  const parsed: unknown = JSON.parse(done.stdout === '' ? '{}' : done.stdout);
  const isObject = typeof parsed === 'object' && parsed !== null;
  return { status: done.status ?? -1, ms, json: isObject ? { ...parsed } : {} };
}

function commandFigures(): void {
  const repeats = smoke ? 1 : 5;
  for (const race of ['T1', 'T2', 'T3']) {
    const found = Array.from({ length: repeats }, () =>
      runCli(['explore', `eeh-pe/${race}`, '--design', 'none']),
    );
    const ms = median(found.map((f) => f.ms));
    const json = found[0]?.json ?? {};
    add({
      name: `cold start to the bug: explore eeh-pe/${race} --design none`,
      value: ms / 1000,
      unit: 's',
      aim: '< 1',
      reached: ms < 1000 && found.every((f) => f.status === 1),
      detail: `${String(json['verdict'])}, ${String(json['contextSwitches'])} switches`,
    });
  }
  if (smoke) return;
  for (const race of ['T1', 'T2', 'T3']) {
    const fixed = runCli(['explore', `eeh-pe/${race}`, '--design', 'rescan-lock-nolock']);
    add({
      name: `exhausted at bound 2: eeh-pe/${race} rescan-lock-nolock`,
      value: Number(fixed.json['elapsedMs']) / 1000,
      unit: 's',
      aim: '< 60',
      reached: fixed.status === 0 && fixed.json['verdict'] === 'pass',
      detail: `${String(fixed.json['verdict'])}, ${String(fixed.json['states'])} states`,
    });
  }
  for (const race of ['T1', 'T2', 'T3']) {
    const hit = runCli(['stress', `eeh-pe/${race}`, '--design', 'none', '--time', '10']);
    add({
      name: `stress on real threads to the bug: eeh-pe/${race} none`,
      value: Number(hit.json['elapsedMs']) / 1000,
      unit: 's',
      aim: '< 10',
      reached: hit.status === 1 && Number(hit.json['elapsedMs']) < 10_000,
      detail: `round ${String(hit.json['rounds'])}`,
    });
  }
}

async function laneFigures(): Promise<void> {
  const { laneTimes } = await import('./lanes.ts');
  const steps = smoke ? 20_000 : 1_000_000;
  const { buildMs, frameMs, lanes } = laneTimes(steps, smoke ? 1 : 3);
  const detail = `${lanes} lanes`;
  add({
    name: `inspector: lanes of ${steps} steps with all summaries`,
    value: buildMs,
    unit: 'ms',
    aim: '< 3000',
    reached: buildMs < 3000,
    detail,
  });
  const name = `inspector: columns of a frame of ${steps} steps, slowest zoom`;
  add({ name, value: frameMs, unit: 'ms', aim: '< 16', reached: frameMs < 16, detail });
}

function stressFigures(): void {
  const time = smoke ? '1' : '5';
  const args = ['stress', 'eeh-pe/T1', '--design', 'rescan-lock-nolock', '--time', time];
  const runs = Array.from({ length: smoke ? 1 : 3 }, () => runCli(args));
  const rate = median(runs.map((r) => Number(r.json['roundsPerSecond'])));
  add({
    name: 'stress: rounds of eeh-pe/T1',
    value: rate,
    unit: 'rounds/s',
    aim: '>= 2000',
    reached: rate >= 2000,
    detail: 'sanitized, perturbation 0.02',
  });
  const stop = Math.max(...runs.map((r) => Number(r.json['stopLatencyMs'])));
  const detail = 'worst of the runs above';
  add({ name: 'stress: stop', value: stop, unit: 'ms', aim: '< 100', reached: stop < 100, detail });
}

const env = environment();
if (!asJson) {
  const noisy = isNoisy(env) ? ' - NOISY: other work runs on this machine' : '';
  process.stdout.write(
    `${env.cpu}, ${env.cores} cores, load ${env.load1}${noisy}; node ${env.node}, V8 ${env.v8}, ` +
      `${env.platform}\n`,
  );
}
await explorationFigures();
await lockFigure();
await lockFigures(smoke, add);
commandFigures();
stressFigures();
await laneFigures();
if (asJson) {
  process.stdout.write(`${JSON.stringify({ environment: env, smoke, figures }, null, 2)}\n`);
}
