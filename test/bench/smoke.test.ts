import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../src/bench/main.ts', import.meta.url));

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly aim: string;
  readonly reached: boolean;
  readonly detail: string;
}

interface Bench {
  readonly environment: Readonly<Record<string, unknown>>;
  readonly smoke: boolean;
  readonly figures: readonly Figure[];
}

function smoke(): {
  readonly status: number | null;
  readonly stderr: string;
  readonly json: Bench;
} {
  const args = [main, '--smoke', '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, stderr, json: JSON.parse(stdout) as Bench };
}

/** How fast it is depends on the load of this machine, so no aim is asked to be reached. */
test('the benchmarks run small: every figure, each with its unit, and its work done', () => {
  const { status, stderr, json } = smoke();
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(json.smoke).toBe(true);
  expect(Object.keys(json.environment)).toEqual([
    'cpu',
    'cores',
    'load1',
    'node',
    'v8',
    'platform',
  ]);
  for (const figure of json.figures) {
    expect(Number.isFinite(figure.value), figure.name).toBe(true);
    expect(typeof figure.reached, figure.name).toBe('boolean');
    expect(figure.detail, figure.name).not.toBe('');
  }
  expect(json.figures.map(({ name, unit }) => `${name} [${unit}]`)).toEqual([
    'exploration: canonical walk, no oracle [M steps/s]',
    'exploration: canonical walk, all oracles [M steps/s]',
    'exploration: eeh-pe/T3, all oracles [M steps/s]',
    'exploration: heap growth over 20000 executions [KiB]',
    'native lowering: TTAS lock+increment+unlock / by hand [x]',
    'native lowering: ttas, 1 thread / by hand [x]',
    'WebAssembly: ttas, 1 thread, speed / JavaScript [x]',
    'native lowering: ticket, 1 thread / by hand [x]',
    'WebAssembly: ticket, 1 thread, speed / JavaScript [x]',
    'native lowering: futex, 1 thread / by hand [x]',
    'WebAssembly: futex, 1 thread, speed / JavaScript [x]',
    'native lowering: mcs, 1 thread / by hand [x]',
    'native lowering: mcs, 1 thread / by hand that finds its node [x]',
    'WebAssembly: mcs, 1 thread, speed / JavaScript [x]',
    'native lowering: ttas, 2 threads / by hand [x]',
    'WebAssembly: ttas, 2 threads, speed / JavaScript [x]',
    'native lowering: ticket, 2 threads / by hand [x]',
    'WebAssembly: ticket, 2 threads, speed / JavaScript [x]',
    'native lowering: futex, 2 threads / by hand [x]',
    'WebAssembly: futex, 2 threads, speed / JavaScript [x]',
    'native lowering: mcs, 2 threads / by hand [x]',
    'native lowering: mcs, 2 threads / by hand that finds its node [x]',
    'WebAssembly: mcs, 2 threads, speed / JavaScript [x]',
    'default mutex (adaptive), 4 threads: p99.9 to acquire [ns]',
    'collapse of ticket, 4 threads [M/s]',
    'collapse of mcs, 4 threads [M/s]',
    'default spinlock qspinlock-park, 4 threads [M/s]',
    'cold start to the bug: explore eeh-pe/T1 --design none [s]',
    'cold start to the bug: explore eeh-pe/T2 --design none [s]',
    'cold start to the bug: explore eeh-pe/T3 --design none [s]',
    'stress: rounds of eeh-pe/T1 [rounds/s]',
    'stress: stop [ms]',
    'inspector: lanes of 20000 steps with all summaries [ms]',
    'inspector: columns of a frame of 20000 steps, slowest zoom [ms]',
  ]);
  const detail = (start: string): readonly string[] =>
    json.figures.filter(({ name }) => name.startsWith(start)).map((figure) => figure.detail);
  // Three actors walk eight entries: 2000 executions, a round to warm up and one that counts.
  const walked = '81 steps an execution, checksum 324000';
  expect(detail('exploration: canonical walk')).toEqual([walked, walked]);
  for (const found of detail('cold start')) {
    expect(found).toMatch(/^(?!pass|limit-reached)[a-z-]+, \d+ switches$/);
  }
});
