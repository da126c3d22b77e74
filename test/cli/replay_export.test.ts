import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brokenRules } from '../trace/perfetto_rules.ts';
import { hotrace } from './run.ts';

const T3 = fileURLToPath(new URL('../corpus/schedules/eeh-pe.T3.none.schedule', import.meta.url));

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotrace-export-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

test('replay --export writes a file for another tool, and says what it replayed', () => {
  const file = join(folder, 't3.json');
  const { status, stdout } = hotrace('replay', T3, '--export', 'perfetto', '-o', file);
  expect(status).toBe(1);
  expect(stdout).toContain('use-after-free');
  expect(brokenRules(readFileSync(file, 'utf8'))).toEqual([]);
});

test('without a file nothing but the export is printed', () => {
  const { status, stdout } = hotrace('replay', T3, '--export', 'ftrace');
  expect(status).toBe(1);
  expect(stdout).toMatch(/^# tracer: nop\n/);
});

test.each([
  [['-o', 'x'], 'expected --export FORMAT'],
  [['--export', 'pdf'], 'perfetto, ftrace, csv, shiviz'],
])('%j is bad usage', (args, text) => {
  const { status, stderr } = hotrace('replay', T3, ...args);
  expect(status).toBe(2);
  expect(stderr).toContain(text);
});
