/**
 * Exploration of one program: a strategy searches, the first failure is replayed twice, minimised,
 * replayed again, and the result says honestly what was and was not covered.
 */
import type { Program } from '../actor/program.ts';
import type { Verdict } from '../oracles/verdict.ts';
import { Budget, type Limits } from './budget.ts';
import { type Counterexample, confirm } from './confirm.ts';
import { DepthFirst, type SearchEnd } from './depth_first.ts';
import { Engine } from './engine.ts';
import { DecisionLog, execute, type Picker } from './execute.ts';
import { Footprint } from './footprint.ts';
import { boundText, exhaustedLine, foundLine, limitLine, sampledLine } from './guarantee.ts';
import { type MeasureRange, MeasureRanges } from './measures.ts';
import { type Move, MoveCounter } from './moves.ts';
import { PctPicker, RandomPicker } from './pickers.ts';
import type { Decisions } from './replay.ts';
import { SharedVisitedStates } from './visited_shared.ts';

export type StrategyName = 'dfs' | 'pct' | 'random';

export interface ExploreOptions {
  readonly strategy: StrategyName;
  /** dfs: highest preemption bound; the bounds below are searched first. Infinity: no bound. */
  readonly bound: number;
  /**
   * dfs: once the bound is exhausted, milliseconds to try without one. Not finishing that is no
   * limit reached: the bound was searched.
   */
  readonly beyondMs: number;
  /** pct: depth of the bugs looked for. */
  readonly depth: number;
  readonly seed: number;
  readonly limits: Limits;
  /** dfs: skip switches before steps nobody can tell; do not search a state twice. */
  readonly reduce: boolean;
  /** dfs: one subtree of a search that was split; undefined: the whole space. */
  readonly subtree: Subtree | undefined;
  /** Count the machines' moves (ExploreResult.moves). */
  readonly countMoves?: boolean;
  /** Executions spent on minimising a counterexample. */
  readonly minimiseTries: number;
  readonly now: () => number;
  readonly stopped: () => boolean;
  /** Called now and then with executions and steps so far. */
  readonly progress: (executions: number, steps: number) => void;
  /** Called with it: the execution that is being searched. */
  readonly sampled?: (log: DecisionLog) => void;
}

/** A part of a depth-first search, at the highest bound only. */
export interface Subtree {
  readonly prefix: Decisions;
  /** Nodes deep at which the search notes subtrees of its own; Infinity: it searches on. */
  readonly splitDepth: number;
  /** Shared words known before (Footprint.words()); what the search finds is in its result. */
  readonly footprint: Uint32Array | undefined;
  /** States that the searches of other subtrees share (visited_shared.ts). */
  readonly states: SharedArrayBuffer | undefined;
}

export interface ExploreResult {
  readonly verdict: Verdict;
  readonly strategy: StrategyName;
  /** One honest line: exhausted, sampled or limit reached, and under which bound. */
  readonly guarantee: string;
  /** dfs: highest bound searched to its end, -1 if none. */
  readonly boundExhausted: number;
  readonly executions: number;
  readonly steps: number;
  readonly states: number;
  readonly elapsedMs: number;
  readonly counterexample: Counterexample | undefined;
  /** Over the executions that were searched to their end. */
  readonly measures: readonly MeasureRange[];
  /** Every move that the search performed, if it was to count them. */
  readonly moves: readonly Move[];
  /** dfs: shared words as found, and the subtrees that were left (Subtree.splitDepth). */
  readonly footprint: Uint32Array | undefined;
  readonly subtrees: readonly Decisions[];
}

interface Search {
  readonly end: SearchEnd;
  readonly states: number;
  readonly boundExhausted: number;
  readonly guarantee: string;
  readonly footprint?: Uint32Array;
  readonly subtrees?: readonly Decisions[];
}

/** Explores a program until a violation, the end of the space, or a limit. */
export function explore(program: Program, options: ExploreOptions): ExploreResult {
  const engine = new Engine(program);
  const log = new DecisionLog(options.limits.steps);
  const budget = new Budget(options.limits, {
    now: options.now,
    stopped: options.stopped,
    progress: (executions, steps) => {
      options.progress(executions, steps);
      options.sampled?.(log);
    },
  });
  const ranges = new MeasureRanges();
  const counter = options.countMoves === true ? new MoveCounter() : undefined;
  engine.moves = counter;
  const search =
    options.strategy === 'dfs'
      ? searchDepthFirst(engine, options, budget, log, ranges)
      : sample(engine, options, budget, log, ranges);
  engine.moves = undefined;
  const finding = engine.finding;
  const decisions = decisionsOf(log);
  const { executions, steps } = budget;
  const common = {
    strategy: options.strategy,
    executions,
    steps,
    measures: ranges.ranges(engine),
    moves: counter?.moves(engine.world) ?? [],
    footprint: search.footprint,
    subtrees: search.subtrees ?? [],
  };
  if (search.end !== 'finding' || finding === undefined) {
    const verdict: Verdict = search.end === 'limit' ? 'limit-reached' : 'pass';
    const { guarantee, boundExhausted, states } = search;
    const elapsedMs = budget.elapsedMs;
    const counterexample = undefined;
    return { ...common, verdict, guarantee, boundExhausted, states, elapsedMs, counterexample };
  }
  const { limits, minimiseTries } = options;
  const counterexample = confirm(engine, decisions, finding, limits.steps, minimiseTries);
  return {
    ...common,
    verdict: counterexample.finding.verdict,
    guarantee: search.guarantee,
    boundExhausted: search.boundExhausted,
    states: search.states,
    elapsedMs: budget.elapsedMs,
    counterexample,
  };
}

/** Bounds 0, 1, 2, ...: the first failure is one with the fewest preemptions there can be. */
function searchDepthFirst(
  engine: Engine,
  options: ExploreOptions,
  budget: Budget,
  log: DecisionLog,
  ranges: MeasureRanges,
): Search {
  let boundExhausted = -1;
  let states = 0;
  const { reduce, subtree } = options;
  const footprint = new Footprint(engine);
  const buffer = subtree?.states;
  const shared = buffer === undefined ? undefined : new SharedVisitedStates(buffer);
  if (subtree?.footprint !== undefined) footprint.merge(subtree.footprint);
  const found: { footprint: Uint32Array; subtrees: readonly Decisions[] } = {
    footprint: footprint.words(),
    subtrees: [],
  };
  for (const bound of boundsOf(options)) {
    const dfsOptions = {
      bound,
      skipLocal: reduce,
      mergeStates: reduce,
      prefix: subtree?.prefix ?? { actors: [], choices: [] },
      splitDepth: subtree?.splitDepth ?? Number.POSITIVE_INFINITY,
      shared,
    };
    const beyond = bound > options.bound;
    if (beyond) budget.allowMore(options.beyondMs);
    const search = new DepthFirst(engine, dfsOptions, budget, log, ranges, footprint);
    const end = search.run();
    states += search.states;
    found.footprint = footprint.words();
    found.subtrees = search.subtrees;
    if (end === 'exhausted') {
      boundExhausted = bound;
      continue;
    }
    if (end === 'limit' && beyond) break;
    const guarantee =
      end === 'finding'
        ? foundLine(bound, boundExhausted)
        : limitLine(budget, boundText(bound), boundExhausted, search.truncated);
    return { end, states, boundExhausted, guarantee, ...found };
  }
  const guarantee = exhaustedLine(boundExhausted, states, options.reduce);
  return { end: 'exhausted', states, boundExhausted, guarantee, ...found };
}

function boundsOf({ bound, subtree, beyondMs }: ExploreOptions): number[] {
  if (subtree !== undefined) return [bound];
  if (!Number.isFinite(bound)) return [0, 1, bound];
  const bounds = Array.from({ length: bound + 1 }, (_, i) => i);
  return beyondMs > 0 ? [...bounds, Number.POSITIVE_INFINITY] : bounds;
}

function sample(
  engine: Engine,
  options: ExploreOptions,
  budget: Budget,
  log: DecisionLog,
  ranges: MeasureRanges,
): Search {
  const pct = new PctPicker(options.seed, options.depth);
  const picker: Picker = options.strategy === 'pct' ? pct : new RandomPicker(options.seed);
  const done = { states: 0, boundExhausted: -1 };
  let truncated = 0;
  for (let i = 0; !budget.spent(); i++) {
    picker.start(i);
    const end = execute(engine, picker, log);
    budget.executions++;
    budget.steps += log.length;
    if (end === 'limit') truncated++;
    else ranges.note(engine);
    if (end !== 'finding') continue;
    return { ...done, end, guarantee: `found in sampled execution ${i + 1}` };
  }
  const complete = budget.executions >= options.limits.executions && truncated === 0;
  const actors = engine.actorCount;
  const line = sampledLine(options, budget, actors, pct, truncated);
  return { ...done, end: complete ? 'exhausted' : 'limit', guarantee: line };
}

function decisionsOf(log: DecisionLog): Decisions {
  return { actors: [...log.actors.subarray(0, log.length)], choices: [...log.choices] };
}
