import { describe, expect, test } from 'vitest';
import { causality } from '../../../src/inspect/export/causality.ts';
import { csvText } from '../../../src/inspect/export/csv.ts';
import { EXPORTS } from '../../../src/inspect/export/export.ts';
import { FINDINGS, inversion, passing } from '../../trace/fixtures.ts';
import { brokenRules } from '../../trace/perfetto_rules.ts';
import { Recorder } from '../../trace/recorder.ts';

const TRACES = Object.entries({ ...FINDINGS, passing });

describe.each(TRACES)('the trace of %s', (_, make) => {
  test('keeps the rules of ui.perfetto.dev', () => {
    expect(brokenRules(EXPORTS.perfetto.write(make()))).toEqual([]);
  });

  test('is ftrace text in the order of its times, each line as tracefs prints it', () => {
    const lines = EXPORTS.ftrace.write(make()).trimEnd().split('\n');
    const events = lines.filter((line) => !line.startsWith('#'));
    const line = /^ *\S+-\d+ +\[\d{3}\] [d.][.][.hs]\.\. +(\d+\.\d{6}): (\w+): .*$/;
    const times = events.map((event) => Number(line.exec(event)?.[1]));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times).not.toContain(Number.NaN);
  });

  test('has vector clocks that count events, and grow along every actor', () => {
    const lines = EXPORTS.shiviz.write(make()).trimEnd().split('\n');
    const counts = new Map<string, number>();
    for (let i = 0; i < lines.length; i += 2) {
      const [, host = '', json = ''] = /^(\S*) (\{.*\})$/.exec(lines[i] ?? '') ?? [];
      const clock: unknown = JSON.parse(json);
      counts.set(host, (counts.get(host) ?? 0) + 1);
      expect(clock).toMatchObject({ [host]: counts.get(host) });
    }
    expect(counts.size).toBeGreaterThan(0);
  });
});

test('every rule of the validator is kept for a reason: broken files are told', () => {
  const slice = { name: 'a', cat: 'c', ph: 'X', ts: 0, dur: 5, pid: 1, tid: 1, args: {} };
  const flow = { ...slice, ph: 'f', dur: undefined, id: '0x1', ts: 9 };
  const files: readonly (readonly object[])[] = [
    [slice, { ...slice, ts: 2 }],
    [slice, { ...slice, ts: '1' }],
    [
      { ...slice, ts: 2 },
      { ...slice, ts: 0 },
    ],
    [{ ...slice, ph: 'b', dur: undefined, id: '0x1' }],
    [slice, flow],
    [{ ...slice, ph: 'B', dur: undefined }],
    [{ ...slice, ph: 'C', dur: undefined, args: { a: 'b' } }],
    [{ ...slice, ph: 'i', dur: undefined }],
  ];
  for (const traceEvents of files) {
    expect(brokenRules(JSON.stringify({ traceEvents })).length).toBeGreaterThan(0);
  }
  expect(brokenRules(JSON.stringify({ traceEvents: [slice] }))).toEqual([]);
});

test('a wait for a lock is a contention in ftrace text', () => {
  const r = new Recorder();
  const [a, b] = [r.actor('a', 1), r.actor('b', 2)];
  const lock = r.at.rescan_lock;
  r.op(b, 1, 'read', [r.at.root]).op(a, 1, 'mutex_lock', [lock]);
  r.op(a, 2, 'mutex_unlock', [lock]).op(b, 2, 'mutex_lock', [lock], 0, true);
  const events = EXPORTS.ftrace
    .write(r.end(undefined))
    .split('\n')
    .filter((l) => l[0] === ' ');
  const names = events.map((line) => /: (\w+):/.exec(line)?.[1]);
  const inOrder = ['read', 'mutex_lock', 'contention_begin', 'mutex_unlock', 'contention_end'];
  expect(names).toEqual([...inOrder, 'mutex_lock']);
});

test('what reads a word follows who wrote it; reads do not follow each other', () => {
  const r = new Recorder();
  const [a, b] = [r.actor('a', 1), r.actor('b', 2)];
  const word = r.at.root;
  r.op(a, 1, 'write', [word, 1]).op(b, 1, 'read', [word], 1).op(a, 2, 'read', [word], 1);
  r.op(b, 2, 'write', [word, 2]);
  const after = [...causality(r.end(undefined))].map((caused) => caused.after.toSorted());
  expect(after).toEqual([[], [0], [0], [0, 1, 2]]);
});

test('two who wait for each other follow nothing of each other', () => {
  const last = [...causality(inversion(true))].at(-1);
  expect(last?.after.length).toBeLessThan(3);
});

test('cells with commas, quotes and formulas come out as text', () => {
  const text = csvText(
    ['a', 'b'],
    [
      ['x,"y"', -1],
      ['=1+1', 2],
      ['@a', 3],
    ],
  );
  expect(text).toBe('a,b\r\n"x,""y""",-1\r\n\'=1+1,2\r\n\'@a,3\r\n');
});
