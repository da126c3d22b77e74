/** One execution under a picker, from the start to its end. */
import { OPS } from '../ops/vocabulary.ts';
import { advanceClock } from './clock.ts';
import type { Engine } from './engine.ts';
import { findHungTask, judgeQuiescence, livelockFinding } from './quiescence.ts';

/** Chooses who moves. One object serves many executions; `start` begins each. */
export interface Picker {
  /** Asked even where only one actor can move: it counts steps. */
  readonly everyStep?: true;
  start(execution: number): void;
  /** An actor out of the mask. `current`: who moved last, -1 at the start. */
  pick(enabled: number, current: number, step: number): number;
  /** An answer 0 .. count-1 to a choose(). */
  choose(count: number): number;
}

export type ExecutionEnd = 'finding' | 'quiet' | 'limit';

/** What was decided: one actor a step, and the answers to choose() in order. */
export class DecisionLog {
  readonly actors: Uint8Array;
  readonly choices: number[] = [];
  length = 0;

  constructor(stepsLimit: number) {
    this.actors = new Uint8Array(stepsLimit);
  }

  clear(): void {
    this.length = 0;
    this.choices.length = 0;
  }
}

/** Runs one execution; `engine.finding` holds the violation when it ends with one. */
export function execute(engine: Engine, picker: Picker, log: DecisionLog): ExecutionEnd {
  engine.reset();
  log.clear();
  const everyStep = picker.everyStep === true;
  let current = -1;
  while (engine.finding === undefined) {
    const mask = movable(engine);
    if (mask === 0) return engine.finding === undefined ? 'quiet' : 'finding';
    if (log.length >= log.actors.length) return 'limit';
    const single = (mask & (mask - 1)) === 0 && !everyStep;
    current = single ? 31 - Math.clz32(mask) : picker.pick(mask, current, log.length);
    if (engine.kindOf(current) === OPS.choose.kind) {
      engine.choice = picker.choose(engine.operandOf(current, 0));
      log.choices.push(engine.choice);
    }
    log.actors[log.length++] = current;
    engine.step(current);
  }
  return 'finding';
}

/** Who can move, after time has moved as far as it must; 0 at the end (a bad one has a finding). */
export function movable(engine: Engine): number {
  for (;;) {
    const mask = engine.enabledMask();
    if (mask !== 0 && !engine.allIdle(mask)) return mask;
    if (advanceClock(engine)) {
      engine.finding = findHungTask(engine);
      if (engine.finding !== undefined) return 0;
      // Time has passed for whoever spins with a look at the clock.
      engine.wakeSpinners();
      continue;
    }
    engine.finding = mask !== 0 ? livelockFinding(engine, mask) : judgeQuiescence(engine);
    return 0;
  }
}
