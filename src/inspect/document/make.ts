/** Makes documents: from a trace, and from what was seen when it was performed again. */
import type { Verdict } from '../../oracles/verdict.ts';
import { COLUMNS_DEFAULTS, columns, shortSchedule } from '../../trace/columns.ts';
import { culpritOf } from '../../trace/culprit.ts';
import { dmesgLines } from '../../trace/dmesg.ts';
import { linesOf } from '../../trace/lines.ts';
import { operationName } from '../../trace/operations.ts';
import type { Trace } from '../../trace/record.ts';
import { reportOf } from '../../trace/report.ts';
import { rowsOf } from '../../trace/rows.ts';
import { type DocumentRow, type InspectDocument, SCHEMA } from './document.ts';
import { type Machines, movesOf } from './moves.ts';
import type { Observed } from './observed.ts';
import { shapeOf, tablesOf } from './tables.ts';

/** What a trace does not know. */
export interface About
  extends Pick<
    InspectDocument,
    'hotrace' | 'source' | 'title' | 'designTitle' | 'replay' | 'search' | 'origin'
  > {
  readonly verdict: Verdict;
  readonly expected: readonly Verdict[];
  readonly daemons: readonly boolean[];
}

export interface Seen {
  readonly observed: Observed;
  /** False where it is worked out from the steps. */
  readonly exact: boolean;
  /** Actors that could move at each step, as bit masks; empty: not known. */
  readonly enabled: readonly number[];
  readonly choices: readonly number[];
}

/** Rows of the columns, at most: a page scrolls. */
const ROWS_MAX = 400;
const WIDTH = 132;

export function makeDocument(
  about: About,
  trace: Trace,
  machines: Machines,
  seen: Seen,
): InspectDocument {
  const { observed, exact, enabled, choices } = seen;
  const { hotrace, source, title, designTitle, replay, search, origin } = about;
  const { verdict, expected } = about;
  const { stackOf, ...tables } = tablesOf(trace, enabled);
  const waits = trace.waits.map(({ actor, kind, addr, holder, sinceMs, stack }) => {
    return { actor, kind: operationName(kind), addr, holder, sinceMs, stack: stackOf(stack) };
  });
  const wide = { ...COLUMNS_DEFAULTS, width: WIDTH };
  return {
    schema: SCHEMA,
    ...{ hotrace, source, title, designTitle, replay, search, origin, verdict },
    expected: [...expected],
    target: trace.target,
    design: trace.design,
    finding: findingOf(trace),
    clockOffsetUs: trace.clockOffsetUs,
    actors: trace.actors.map((actor, i) => ({
      ...actor,
      daemon: about.daemons[i] ?? false,
      machine: machines.ofActor[i] ?? -1,
    })),
    moves: movesOf(trace, machines),
    machines: machines.machines,
    ...tables,
    choices: [...choices],
    decided:
      enabled.length === 0 ? trace.steps.length : Math.min(enabled.length, trace.steps.length),
    locks: observed.locks,
    activities: observed.activities,
    memory: {
      exact,
      ...shapeOf(trace.layout),
      initial: [...observed.initial],
      journal: observed.journal,
    },
    watched: machines.watched,
    log: logOf(trace),
    waits,
    report: reportOf(trace)?.text ?? '',
    shortSchedule: shortSchedule(trace),
    columns: { text: columns(trace, wide), rows: columnRows(trace) },
  };
}

function findingOf(trace: Trace): InspectDocument['finding'] {
  const { finding } = trace;
  if (finding === undefined) return null;
  const step = culpritOf(trace).step?.step ?? null;
  return { ...finding, step, headline: reportOf(trace)?.headline ?? finding.message };
}

function logOf(trace: Trace): InspectDocument['log'] {
  return trace.log.flatMap((line) =>
    dmesgLines(line, trace.clockOffsetUs).map((text) => ({
      at: Math.min(line.step, trace.steps.length),
      actor: line.actor,
      timeMs: line.timeMs,
      text,
    })),
  );
}

function columnRows(trace: Trace): DocumentRow[] {
  const rows = rowsOf(trace, { full: false, linesMax: ROWS_MAX });
  return linesOf(trace, rows).map(({ actor, label, indent, text, site, tone }) => ({
    actor,
    step: label === '' ? -1 : Number(label),
    ...{ indent, text, site, tone },
  }));
}
