import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Program } from '../../src/actor/program.ts';
import { Engine } from '../../src/explore/engine.ts';
import { DecisionLog, execute, type Picker } from '../../src/explore/execute.ts';
import { type ExploreOptions, type ExploreResult, explore } from '../../src/explore/explore.ts';
import { PctPicker, RandomPicker } from '../../src/explore/pickers.ts';
import { type Decisions, replay } from '../../src/explore/replay.ts';
import { ImageBuilder } from '../../src/memory/image.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import { shared } from '../programs/structs.ts';
import { program, runs } from './build.ts';
import { depthFirst } from './search.ts';

installLowering('explored');
const sct = await import('./sct_programs.ts');
const kernel = await import('./kernel_programs.ts');
const counting = await import('../programs/counting.ts');

const STEPS = 2_000;

function found(made: Program, options: Partial<ExploreOptions> = {}): ExploreResult {
  return explore(made, {
    strategy: 'dfs',
    bound: 2,
    beyondMs: 0,
    depth: 2,
    seed: 1,
    limits: { executions: 100_000, steps: STEPS, millis: 60_000 },
    reduce: true,
    subtree: undefined,
    minimiseTries: 500,
    now: () => 0,
    stopped: () => false,
    progress: () => undefined,
    ...options,
  });
}

/** All words, as something that a failing test can print. */
const digest = (words: Int32Array): string =>
  createHash('sha256').update(words).digest('hex').slice(0, 12);

type Case = readonly [name: string, make: () => Program];
const CASES: readonly Case[] = [
  ['account_bad', sct.accountBad],
  ['circular_buffer_bad', () => sct.circularBuffer(7)],
  ['deadlock01_bad', () => sct.deadlock01(false, true)],
  ['lazy01_bad', sct.lazy01],
  ['phase01_bad', () => sct.phase01(false)],
  ['reorder_4_bad', () => sct.reorder(3, 1)],
  ['sync02_bad', () => sct.sync02(2)],
  ['twostage_bad', () => sct.twostage(1, 1)],
  ['ctrace-test', () => sct.ctrace(false)],
  ['qsort_mt', () => sct.qsortMt(false)],
  ['pbzip2', () => sct.pbzip2(2, 0)],
  ['bbuf: late', () => sct.boundedBuffer('late-count')],
  ['event queue', () => kernel.eventQueue(true)],
  ['flush under lock', () => kernel.flushUnderLock(true)],
  ['rcu unlink', () => kernel.rcuUnlink(false)],
];

describe('a counterexample replays to the bit', () => {
  for (const strategy of ['dfs', 'random', 'pct'] as const) {
    test.each(CASES)(`%s, found by ${strategy}`, (_name, make) => {
      const { counterexample } = found(make(), { strategy });
      expect(counterexample).toBeDefined();
      if (counterexample === undefined) return;
      const { decisions, finding, opsHash } = counterexample;
      const ends = [new Engine(make()), new Engine(make())].map((engine) => {
        const again = replay(engine, decisions, STEPS);
        expect(again.divergence).toBeUndefined();
        expect(again.decisions).toEqual(decisions);
        expect([again.finding, again.opsHash]).toEqual([finding, opsHash]);
        return [digest(engine.W), again.trace.steps.length, again.trace.log];
      });
      expect(ends[0]).toEqual(ends[1]);
    });
  }

  test.each(CASES)('%s: random and dfs are minimised to the same least preemptions', (_, make) => {
    const least = found(make()).counterexample;
    const sampled = found(make(), { strategy: 'random' }).counterexample;
    expect(sampled?.preemptions).toBeGreaterThanOrEqual(least?.preemptions ?? 99);
    // The minimiser is a local search: one preemption more is allowed, no more than that.
    expect(sampled?.preemptions).toBeLessThanOrEqual((least?.preemptions ?? 0) + 1);
  });
});

describe('the same seed decides the same', () => {
  function logs(made: Program, picker: Picker): string {
    const engine = new Engine(made);
    const log = new DecisionLog(STEPS);
    const all: string[] = [];
    for (let i = 0; i < 30; i++) {
      picker.start(i);
      execute(engine, picker, log);
      all.push(`${log.actors.subarray(0, log.length).join('')}:${digest(engine.W)}`);
    }
    return all.join('\n');
  }

  test.each(CASES)('%s', (_name, make) => {
    expect(logs(make(), new RandomPicker(5))).toBe(logs(make(), new RandomPicker(5)));
    expect(logs(make(), new RandomPicker(5))).not.toBe(logs(make(), new RandomPicker(6)));
    expect(logs(make(), new PctPicker(5, 3))).toBe(logs(make(), new PctPicker(5, 3)));
    const searches = [0, 1].map(() => {
      const { executions, steps, end, log } = depthFirst(new Engine(make()), {
        bound: 2,
        reduce: true,
      });
      return [executions, steps, end, [...log.actors.subarray(0, log.length)]];
    });
    expect(searches[0]).toEqual(searches[1]);
  });
});

describe('a schedule that does not fit diverges: where, what was expected, what came', () => {
  const engine = (): Engine => new Engine(sct.deadlock01(false, true));
  const left = (actors: number[], choices: number[] = []): unknown => {
    const decisions: Decisions = { actors, choices };
    return replay(engine(), decisions, STEPS).divergence;
  };

  test('an actor that waits', () => {
    expect(left([0, 0, 1, 1])).toEqual({
      step: 2,
      expected: 'a step of T2',
      found: 'it waits in mutex_lock(second.m.val); can move: T1',
    });
  });

  test('an actor that has ended', () => {
    expect(left([0, 0, 0, 0, 0])).toEqual({
      step: 4,
      expected: 'a step of T1',
      found: 'it has ended; can move: T2',
    });
  });

  test('an actor that the program does not have', () => {
    expect(left([0, 7])).toMatchObject({ step: 1, expected: 'a step of actor 7' });
  });

  test('a deadlock comes before the last step', () => {
    expect(left([0, 1, 0])).toEqual({
      step: 2,
      expected: 'step 2 of 3',
      found: 'the end of the execution',
    });
  });

  test('more steps than there are', () => {
    expect(left([0, 0, 0, 0, 1, 1, 1, 1, 1])).toEqual({
      step: 8,
      expected: 'step 8 of 9',
      found: 'the end of the execution',
    });
  });

  test('fewer steps go on by the default rule', () => {
    const { divergence, decisions } = replay(engine(), { actors: [1], choices: [] }, STEPS);
    expect(divergence).toBeUndefined();
    expect(decisions.actors).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
  });

  test('an answer that choose() does not have', () => {
    const memory = new ImageBuilder();
    const at = memory.static_('shared', shared);
    const actors = [runs('chooser', counting.chooses, [at + shared.a, 3])];
    const made = new Engine(program('choice', memory, actors));
    expect(replay(made, { actors: [0], choices: [2] }, STEPS).divergence).toBeUndefined();
    expect(replay(made, { actors: [0], choices: [3] }, STEPS).divergence).toEqual({
      step: 0,
      expected: 'answer 3 to a choose()',
      found: 'choose(3)',
    });
  });

  test('another program: the hash of the operations differs', () => {
    const of = (made: Program): string => {
      return replay(new Engine(made), { actors: [0, 0], choices: [] }, STEPS).opsHash;
    };
    expect(of(sct.deadlock01(false, true))).not.toBe(of(sct.deadlock01(true, true)));
  });
});
