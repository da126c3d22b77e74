/**
 * Fewer context switches, the same verdict. The schedule is taken as runs (an actor, so many
 * steps); runs are dropped, joined and cut, the rest is played as guidance, and what comes out is
 * kept when it fails in the same way with fewer preemptions, then fewer switches, then fewer steps.
 */
import { OPS } from '../ops/vocabulary.ts';
import type { Finding } from '../oracles/verdict.ts';
import type { Engine } from './engine.ts';
import { movable } from './execute.ts';
import { type Decisions, defaultPick } from './replay.ts';

/** So many steps of one actor. */
export interface Run {
  readonly actor: number;
  readonly steps: number;
}

interface Attempt {
  readonly decisions: Decisions;
  readonly preemptions: number;
  readonly switches: number;
}

export interface Minimised {
  readonly decisions: Decisions;
  readonly preemptions: number;
  readonly contextSwitches: number;
  /** Executions that were tried. */
  readonly tried: number;
}

/** Minimises decisions that end in `finding`. Deterministic; at most `triesMax` executions. */
export function minimise(
  engine: Engine,
  decisions: Decisions,
  finding: Finding,
  stepsLimit: number,
  triesMax: number,
): Minimised {
  let tried = 0;
  const attempt = (runs: readonly Run[], choices: readonly number[]): Attempt | undefined => {
    tried++;
    return play(engine, runs, choices, finding, stepsLimit);
  };
  let best = attempt(runsOf(decisions.actors), decisions.choices);
  if (best === undefined) throw new Error('[hotrace bug] a finding does not come again');
  for (let improved = true; improved && tried < triesMax; ) {
    improved = false;
    for (const candidate of candidates(runsOf(best.decisions.actors))) {
      if (tried >= triesMax) break;
      const found = attempt(candidate, best.decisions.choices);
      if (found === undefined || !isBetter(found, best)) continue;
      best = found;
      improved = true;
      break;
    }
  }
  const { preemptions, switches } = best;
  return { decisions: best.decisions, preemptions, contextSwitches: switches, tried };
}

function isBetter(a: Attempt, b: Attempt): boolean {
  if (a.preemptions !== b.preemptions) return a.preemptions < b.preemptions;
  if (a.switches !== b.switches) return a.switches < b.switches;
  return a.decisions.actors.length < b.decisions.actors.length;
}

export function runsOf(actors: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (const actor of actors) {
    const last = runs.at(-1);
    if (last?.actor === actor) runs[runs.length - 1] = { actor, steps: last.steps + 1 };
    else runs.push({ actor, steps: 1 });
  }
  return runs;
}

/** Neighbours of a schedule, the boldest first. */
function* candidates(runs: readonly Run[]): Generator<Run[]> {
  const n = runs.length;
  for (let i = 0; i < n; i++) yield join(runs.filter((_, k) => k !== i));
  for (let i = 0; i < n; i++) {
    const moved = runs[i];
    if (moved === undefined) continue;
    const rest = runs.filter((_, k) => k !== i);
    const later = rest.findIndex((r, k) => k >= i && r.actor === moved.actor);
    if (later >= 0) yield join(rest.flatMap((r, k) => (k === later ? [moved, r] : [r])));
    const earlier = rest.findLastIndex((r, k) => k < i && r.actor === moved.actor);
    if (earlier >= 0) yield join(rest.flatMap((r, k) => (k === earlier ? [r, moved] : [r])));
  }
  for (let i = 0; i < n; i++) {
    for (let k = i + 1; k < Math.min(n, i + 4); k++) {
      yield join(runs.flatMap((r, at) => (at === i ? [runs[k] ?? r, r] : at === k ? [] : [r])));
    }
  }
  for (let i = 0; i < n; i++) {
    const run = runs[i];
    if (run === undefined) continue;
    const endless = { actor: run.actor, steps: Number.MAX_SAFE_INTEGER };
    yield runs.map((r, k) => (k === i ? endless : r));
  }
}

function join(runs: readonly Run[]): Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last?.actor === run.actor) {
      const steps = Math.min(Number.MAX_SAFE_INTEGER, last.steps + run.steps);
      joined[joined.length - 1] = { actor: run.actor, steps };
    } else joined.push(run);
  }
  return joined;
}

/** The decisions that playing runs as guidance makes, if they end in a finding of the same kind. */
export function playRuns(
  engine: Engine,
  runs: readonly Run[],
  choices: readonly number[],
  wanted: Finding,
  stepsLimit: number,
): Decisions | undefined {
  return play(engine, runs, choices, wanted, stepsLimit)?.decisions;
}

/** Plays runs as far as they go; undefined unless it ends in a finding of the same kind. */
function play(
  engine: Engine,
  runs: readonly Run[],
  choices: readonly number[],
  wanted: Finding,
  stepsLimit: number,
): Attempt | undefined {
  const actors: number[] = [];
  const answered: number[] = [];
  let preemptions = 0;
  let switches = 0;
  let current = -1;
  let at = 0;
  let left = runs[0]?.steps ?? 0;
  engine.reset();
  while (engine.finding === undefined && actors.length < stepsLimit) {
    const mask = movable(engine);
    if (mask === 0) break;
    while (at < runs.length && (left === 0 || (mask & (1 << (runs[at]?.actor ?? 0))) === 0)) {
      at++;
      left = runs[at]?.steps ?? 0;
    }
    const run = runs[at];
    const next = run?.actor ?? defaultPick(mask, current);
    left--;
    if (next !== current && current >= 0) {
      switches++;
      if ((mask & (1 << current)) !== 0) preemptions++;
    }
    current = next;
    if (engine.kindOf(current) === OPS.choose.kind) {
      engine.choice = choices[answered.length] ?? 0;
      answered.push(engine.choice);
    }
    actors.push(current);
    engine.step(current);
  }
  const found = engine.finding;
  if (found?.verdict !== wanted.verdict || found.oracle !== wanted.oracle) return undefined;
  return { decisions: { actors, choices: answered }, preemptions, switches };
}
