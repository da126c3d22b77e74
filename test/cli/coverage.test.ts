import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { hotrace, hotraceJson } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'hotrace-coverage-'));
const file = join(folder, 'coverage.json');
afterAll(() => rmSync(folder, { recursive: true }));

const PASSING = ['explore', 'pciehp-command/probe', '--design', 'A2', '--bound', '1'];

test('explore writes coverage, adds to it, and fails where it is too low', () => {
  const { status, stdout } = hotrace(...PASSING, '--coverage', file, '--coverage-min', '1');
  expect(status).toBe(0);
  expect(stdout).toMatch(/coverage of 1 run: [\d.]+ % of what the machines accept, at least 1 %/);
  const once: unknown = JSON.parse(readFileSync(file, 'utf8'));
  expect(once).toMatchObject({ format: 'hotrace-coverage-1', runs: 1 });
  const again = hotraceJson(...PASSING, '--coverage', file);
  expect(again['coverage']).toMatchObject({ runs: 2 });
  expect(again).not.toHaveProperty('moves');
  expect(hotrace(...PASSING, '--coverage', file, '--coverage-min', '100').status).toBe(1);
});

test('a diagram shows what was never taken', () => {
  const { stdout, status } = hotrace('diagram', 'pciehp_probe', '--coverage', file);
  expect(status).toBe(0);
  expect(stdout).toMatch(/class="edge event taken" style="--hr-heat:[\d.]+" data-edge="/);
  expect(stdout).toMatch(/PCIE_INIT to REQUEST_IRQ on INITIALISED, taken \d+ times\./);
  const other = hotrace('diagram', 'eehd', '--coverage', file);
  expect(other.stderr).toContain('eehd: no run of the coverage had this machine');
  expect(other.stdout).not.toContain('class="edge event never"');
  const missing = hotrace('diagram', 'eehd', '--coverage', join(folder, 'none.json'));
  expect([missing.status, missing.stdout]).toEqual([2, '']);
  expect(hotrace('diagram', 'eehd', '-f', 'dot', '--coverage', file).status).toBe(2);
});

test('sampling on several workers counts what each has seen', () => {
  const args = ['--strategy', 'random', '--executions', '40', '-j', '2'];
  const other = join(folder, 'sampled.json');
  const found = hotraceJson(...PASSING, ...args, '--coverage', other);
  expect(Number(found['executions'])).toBeGreaterThanOrEqual(40);
  const written = readFileSync(other, 'utf8');
  const counts = [...written.matchAll(/"count": (\d+)/g)].map(([, text]) => Number(text));
  expect(Math.max(...counts)).toBeGreaterThanOrEqual(40);
});

test('a file of something else is said before the search begins, and is not touched', () => {
  const other = join(folder, 'other.json');
  writeFileSync(other, '{"a":1}');
  const { status, stderr, stdout } = hotrace(...PASSING, '--coverage', other);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain('expected coverage of earlier runs');
  expect(readFileSync(other, 'utf8')).toBe('{"a":1}');
});

test.each([
  [['--coverage-min', '5'], 'expected --coverage FILE'],
  [['--coverage-min', '101', '--coverage', file], 'from 0 to 100'],
])('%j is answered with what was expected', (args, text) => {
  const { status, stderr } = hotrace(...PASSING, ...args);
  expect(status).toBe(2);
  expect(stderr).toContain(text);
});
