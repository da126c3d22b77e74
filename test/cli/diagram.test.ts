import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { hotrace, hotraceIn, hotraceJson } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'hotrace-diagram-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('without a machine it lists them all with their sizes', () => {
  const { stdout, status } = hotrace('diagram');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^eehd +18 +36 +\d+$/m);
  expect(hotraceJson('diagram')['machines']).toContainEqual(
    expect.objectContaining({ machine: 'port_rival', states: 2, transitions: 1, events: 1 }),
  );
});

test('a machine is drawn to standard output or a file', () => {
  const file = join(folder, 'eehd.svg');
  const { stdout } = hotrace('diagram', 'eehd', '--format', 'svg');
  expect(hotrace('diagram', 'eehd', '-o', file)).toMatchObject({ status: 0, stdout: '' });
  expect(readFileSync(file, 'utf8')).toBe(stdout);
  expect(stdout).toMatch(/^<svg /);
});

test('a target stands for the machines of its actors, several for a directory', () => {
  const into = join(folder, 'T3');
  expect(hotrace('diagram', 'eeh-pe/T3', '-f', 'scxml', '-o', into).status).toBe(0);
  expect(readdirSync(into)).toContain('eehd.scxml');
  const { machines } = hotraceJson('diagram', 'eeh-pe/T3');
  expect(machines).toHaveLength(readdirSync(into).length);
  const { status, stderr } = hotrace('diagram', 'eeh-pe/T3');
  expect(status).toBe(2);
  expect(stderr).toContain('expected -o DIRECTORY');
});

test('the watched machines of a system are there, each once', () => {
  const { stdout } = hotrace('diagram', 'pciehp-command', 'slot', '--format', 'mermaid');
  expect(stdout.match(/%% slot$/gm)).toHaveLength(1);
  expect(stdout).toContain('%% pciehp_isr');
});

test('a file of one’s own works as a system does', () => {
  const page = new URL('../../docs/writing-a-system.md', import.meta.url);
  const source = /```ts open_vs_remove\.ts\n([\s\S]*?)\n```/.exec(readFileSync(page, 'utf8'))?.[1];
  writeFileSync(join(folder, 'open_vs_remove.ts'), `${source}\n`);
  const args = ['diagram', './open_vs_remove.ts', '--format', 'mermaid'];
  const { stdout, stderr, status } = hotraceIn(folder, ...args);
  expect([stderr, status]).toEqual(['', 0]);
  expect(stdout).toContain('stateDiagram-v2');
});

test.each([
  [['ehd'], 'did you mean eehd?'],
  [['eeh-pe/T33'], 'did you mean T3'],
  [['eeh-p/T3'], 'did you mean eeh-pe?'],
  [['eeh-pe/T3', '-d', 'keep-flg'], 'did you mean'],
  [['eehd', '-f', 'swg'], 'svg'],
  [['eehd', '-o', '/proc/none/x.svg'], 'expected a file to write'],
  [['-o', 'x'], 'expected machines to draw'],
  [['./missing.ts'], 'no such file'],
  [['\u001b[31m'], 'unknown machine'],
])('%j is answered with what was expected', (args, text) => {
  const { status, stderr, stdout } = hotrace('diagram', ...args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(text);
  expect(stderr).not.toContain('\u001b');
});
