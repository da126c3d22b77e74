import { describe, expect, test } from 'vitest';
import { COLUMNS_DEFAULTS, columns } from '../../src/trace/columns.ts';
import { dmesg } from '../../src/trace/dmesg.ts';
import { traceJson } from '../../src/trace/json.ts';
import { readTraceLines, TraceFormatError, writeTraceLines } from '../../src/trace/json_lines.ts';
import { perfettoJson } from '../../src/trace/perfetto.ts';
import { reportOf } from '../../src/trace/report.ts';
import { FINDINGS, hungTask, passing, useAfterFree } from './fixtures.ts';

const FOLDED = { full: false, linesMax: 40 };

describe('--json', () => {
  test('has names instead of addresses and indices', () => {
    const json = traceJson(useAfterFree(), FOLDED);
    expect(json.finding).toEqual({
      verdict: 'use-after-free',
      oracle: 'kasan',
      message: 'use-after-free',
      addr: 'eeh_pe#1.child_list.next',
    });
    expect(json.findingStep).toBe(35);
    expect(json.contextSwitches).toBe(3);
    expect(json.steps[32]).toEqual({
      step: 32,
      actor: 'sysfs-remove',
      operation: 'kfree',
      text: 'kfree(eeh_pe#1)',
      procedure: 'eeh_rmv_from_parent_pe',
      file: 'actors/eeh/eeh_pe.ts',
      line: 312,
      callers: ['pci_stop_and_remove_bus_device'],
      timeMs: 250,
      blocked: false,
    });
  });

  test('has the rows of the columns', () => {
    const { columns: rows } = traceJson(useAfterFree(), FOLDED);
    expect(rows.at(-1)).toEqual({
      actor: 'eehd',
      step: 35,
      procedure: 'eeh_pe_next',
      file: 'actors/eeh/eeh_pe.ts',
      line: 88,
      text: 'R eeh_pe#1.child_list.next',
      count: 1,
      finding: 'use-after-free',
    });
    expect(rows.filter((row) => row.count > 1).map((row) => row.text)).toEqual([
      '... 12 more in eeh_pe_report',
      '... 2 more in eeh_rmv_from_parent_pe',
    ]);
  });

  test('says who waits for whom', () => {
    const { waits } = traceJson(hungTask(), FOLDED);
    expect(waits).toMatchObject([
      { actor: 'sysfs-remove', operation: 'mutex_lock', on: 'eeh_dev#0.lock', holder: 'eehd' },
    ]);
  });

  test.each(Object.entries({ ...FINDINGS, passing }))(
    'of %s survives JSON unchanged',
    (_, make) => {
      const json = traceJson(make(), { full: true, linesMax: 0 });
      expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    },
  );
});

describe('JSON Lines', () => {
  test.each(Object.entries({ ...FINDINGS, passing }))('give %s back', (_, make) => {
    const trace = make();
    const again = readTraceLines(writeTraceLines(trace));
    expect(again).toEqual(trace);
    expect(columns(again, COLUMNS_DEFAULTS)).toBe(columns(trace, COLUMNS_DEFAULTS));
    expect(reportOf(again)).toEqual(reportOf(trace));
    expect(perfettoJson(again)).toBe(perfettoJson(trace));
    expect(dmesg(again)).toBe(dmesg(trace));
  });

  const text = writeTraceLines(useAfterFree());
  const lines = text.trimEnd().split('\n');

  test('are one object a line, the operation readable', () => {
    expect(lines).toHaveLength(1 + 36 + 1 + 1 + 1);
    expect(JSON.parse(lines[33] ?? '')).toMatchObject({ type: 'step', text: 'kfree(eeh_pe#1)' });
  });

  test('that were cut anywhere are refused', () => {
    for (let kept = 0; kept < lines.length; kept++) {
      const cut = lines.slice(0, kept).join('\n');
      expect(() => readTraceLines(cut)).toThrow(TraceFormatError);
    }
    const gone = lines.filter((_, i) => i !== 5).join('\n');
    expect(() => readTraceLines(gone)).toThrow('line 39: expected line 40 to be the end');
  });

  test.each<[string, string]>([
    ['', 'line 1: expected a JSON object, got nothing'],
    ['BUG: KASAN', 'line 1: expected a JSON object, got "BUG: KASAN"'],
    ['[]', 'line 1: Invalid input: expected object, received array'],
    ['{"type":"other"}', 'line 1: type: '],
    [lines.join('\n').replace('"version":1', '"version":2'), 'line 1: version: '],
    [lines.join('\n').replace('"verdict":"use', '"verdict":"no-use'), 'line 1: finding.verdict: '],
    [lines.join('\n').replace('"struct":0', '"struct":99'), 'line 1: layout: expected a struct of'],
    [
      lines.join('\n').replace(/"operands":\[\d+/, '"operands":["x"'),
      'line 2: record.operands.0: ',
    ],
  ])('with a mistake are refused with its place (%#)', (bad, reason) => {
    expect(() => readTraceLines(bad)).toThrow(TraceFormatError);
    expect(() => readTraceLines(bad)).toThrow(reason);
  });
});
