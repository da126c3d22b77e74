/**
 * A trace as the lines that a reader needs: what matters of every run of one actor, the rest folded
 * to a count. Layout (columns.ts) and JSON (json.ts) both start from these rows.
 */
import { type Culprit, culpritOf } from './culprit.ts';
import { isHidden } from './operations.ts';
import { type Rank, ranksOf } from './ranks.ts';
import type { LogLine, Site, Trace, TraceStep, TraceTransition, TraceWait } from './record.ts';

export interface RowOptions {
  /** Every operation, nothing folded. */
  readonly full: boolean;
  /** Rows wanted at most: the less important steps go first. */
  readonly linesMax: number;
}

export type Row =
  | { readonly kind: 'step'; readonly step: TraceStep; readonly mark: string }
  /** `count` steps of one actor, not shown, and the procedures they have in common. */
  | {
      readonly kind: 'fold';
      readonly actor: number;
      readonly first: number;
      readonly count: number;
      /** ` in eeh_pe_report`, or `, eeh_pe_report to eeh_pe_next`. */
      readonly where: string;
      /** Innermost first. */
      readonly stack: readonly Site[];
    }
  | { readonly kind: 'move'; readonly actor: number; readonly move: TraceTransition }
  | { readonly kind: 'log'; readonly actor: number; readonly log: LogLine }
  /** An actor that waits for ever, at the end. */
  | { readonly kind: 'wait'; readonly actor: number; readonly wait: TraceWait }
  /** Whole runs left out of the middle. */
  | { readonly kind: 'gap'; readonly steps: number; readonly switches: number };

const ROWS_MIN = 8;

export function rowsOf(trace: Trace, options: RowOptions): readonly Row[] {
  const culprit = culpritOf(trace);
  const shown = trace.steps.filter((step) => !isHidden(step));
  const runs = runsOf(shown);
  const rows = options.full
    ? withMoves(
        trace,
        shown.map((step) => stepRow(trace, culprit, step)),
        trace.log,
      )
    : folded(trace, culprit, runs, options.linesMax);
  const waits = involvedWaits(trace);
  return [...rows, ...waits.map((wait): Row => ({ kind: 'wait', actor: wait.actor, wait }))];
}

/** How often another actor went on than the one before. */
export function contextSwitches(trace: Trace): number {
  return Math.max(0, runsOf(trace.steps.filter((step) => !isHidden(step))).length - 1);
}

/** Maximal runs of steps by one actor. */
export function runsOf(steps: readonly TraceStep[]): readonly (readonly TraceStep[])[] {
  const runs: TraceStep[][] = [];
  for (const step of steps) {
    const run = runs.at(-1);
    if (run?.[0]?.actor === step.actor) run.push(step);
    else runs.push([step]);
  }
  return runs;
}

/** Waits that belong to the story: all of a deadlock's chain, the sleeper of a lost wake-up. */
export function involvedWaits(trace: Trace): readonly TraceWait[] {
  const { finding, waits } = trace;
  if (finding === undefined) return [];
  switch (finding.verdict) {
    case 'deadlock':
    case 'hung-task':
      return waits.filter((wait) => wait.holder >= 0 || wait.addr === finding.addr);
    case 'lost-wakeup':
      return waits.filter((wait) => wait.addr === finding.addr);
    default:
      return [];
  }
}

function stepRow(trace: Trace, culprit: Culprit, step: TraceStep): Row {
  const mark = step === culprit.step ? (trace.finding?.verdict ?? '') : '';
  return { kind: 'step', step, mark };
}

/** The most detail that fits; when even the ends of the runs do not, the middle goes. */
function folded(
  trace: Trace,
  culprit: Culprit,
  runs: readonly (readonly TraceStep[])[],
  linesMax: number,
): readonly Row[] {
  const ranks = ranksOf(trace, culprit, runs, involvedWaits(trace));
  const withRank = (limit: Rank): readonly Row[] =>
    runs.flatMap((run) => foldRun(trace, culprit, run, ranks, limit));
  let rows = withRank(4);
  for (const limit of [3, 2, 1] as const) {
    if (rows.length > linesMax) rows = withRank(limit);
  }
  if (rows.length > linesMax) rows = withoutMiddle(rows, linesMax);
  return trace.finding?.verdict === 'illegal-transition' ? withMoves(trace, rows, []) : rows;
}

function foldRun(
  trace: Trace,
  culprit: Culprit,
  run: readonly TraceStep[],
  ranks: ReadonlyMap<TraceStep, Rank>,
  limit: Rank,
): readonly Row[] {
  const rows: Row[] = [];
  let hidden: TraceStep[] = [];
  const close = (): void => {
    const [only, second] = hidden;
    // Folding one step would save nothing.
    if (only !== undefined && second === undefined) rows.push(stepRow(trace, culprit, only));
    else if (only !== undefined) rows.push(foldRow(hidden, only));
    hidden = [];
  };
  for (const step of run) {
    if ((ranks.get(step) ?? 5) > limit) {
      hidden.push(step);
      continue;
    }
    close();
    rows.push(stepRow(trace, culprit, step));
  }
  close();
  return rows;
}

function foldRow(steps: readonly TraceStep[], first: TraceStep): Row {
  const { actor } = first;
  const stack = commonFrames(steps.map((step) => step.stack));
  // Without a common procedure, from which outermost one to which.
  const ends = [first, steps.at(-1)].map((step) => step?.stack.at(-1)?.procedure ?? '?');
  const where = stack[0] === undefined ? `, ${ends.join(' to ')}` : ` in ${stack[0].procedure}`;
  return { kind: 'fold', actor, first: first.step, count: steps.length, where, stack };
}

/** The procedures that all stacks have in common, innermost first. */
function commonFrames(stacks: readonly (readonly Site[])[]): readonly Site[] {
  const [first, ...rest] = stacks.map((stack) => stack.toReversed());
  if (first === undefined) return [];
  let depth = first.length;
  for (const stack of rest) {
    let same = 0;
    while (same < depth && stack[same]?.procedure === first[same]?.procedure) same++;
    depth = same;
  }
  return first.slice(0, depth).toReversed();
}

function withoutMiddle(rows: readonly Row[], linesMax: number): readonly Row[] {
  // Where it came from and how it ended: with less than that there is no story.
  const kept = Math.min(rows.length, Math.max(linesMax, ROWS_MIN));
  const head = Math.floor(kept / 3);
  const tail = rows.length - (kept - head - 1);
  const left = rows.slice(head, tail);
  let steps = 0;
  let switches = 0;
  let actor = -1;
  for (const row of left) {
    if (row.kind === 'step') steps++;
    if (row.kind === 'fold') steps += row.count;
    const next = row.kind === 'step' ? row.step.actor : row.kind === 'fold' ? row.actor : actor;
    if (next !== actor && actor !== -1) switches++;
    actor = next;
  }
  return [...rows.slice(0, head), { kind: 'gap', steps, switches }, ...rows.slice(tail)];
}

/**
 * Puts the moves of the statecharts and the lines of the log where they happened: both carry the
 * number of the step that comes after them.
 */
function withMoves(trace: Trace, rows: readonly Row[], log: readonly LogLine[]): readonly Row[] {
  const events: { readonly step: number; readonly row: Row }[] = [
    ...trace.transitions.map((move) => ({
      step: move.step,
      row: { kind: 'move', actor: move.actor, move } as const,
    })),
    ...log.map((line) => ({
      step: line.step,
      row: { kind: 'log', actor: line.actor, log: line } as const,
    })),
  ].toSorted((a, b) => a.step - b.step);
  const result: Row[] = [];
  let next = 0;
  const upTo = (step: number): void => {
    for (let event = events[next]; event !== undefined && event.step <= step; ) {
      result.push(event.row);
      event = events[++next];
    }
  };
  for (const row of rows) {
    if (row.kind === 'step') upTo(row.step.step);
    if (row.kind === 'fold') upTo(row.first);
    result.push(row);
  }
  upTo(Number.POSITIVE_INFINITY);
  return result;
}
