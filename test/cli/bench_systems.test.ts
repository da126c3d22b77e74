import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hotrace, hotraceJson } from './run.ts';

interface SystemCell {
  readonly race: string;
  readonly design: string;
  readonly roundsPerSecond: readonly number[];
  readonly spans: Readonly<Record<string, { readonly samples: number; readonly p50Ns: number }>>;
  readonly longestHoldMs: number;
}

const small = ['--systems', '--races', 'T3', '--rounds', '1', '--round-ms', '200'];

test('designs are timed whole: recoveries, detectors, what hotplug waits', () => {
  const json = hotraceJson('bench', 'rescan-lock-nolock', 'none', ...small);
  const cells = json['cells'] as readonly SystemCell[];
  expect(cells.map(({ race, design }) => `${race} ${design}`)).toEqual(['T3 rescan-lock-nolock']);
  const [cell] = cells;
  expect(cell?.roundsPerSecond).toHaveLength(1);
  expect(cell?.spans['detector']?.samples).toBeGreaterThan(0);
  expect(cell?.spans['detector']?.p50Ns).toBeGreaterThan(0);
  expect(cell?.spans['hotplug waits']?.samples).toBeGreaterThan(0);
  // The merged design holds it over the whole recovery, sleeps of drivers and resets included.
  expect(cell?.longestHoldMs).toBeGreaterThan(1000);
  // What has no lock fails its check, and has no figure.
  expect(json['failed']).toMatchObject([{ race: 'T3', design: 'none' }]);
});

test('what is printed names the race, and says what failed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hotrace-systems-'));
  const saved = join(folder, 'systems.json');
  const { status, stdout } = hotrace('bench', 'deferral', 'none', ...small, '--save', saved);
  expect(status).toBe(0);
  expect(stdout).toMatch(/eeh-pe\/T3: recoveries on real threads\n {2}design +rounds\/s/);
  expect(stdout).toMatch(/^ {2}deferral +\d+/m);
  expect(stdout).toMatch(/T3 {2}none {2}/);
  expect(JSON.parse(readFileSync(saved, 'utf8'))).toMatchObject({
    format: 'hotrace-bench-systems',
  });
  rmSync(folder, { recursive: true });
});

test.each([
  [['nolock', '--systems'], 'unknown design "nolock"'],
  [['--systems', '--races', 'T99'], 'unknown race of eeh-pe "T99"'],
  [['--systems', '--races', ','], 'expected names such as T3,T11c'],
  [['--systems', '--baseline', 'a.json'], '--baseline is for locks'],
])('%j is refused', (args, text) => {
  const { status, stdout, stderr } = hotrace('bench', ...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(text);
});
