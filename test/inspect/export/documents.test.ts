import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { recordedDocument } from '../../../src/cli/inspected.ts';
import { readRecorded, scenarioOf } from '../../../src/cli/recorded.ts';
import { Engine } from '../../../src/explore/engine.ts';
import { EXPORTS, type ExportFormat } from '../../../src/inspect/export/export.ts';
import { traceOf } from '../../../src/inspect/export/trace_of.ts';
import type { Trace } from '../../../src/trace/record.ts';
import { brokenRules } from '../../trace/perfetto_rules.ts';

const SCHEDULES = ['eeh-pe.T3.none', 'pciehp-command.probe.A1'] as const;
const FORMATS: readonly ExportFormat[] = ['perfetto', 'ftrace', 'csv', 'shiviz'];

function scheduleFile(name: string): string {
  return fileURLToPath(new URL(`../../corpus/schedules/${name}.schedule`, import.meta.url));
}

describe.each(SCHEDULES)('the document of %s', (name) => {
  let trace: Trace;
  let again: Trace;

  beforeAll(async () => {
    const recorded = readRecorded(scheduleFile(name));
    const scenario = await scenarioOf(recorded, {});
    trace = recorded.run(new Engine(scenario.program)).trace;
    again = traceOf(await recordedDocument(scenario, recorded, null, ''));
  });

  test.each(FORMATS)('is written as %s as the command line writes the trace', (format) => {
    const { write } = EXPORTS[format];
    expect(write(again)).toBe(write(trace));
  });

  test('is loaded by ui.perfetto.dev without a loss', () => {
    expect(brokenRules(EXPORTS.perfetto.write(again))).toEqual([]);
  });
});
