/** Exploration speed: steps a second on one core, and a heap that stays flat. */

import type { Program } from '../actor/program.ts';
import { Engine } from '../explore/engine.ts';
import { DecisionLog, execute, type Picker } from '../explore/execute.ts';
import { RandomPicker } from '../explore/pickers.ts';
import { median } from './locks/environment.ts';

export interface Speed {
  /** Median over the rounds, million steps a second. */
  readonly millionStepsPerSecond: number;
  readonly roundsMillionStepsPerSecond: readonly number[];
  readonly stepsPerExecution: number;
  /** So that nobody optimises the work away: steps of all rounds. */
  readonly checksum: number;
}

/** Runs a fixed number of random executions a round; the program must not fail. */
export function stepsPerSecond(
  program: Program,
  executions: number,
  rounds: number,
  oracles: boolean,
): Speed {
  const engine = new Engine(program);
  engine.oracles = oracles;
  const picker = new RandomPicker(1);
  const log = new DecisionLog(100_000);
  const speeds: number[] = [];
  let checksum = 0;
  // One round more than is counted: the first warms the compiler up.
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    const steps = runMany(engine, picker, log, executions);
    const ms = performance.now() - start;
    checksum = (checksum + steps) | 0;
    if (round > 0) speeds.push(steps / ms / 1000);
  }
  return {
    millionStepsPerSecond: median(speeds),
    roundsMillionStepsPerSecond: speeds,
    stepsPerExecution: checksum / ((rounds + 1) * executions),
    checksum,
  };
}

function runMany(engine: Engine, picker: Picker, log: DecisionLog, executions: number): number {
  let steps = 0;
  for (let i = 0; i < executions; i++) {
    picker.start(i);
    execute(engine, picker, log);
    steps += log.length;
  }
  return steps;
}

export interface HeapGrowth {
  readonly executions: number;
  /** Heap after a tenth of them, and at the end, after a collection each. */
  readonly earlyBytes: number;
  readonly lateBytes: number;
}

/** `collect`: node's --expose-gc. */
export function heapGrowth(program: Program, executions: number, collect: () => void): HeapGrowth {
  const engine = new Engine(program);
  const picker = new RandomPicker(1);
  const log = new DecisionLog(100_000);
  runMany(engine, picker, log, Math.ceil(executions / 10));
  collect();
  const earlyBytes = process.memoryUsage().heapUsed;
  runMany(engine, picker, log, executions - Math.ceil(executions / 10));
  collect();
  return { executions, earlyBytes, lateBytes: process.memoryUsage().heapUsed };
}
