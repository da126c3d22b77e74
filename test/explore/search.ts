/** Searches as tests want them: every limit given, nothing hidden, outcomes collected. */
import type { MemoryView, Program } from '../../src/actor/program.ts';
import { Budget } from '../../src/explore/budget.ts';
import { DepthFirst, type SearchEnd } from '../../src/explore/depth_first.ts';
import { Engine } from '../../src/explore/engine.ts';
import { DecisionLog, execute, movable, type Picker } from '../../src/explore/execute.ts';
import { Footprint } from '../../src/explore/footprint.ts';
import { MeasureRanges } from '../../src/explore/measures.ts';
import { PctPicker, RandomPicker } from '../../src/explore/pickers.ts';
import { OPS } from '../../src/ops/vocabulary.ts';
import type { Finding } from '../../src/oracles/verdict.ts';

const STEPS_LIMIT = 2_000;
const watcher = { now: () => 0, stopped: () => false, progress: () => undefined };

export interface Searched {
  readonly end: SearchEnd;
  readonly finding: Finding | undefined;
  readonly executions: number;
  readonly steps: number;
  readonly log: DecisionLog;
}

export interface SearchOptions {
  readonly bound: number;
  readonly reduce: boolean;
  readonly executions?: number;
  readonly stepsLimit?: number;
}

/** Depth-first search at exactly one preemption bound. */
export function depthFirst(engine: Engine, options: SearchOptions): Searched {
  const { bound, reduce, executions = 5_000_000, stepsLimit = STEPS_LIMIT } = options;
  const budget = new Budget({ executions, steps: stepsLimit, millis: 1 }, watcher);
  const log = new DecisionLog(stepsLimit);
  const prefix = { actors: [], choices: [] };
  const splitDepth = Number.POSITIVE_INFINITY;
  const all = {
    bound,
    skipLocal: reduce,
    mergeStates: reduce,
    prefix,
    splitDepth,
    shared: undefined,
  };
  const footprint = new Footprint(engine);
  const search = new DepthFirst(engine, all, budget, log, new MeasureRanges(), footprint);
  const end = search.run();
  const { finding } = engine;
  return { end, finding, executions: budget.executions, steps: budget.steps, log };
}

/** The first finding of bounds 0, 1, ... up to `bound`, or the last search. */
export function deepen(program: Program, bound: number, reduce = true): Searched {
  const engine = new Engine(program);
  for (let b = 0; b < bound; b++) {
    const searched = depthFirst(engine, { bound: b, reduce });
    if (searched.end === 'finding') return searched;
  }
  return depthFirst(engine, { bound, reduce });
}

export interface Sampled {
  /** Executions that ended in a finding. */
  readonly found: number;
  readonly executions: number;
  readonly first: Finding | undefined;
  /** Index of the first execution that found something, -1 if none did. */
  readonly firstAt: number;
  readonly truncated: number;
}

/** Runs a picker so many times; stops at the first finding when told. */
export function sample(
  engine: Engine,
  picker: Picker,
  executions: number,
  stopAtFirst = false,
): Sampled {
  const log = new DecisionLog(STEPS_LIMIT);
  let found = 0;
  let first: Finding | undefined;
  let firstAt = -1;
  let truncated = 0;
  for (let i = 0; i < executions; i++) {
    picker.start(i);
    const end = execute(engine, picker, log);
    if (end === 'limit') truncated++;
    if (end !== 'finding') continue;
    found++;
    if (firstAt < 0) {
      firstAt = i;
      first = engine.finding;
    }
    if (stopAtFirst) return { found, executions: i + 1, first, firstAt, truncated };
  }
  return { found, executions, first, firstAt, truncated };
}

export function sampleRandom(program: Program, executions: number, seed = 1): Sampled {
  return sample(new Engine(program), new RandomPicker(seed), executions, true);
}

export function samplePct(program: Program, depth: number, executions: number): Sampled {
  return sample(new Engine(program), new PctPicker(1, depth), executions, true);
}

/** The program with an observer that looks at every final state; it never finds anything. */
export function observed(program: Program, look: (memory: MemoryView) => void): Program {
  const check = (memory: MemoryView): undefined => {
    look(memory);
  };
  const observer = { name: 'observer', cite: 'tests', when: 'end', check } as const;
  return { ...program, invariants: [...program.invariants, observer] };
}

export interface BruteForce {
  readonly executions: number;
  /** Verdicts met, with how many executions ended in each. */
  readonly verdicts: ReadonlyMap<string, number>;
}

/**
 * Every schedule within a preemption bound, the plainest way: recursion over snapshots, no
 * reduction. An independent reference for DepthFirst; goes on after a finding.
 */
export function bruteForce(engine: Engine, bound: number): BruteForce {
  const verdicts = new Map<string, number>();
  let executions = 0;
  const end = (verdict: string): void => {
    executions++;
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  };
  const visit = (current: number, preemptions: number, depth: number): void => {
    const mask = engine.finding === undefined ? movable(engine) : 0;
    if (engine.finding !== undefined || mask === 0) {
      end(engine.finding?.verdict ?? 'pass');
      return;
    }
    if (depth > STEPS_LIMIT) throw new Error('an execution of a test program has no end');
    const goesOn = current >= 0 && (mask & (1 << current)) !== 0;
    const before = engine.W.slice();
    for (let actor = 0; actor < engine.actorCount; actor++) {
      if ((mask & (1 << actor)) === 0) continue;
      const cost = preemptions + (goesOn && actor !== current ? 1 : 0);
      if (cost > bound) continue;
      const atChoose = engine.kindOf(actor) === OPS.choose.kind;
      const answers = atChoose ? engine.operandOf(actor, 0) : 1;
      for (let answer = 0; answer < answers; answer++) {
        engine.W.set(before);
        engine.finding = undefined;
        engine.choice = answer;
        engine.step(actor);
        visit(actor, cost, depth + 1);
      }
      engine.W.set(before);
      engine.finding = undefined;
    }
  };
  engine.reset();
  visit(-1, 0, 0);
  return { executions, verdicts };
}
