import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRecorded, scenarioOf } from '../../src/cli/recorded.ts';
import { Engine } from '../../src/explore/engine.ts';
import { type InspectDocument, readDocument } from '../../src/inspect/document/document.ts';
import { writeTraceLines } from '../../src/trace/json_lines.ts';
import { schedulePath } from '../inspect/page/recorded.ts';
import { hotrace, interrupted } from './run.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotrace-inspect-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The document in a report. */
function inside(path: string): InspectDocument {
  const data = /id="hotrace-data">([^<]*)</.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
  const text = inflateRawSync(Buffer.from(data, 'base64')).toString('utf8');
  return readDocument(JSON.parse(text));
}

describe('hotrace report', () => {
  test('writes what a search finds, and says so', () => {
    const file = join(folder, 'target.html');
    const { status, stdout } = hotrace('report', 'eeh-pe/T3', '-o', file);
    expect(status).toBe(0);
    expect(stdout).toMatch(/target\.html: use-after-free, \d+ steps, \d+ kB\n$/);
    const { source, search, verdict, replay } = inside(file);
    expect([source, verdict]).toEqual(['explore', 'use-after-free']);
    expect(search?.executions).toBeGreaterThan(1);
    expect(hotrace('replay', replay.token).stdout).toContain('replayed  use-after-free');
  });

  test('writes a search that found nothing', () => {
    const file = join(folder, 'pass.html');
    const args = ['eeh-pe/T3', '--design', 'rescan-lock-nolock', '--bound', '0', '-o', file];
    expect(hotrace('report', ...args).status).toBe(0);
    const { verdict, finding, search } = inside(file);
    expect([verdict, finding, search?.bound]).toEqual(['pass', null, 0]);
  });

  test('writes what real threads do', () => {
    const file = join(folder, 'stress.html');
    const args = ['pciehp-command/probe', '--design', 'A1', '--stress', '--time', '20'];
    expect(hotrace('report', ...args, '-o', file).status).toBe(0);
    const { source, verdict, memory } = inside(file);
    expect([source, verdict]).toEqual(['stress', 'lost-wakeup']);
    expect(memory.journal.at.length).toBeGreaterThan(10);
  });

  test('writes a schedule, and a trace alone', async () => {
    const schedule = schedulePath('eeh-pe.T3.none');
    const recorded = readRecorded(schedule);
    const scenario = await scenarioOf(recorded, {});
    const { trace } = recorded.run(new Engine(scenario.program));
    const lines = join(folder, 'trace.jsonl');
    writeFileSync(lines, writeTraceLines(trace));
    const [one, other] = [join(folder, 'schedule.html'), join(folder, 'trace.html')];
    expect(hotrace('report', schedule, '-o', one).status).toBe(0);
    expect(hotrace('report', lines, '-o', other).status).toBe(0);
    const [performed, told] = [inside(one), inside(other)];
    expect(performed.memory.exact).toBe(true);
    expect(told.memory.exact).toBe(false);
    expect(told.moves).toEqual(performed.moves);
    expect(told.columns).toEqual(performed.columns);
  });
});

describe('wrong input is refused with exit code 2', () => {
  test.each([
    [['inspect', 'nonsense'], /expected SYSTEM\/RACE/],
    [['inspect', 'eeh-pe/T99'], /unknown race of eeh-pe "T99"/],
    [['inspect', 'ht1.eeh-pe.T3.none.AAAA'], /token/],
    [['inspect', '--port', '70000'], /65535/],
    [['report', 'eeh-pe/T3'], /required option '-o, --output <file>'/],
    [['report', 'package.json', '-o', 'x.html'], /package\.json: line 1/],
    [['report', 'LICENSE', '-o', 'x.html'], /schedule line 1/],
  ])('%j', (args, said) => {
    const { status, stderr } = hotrace(...args);
    expect(stderr).toMatch(said);
    expect(status).toBe(2);
  });
});

describe('Ctrl-C ends hotrace inspect', () => {
  test.each([
    ['a search', ['eeh-pe/T11e', '--strategy', 'random', '--design', 'rescan-lock-nolock']],
    ['real threads', ['eeh-pe/T1', '--stress', '--design', 'keep-flag']],
    ['what is shown', [schedulePath('eeh-pe.T3.none')]],
  ])('while %s goes on', async (_, what) => {
    const { status, stdout } = await interrupted(4000, 'inspect', '--no-open', ...what);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/\n$/);
    expect(status).toBe(0);
  });
});
