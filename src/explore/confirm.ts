/** From a failure to the counterexample that is handed on: replayed, minimised, replayed again. */
import type { Finding } from '../oracles/verdict.ts';
import type { Trace } from '../trace/record.ts';
import type { Engine } from './engine.ts';
import { minimise, playRuns, runsOf } from './minimise.ts';
import { type Decisions, type Replay, replay } from './replay.ts';

export interface Counterexample {
  readonly finding: Finding;
  readonly decisions: Decisions;
  readonly contextSwitches: number;
  readonly preemptions: number;
  readonly steps: number;
  readonly opsHash: string;
  readonly enabled: readonly number[];
  readonly trace: Trace;
}

/** Replays a failure twice, minimises it, replays that: the counterexample that is handed on. */
export function confirm(
  engine: Engine,
  decisions: Decisions,
  finding: Finding,
  stepsLimit: number,
  minimiseTries: number,
): Counterexample {
  const first = replay(engine, decisions, stepsLimit);
  const second = replay(engine, decisions, stepsLimit);
  requireSame(first, second, finding);
  const least = minimise(engine, decisions, finding, stepsLimit, minimiseTries);
  const last = replay(engine, least.decisions, stepsLimit);
  const found = last.finding;
  if (found === undefined || found.verdict !== finding.verdict) {
    throw new Error('[hotrace bug] a minimised schedule does not replay');
  }
  return {
    finding: found,
    decisions: least.decisions,
    contextSwitches: least.contextSwitches,
    preemptions: least.preemptions,
    steps: least.decisions.actors.length,
    opsHash: last.opsHash,
    enabled: last.enabled,
    trace: last.trace,
  };
}

/**
 * A failure of real threads as a counterexample: its order of steps is played as guidance, and what
 * comes out is kept when it fails in the same way. undefined: this order does not bring it back.
 */
export function reproduce(
  engine: Engine,
  trace: Trace,
  stepsLimit: number,
  minimiseTries: number,
): Counterexample | undefined {
  const { finding, steps } = trace;
  if (finding === undefined) return undefined;
  const runs = runsOf(steps.map((step) => step.actor));
  const played = playRuns(engine, runs, [], finding, stepsLimit);
  const again = engine.finding;
  if (played === undefined || again === undefined) return undefined;
  return confirm(engine, played, again, stepsLimit, minimiseTries);
}

function requireSame(first: Replay, second: Replay, finding: Finding): void {
  const same = first.opsHash === second.opsHash && first.finding?.message === finding.message;
  if (same && second.finding?.message === finding.message) return;
  const what = first.divergence ?? second.divergence;
  const where = what === undefined ? '' : ` at step ${what.step}: ${what.found}`;
  throw new Error(`[hotrace bug] diverged: a recorded execution does not replay${where}`);
}
