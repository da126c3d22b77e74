/**
 * A trace as the lines that a reader needs: what matters of every run of one actor, the rest folded
 * to a count. Layout (columns.ts) and JSON (json.ts) both start from these rows.
 */
import { type Culprit, culpritOf, objectAt } from './culprit.ts';
import {
  addressOf,
  isAlloc,
  isFree,
  isHidden,
  isIrq,
  isSleep,
  isStore,
  isWake,
  locks,
  releases,
} from './operations.ts';
import type { LogLine, Site, Trace, TraceStep, TraceTransition, TraceWait } from './record.ts';
import { nearPoison } from './values.ts';

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

/** 0 always shown, 1 ends of runs, 2 shared things, 3 everything that is an event, 4 the rest. */
type Rank = 0 | 1 | 2 | 3 | 4;

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
      return waits.filter((wait) => finding.addr === 0 || wait.addr === finding.addr);
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
  const ranks = ranksOf(trace, culprit, runs);
  const withRank = (limit: Rank): readonly Row[] =>
    runs.flatMap((run) => foldRun(trace, culprit, run, ranks, limit));
  let rows = withRank(3);
  if (rows.length > linesMax) rows = withRank(2);
  if (rows.length > linesMax) rows = withRank(1);
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
    if ((ranks.get(step) ?? 4) > limit) {
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
  const last = steps.at(-1) ?? first;
  const ends = [first, last].map((step) => step.stack[0]?.procedure ?? '?');
  const where = stack[0]?.procedure ?? ends.join(' .. ');
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

/** What the rank of a step depends on. */
interface Story {
  readonly trace: Trace;
  readonly culprit: Culprit;
  /** Words and objects (by index) that more than one actor touched. */
  readonly sharedWords: ReadonlySet<number>;
  readonly sharedObjects: ReadonlySet<number>;
  readonly waitedFor: ReadonlySet<number>;
  /** First step at which another actor than its maker touched the object concerned. */
  readonly knownFrom: number;
}

function ranksOf(
  trace: Trace,
  culprit: Culprit,
  runs: readonly (readonly TraceStep[])[],
): ReadonlyMap<TraceStep, Rank> {
  const story: Story = {
    trace,
    culprit,
    sharedWords: touchedBySeveral(trace, (addr) => addr),
    sharedObjects: touchedBySeveral(trace, (addr) => objectAt(trace, addr)),
    waitedFor: new Set(involvedWaits(trace).map((wait) => wait.addr)),
    knownFrom: knownFrom(trace, culprit.object),
  };
  const ranks = new Map<TraceStep, Rank>();
  for (const run of runs) {
    const ends = [run[0], run.at(-1)];
    // Of many touches of the object in one run the first and the last tell the story.
    const touching = run.filter((s) => objectAt(trace, addressOf(s) ?? 0) === culprit.object);
    const outer = [touching[0], touching.at(-1)];
    for (const step of run) {
      const rank = rankOf(story, step, outer.includes(step));
      ranks.set(step, rank > 1 && ends.includes(step) ? 1 : rank);
    }
  }
  return ranks;
}

function rankOf(story: Story, step: TraceStep, outer: boolean): Rank {
  const { trace, culprit } = story;
  const addr = addressOf(step) ?? 0;
  const object = objectAt(trace, addr);
  if (step === culprit.step || step === culprit.source || step === culprit.writer) return 0;
  if (step.blocked || story.waitedFor.has(addr)) return 0;
  const slab = isAlloc(step) || isFree(step);
  const isEvent = slab || locks(step.kind) || releases(step) || isWake(step);
  if (object >= 0 && object === culprit.object) {
    if (slab) return 0;
    if (addr === trace.finding?.addr && isStore(step)) return 0;
    if (isEvent || nearPoison(step.result) !== '') return 1;
    // What an object is filled with before anybody else can see it is no part of the race.
    if (isStore(step) && step.step > story.knownFrom) return 1;
    return outer ? 2 : 4;
  }
  if (isIrq(step)) return 2;
  if (!isEvent) return isSleep(step) ? 3 : 4;
  return (slab ? story.sharedObjects.has(object) : story.sharedWords.has(addr)) ? 2 : 3;
}

function knownFrom(trace: Trace, object: number): number {
  const mine = trace.steps.filter((step) => objectAt(trace, addressOf(step) ?? 0) === object);
  const maker = mine.find(isAlloc);
  return mine.find((step) => step.actor !== maker?.actor)?.step ?? -1;
}

/** Keys (a word, an object) under which the addresses of more than one actor's steps fall. */
function touchedBySeveral(trace: Trace, keyOf: (addr: number) => number): ReadonlySet<number> {
  const firstActor = new Map<number, number>();
  const shared = new Set<number>();
  for (const step of trace.steps) {
    const addr = isHidden(step) ? undefined : addressOf(step);
    if (addr === undefined) continue;
    const key = keyOf(addr);
    const before = firstActor.get(key);
    if (before === undefined) firstActor.set(key, step.actor);
    else if (before !== step.actor) shared.add(key);
  }
  return shared;
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
