/** The same decisions again: the same run, to the bit, or a divergence that says where. */

import { nameOfAddress } from '../memory/image.ts';
import { stableId } from '../memory/layout.ts';
import { OPS } from '../ops/vocabulary.ts';
import type { Finding } from '../oracles/verdict.ts';
import { operationName } from '../trace/operations.ts';
import type { Trace } from '../trace/record.ts';
import type { Engine } from './engine.ts';
import { movable } from './execute.ts';
import { TraceRecorder } from './recorder.ts';

/** What was decided in one execution. */
export interface Decisions {
  /** Actor index, one a step. */
  readonly actors: readonly number[];
  /** Answers to choose(), in order. */
  readonly choices: readonly number[];
}

export interface Replay {
  readonly finding: Finding | undefined;
  readonly trace: Trace;
  /** Hash of the operations performed: 6 hex digits. Changes when the model does. */
  readonly opsHash: string;
  /** Where the replay left the recorded decisions, if it did. */
  readonly divergence: Divergence | undefined;
  /** Enabled actors at each step (bit mask), for coding decisions as deviations. */
  readonly enabled: readonly number[];
  /** All decisions, those after the recorded ones included. */
  readonly decisions: Decisions;
}

export interface Divergence {
  readonly step: number;
  readonly expected: string;
  readonly found: string;
}

/**
 * Re-executes decisions with everything recorded. After the last one, the default rule goes on:
 * the current actor while it can move, then the first that can.
 */
export function replay(engine: Engine, decisions: Decisions, stepsLimit: number): Replay {
  const recorder = new TraceRecorder(engine);
  engine.recorder = recorder;
  try {
    return run(engine, decisions, stepsLimit, recorder);
  } finally {
    engine.recorder = undefined;
  }
}

function run(
  engine: Engine,
  decisions: Decisions,
  stepsLimit: number,
  recorder: TraceRecorder,
): Replay {
  const actors: number[] = [];
  const choices: number[] = [];
  const enabled: number[] = [];
  let divergence: Divergence | undefined;
  let current = -1;
  let hash = 0;
  engine.reset();
  while (engine.finding === undefined && actors.length < stepsLimit) {
    const mask = movable(engine);
    if (mask === 0) break;
    recorder.noteWaiting();
    const wanted = decisions.actors[actors.length];
    if (wanted !== undefined && (mask & (1 << wanted)) === 0) {
      divergence = divergenceAt(engine, actors.length, wanted, mask);
      break;
    }
    current = wanted ?? defaultPick(mask, current);
    if (engine.kindOf(current) === OPS.choose.kind) {
      engine.choice = decisions.choices[choices.length] ?? 0;
      const answers = engine.operandOf(current, 0);
      if (engine.choice >= Math.max(1, answers)) {
        const expected = `answer ${engine.choice} to a choose()`;
        divergence = { step: actors.length, expected, found: `choose(${answers})` };
        break;
      }
      choices.push(engine.choice);
    }
    hash = mixOperation(engine, hash, current);
    enabled.push(mask);
    actors.push(current);
    engine.step(current);
  }
  if (divergence === undefined && actors.length < decisions.actors.length) {
    const expected = `step ${actors.length} of ${decisions.actors.length}`;
    divergence = { step: actors.length, expected, found: 'the end of the execution' };
  }
  const opsHash = (hash >>> 8).toString(16).padStart(6, '0');
  const { finding } = engine;
  const all = { actors, choices };
  return { finding, trace: recorder.trace(), opsHash, divergence, enabled, decisions: all };
}

/** The rule that goes on where nothing was decided: keep going, else the first that can. */
export function defaultPick(mask: number, current: number): number {
  if (current >= 0 && (mask & (1 << current)) !== 0) return current;
  return 31 - Math.clz32(mask & -mask);
}

function divergenceAt(engine: Engine, step: number, wanted: number, mask: number): Divergence {
  const name = (actor: number): string => engine.program.actors[actor]?.name ?? `actor ${actor}`;
  const others = engine.program.actors.filter((_, i) => (mask & (1 << i)) !== 0).map((a) => a.name);
  const kind = engine.kindOf(wanted);
  const addr = nameOfAddress(engine.world.layout, engine.operandOf(wanted, 0));
  const waits = kind === 0 ? 'it has ended' : `it waits in ${operationName(kind)}(${addr})`;
  return {
    step,
    expected: `a step of ${name(wanted)}`,
    found: `${waits}; can move: ${others.join(', ')}`,
  };
}

function mixOperation(engine: Engine, hash: number, actor: number): number {
  const kind = engine.kindOf(actor);
  const addr = engine.operandOf(actor, 0);
  const name = stableId(nameOfAddress(engine.world.layout, addr));
  return Math.imul(hash ^ (actor + 31 * kind + name), 0x01000193) + 0x9e3779b1;
}
