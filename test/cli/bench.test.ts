import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BenchResult, parseResult, valuesOf } from '../../src/bench/locks/result.ts';
import { hotrace, interrupted, root } from './run.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotrace-bench-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Few thousand sections: what it finds is right, how fast it is says nothing. */
function bench(...args: readonly string[]): { status: number | null; result: BenchResult } {
  const { status, stdout, stderr } = hotrace('bench', '--json', ...args);
  if (stderr !== '') throw new Error(stderr);
  return { status, result: parseResult(stdout) };
}

describe('a small benchmark', () => {
  test('has every metric of a lock that excludes, and what it was measured on', () => {
    const small = ['--threads', '1,2', '--rounds', '2', '--acquisitions', '4000'];
    const { status, result } = bench('ticket', 'futex', ...small);
    expect(status).toBe(0);
    expect(result.failed).toEqual([]);
    expect(result.environment.node).toBe(process.version);
    expect(result.cells.map(({ lock, threads }) => `${lock} ${threads}`).sort()).toEqual([
      'futex 1',
      'futex 2',
      'ticket 1',
      'ticket 2',
    ]);
    for (const cell of result.cells) {
      expect(cell.acquisitions).toBe(4000);
      const ids = ['throughput', 'p50', 'p99', 'p999', 'p9999', 'max', 'cpu'] as const;
      for (const id of ids) expect(valuesOf(cell, id), id).toHaveLength(2);
      expect(valuesOf(cell, 'net')).toHaveLength(cell.threads === 1 ? 2 : 0);
      for (const id of ['jain', 'jainShort', 'idle'] as const) {
        expect(valuesOf(cell, id), id).toHaveLength(cell.threads === 1 ? 0 : 2);
      }
      expect(cell.calibrationNs).toHaveLength(cell.threads === 1 ? 0 : 2);
      // A tenth fewer than the clocked sections: what follows the pause of the holder is left out.
      const clocked = cell.latency.reduce((sum, [, count]) => sum + count, 0);
      expect(clocked).toBe(cell.threads === 1 ? 2 * 1600 : 2 * 1280);
      expect(cell.stat.acquisitions).toBe(clocked);
    }
  });

  test('of a readers-writer lock mixes readers and writers as asked', () => {
    const small = ['--threads', '2', '--rounds', '1', '--acquisitions', '4000'];
    const { status, result } = bench('futex-rwsem', '--writes', '25', ...small);
    expect(status).toBe(0);
    expect(result.cells[0]).toMatchObject({ kind: 'readers-writer', writes: 25 });
    expect(result.cells[0] && valuesOf(result.cells[0], 'throughput')).toHaveLength(1);
  });

  test('as WebAssembly excludes as well, its sleeps and wake-ups counted', () => {
    const small = ['--threads', '1,2', '--rounds', '1', '--acquisitions', '20000'];
    const { status, result } = bench('futex', 'mcs', 'futex-rwsem', '--native', 'wasm', ...small);
    expect({ status, failed: result.failed }).toEqual({ status: 0, failed: [] });
    expect(result.native).toBe('wasm');
    expect(result.cells).toHaveLength(6);
    for (const cell of result.cells) {
      for (const id of ['throughput', 'parks', 'p999'] as const) {
        expect(valuesOf(cell, id), `${cell.lock} ${id}`).toHaveLength(1);
      }
    }
  });

  test('without clocks has no latencies', () => {
    const small = ['--threads', '1', '--rounds', '1', '--acquisitions', '1000'];
    const { result } = bench('ttas', '--metric', 'cost', ...small);
    expect(result.cells[0]?.latency).toEqual([]);
    expect(result.cells[0] && valuesOf(result.cells[0], 'net')).toHaveLength(1);
  });

  test('of a file of one’s own runs as one of the zoo', () => {
    const text = readFileSync(join(root, 'docs/writing-a-lock.md'), 'utf8');
    const [, code = ''] = /^```ts baton\.ts\n([\s\S]*?)^```$/m.exec(text) ?? [];
    const file = join(folder, 'baton.ts');
    writeFileSync(file, code);
    const small = ['--threads', '2', '--rounds', '1', '--acquisitions', '2000'];
    for (const form of ['js', 'wasm']) {
      const { status, result } = bench(file, '--native', form, ...small);
      expect({ status, failed: result.failed }).toEqual({ status: 0, failed: [] });
      expect(result.cells.map(({ lock }) => lock)).toEqual([`${file}/baton`]);
    }
  });
});

describe('a lock that does not do its work', () => {
  test('lets two in: it has no figure with however many threads, and says what was lost', () => {
    const args = ['--threads', '1,2', '--rounds', '1', '--acquisitions', '300000'];
    const { status, stdout } = hotrace('bench', 'lock-busted', 'ttas', ...args);
    expect(status).toBe(1);
    expect(stdout).toMatch(/lock-busted {2}2 threads {2}no mutual exclusion: \d+ sections wrote/);
    expect(stdout).toMatch(/lock-busted {2}1 thread {3}with 2 threads: no mutual exclusion/);
    expect(stdout).not.toMatch(/lock-busted +[\d.]+ \[/);
    expect(stdout).toMatch(/ttas +[\d.]+/);
  });
});

test('the lock_stat table has the columns of lock_stat', () => {
  const args = ['--threads', '2', '--rounds', '1', '--acquisitions', '2000'];
  const { stdout } = hotrace('bench', 'ttas', '--metric', 'lock_stat', ...args);
  expect(stdout).toMatch(/class name +con-bounces +contentions +waittime-min .* holdtime-avg/);
  expect(stdout).toMatch(/^ {2}ttas +\d+ +\d+ +[\d.]+/m);
});

test('what is saved is what a later run is compared with; the report stands alone', () => {
  const [saved, page] = [join(folder, 'a.json'), join(folder, 'a.html')];
  const args = ['--threads', '1', '--rounds', '2', '--acquisitions', '2000'];
  const first = hotrace('bench', 'ttas', ...args, '--save', saved, '--report', page);
  expect(first).toMatchObject({ status: 0, stderr: '' });
  expect(parseResult(readFileSync(saved, 'utf8')).cells).toHaveLength(1);
  expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>[\s\S]*<svg[\s\S]*<\/html>\n$/);
  const { stdout } = hotrace('bench', 'ttas', ...args, '--baseline', saved);
  // Two rounds against two cannot tell anything apart.
  expect(stdout).toMatch(/ttas +1 thread, 1 inside, 0 outside +M\/s .*no difference/);
  expect(stdout).toMatch(/0 better, 0 worse, \d+ no difference/);
});

describe('bad input is refused, with what was expected', () => {
  test.each([
    [['tikcet'], 'did you mean ticket?'],
    [['seqlock'], 'expected an exclusive or readers-writer lock, found sequence'],
    [['--threads', '0'], 'a whole number from 1 to 32, found 0'],
    [['--threads', '1,,2'], 'numbers such as 1,2,4, found 1,,2'],
    [['--threads', '99'], 'a whole number from 1 to 32, found 99'],
    [['--inside', '0'], 'a whole number from 1'],
    [['--metric', 'speed'], 'Allowed choices are'],
    [['--native', 'c'], 'Allowed choices are js, wasm'],
    [['--rounds', 'x'], 'a whole number from 1 to 1000'],
    [['--writes', '101'], 'a percentage from 0 to 100'],
    [['no-such.ts'], 'no such file'],
    [['ttas', '--baseline', 'no-such.json'], 'no such file'],
    [['ttas', '--baseline', 'package.json'], 'that `hotrace bench --save` wrote: format:'],
    [['ttas', '--baseline', 'README.md'], 'that `hotrace bench --save` wrote: Unexpected token'],
  ])('%j', (args, text) => {
    const { status, stdout, stderr } = hotrace('bench', ...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(text);
  });
});

test('an interrupt prints what has been measured', async () => {
  const args = ['bench', 'ttas', '--threads', '1', '--rounds', '1000', '--round-ms', '50'];
  const { status, stdout, stderr } = await interrupted(4000, ...args);
  expect(status).toBe(130);
  expect(stdout).toMatch(/ttas +[\d.]+/);
  expect(stderr).toContain('interrupted');
});
