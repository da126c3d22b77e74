/** Files that other tools read, by format. */
import { perfettoJson } from '../../trace/perfetto.ts';
import type { Trace } from '../../trace/record.ts';
import { stepsCsv } from './csv.ts';
import { ftraceText } from './ftrace.ts';
import { shivizLog } from './shiviz.ts';

interface Exporter {
  /** What the file is for. */
  readonly about: string;
  readonly extension: string;
  readonly mime: string;
  readonly write: (trace: Trace) => string;
}

export const EXPORTS = {
  perfetto: {
    about: 'for ui.perfetto.dev',
    extension: '.perfetto.json',
    mime: 'application/json',
    write: perfettoJson,
  },
  ftrace: {
    about: "text as the kernel's tracefs gives out",
    extension: '.ftrace.txt',
    mime: 'text/plain',
    write: ftraceText,
  },
  csv: { about: 'a row for every step', extension: '.csv', mime: 'text/csv', write: stepsCsv },
  shiviz: {
    about: 'a log with vector clocks for ShiViz',
    extension: '.shiviz.log',
    mime: 'text/plain',
    write: shivizLog,
  },
} as const satisfies Readonly<Record<string, Exporter>>;

export type ExportFormat = keyof typeof EXPORTS;
