/** Rules of the engine that no other suite needs to break. */
import { describe, expect, test } from 'vitest';
import type { ActorSpec, Invariant, Program } from '../../src/actor/program.ts';
import { Engine } from '../../src/explore/engine.ts';
import { replay } from '../../src/explore/replay.ts';
import { ImageBuilder } from '../../src/memory/image.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import { device, mortal, object } from '../programs/structs.ts';
import { type ProgramOptions, program, runs, serves } from './build.ts';
import { bruteForce, depthFirst, observed } from './search.ts';

installLowering('explored');
const rules = await import('../programs/rules.ts');

const NO_BOUND = Number.POSITIVE_INFINITY;

type Actors = (at: number, memory: ImageBuilder) => readonly ActorSpec[];

function over(actors: Actors, options: (at: number) => ProgramOptions = () => ({})): Program {
  const memory = new ImageBuilder();
  const at = memory.static_('device', device);
  memory.cache(object, 2, 8);
  memory.cache(mortal, 1, 8);
  return program('rules', memory, actors(at, memory), options(at));
}

/** All verdicts of all schedules, which the reduced search must be one of. */
function verdicts(made: Program, oracles = true): string[] {
  const engine = new Engine(made);
  engine.oracles = oracles;
  const all = [...bruteForce(engine, NO_BOUND).verdicts.keys()].sort();
  const { end, finding } = depthFirst(engine, { bound: NO_BOUND, reduce: true });
  if (all.every((verdict) => verdict === 'pass')) expect(end).toBe('exhausted');
  else expect(all).toContain(finding?.verdict);
  return all;
}

function message(made: Program, oracles = true): string {
  const engine = new Engine(made);
  engine.oracles = oracles;
  return depthFirst(engine, { bound: NO_BOUND, reduce: true }).finding?.message ?? '';
}

/** The values of some words in all final states. */
function finals(actors: Actors, words: readonly number[]): string[] {
  const seen = new Set<string>();
  let base = 0;
  const made = over((at, memory) => {
    base = at;
    return actors(at, memory);
  });
  const watched = observed(made, (memory) => {
    seen.add(words.map((word) => memory.read(base + word)).join(' '));
  });
  expect(depthFirst(new Engine(watched), { bound: NO_BOUND, reduce: true }).end).toBe('exhausted');
  return [...seen].sort();
}

describe('spinning', () => {
  test('a change between the look and the cpu_relax is no livelock', () => {
    const made = over((at) => [
      runs('spinner', rules.spins, [at + device.state]),
      runs('setter', rules.sets, [at + device.state, 0]),
    ]);
    expect(verdicts(made)).toEqual(['pass']);
  });

  test('nor are two spinners that one actor lets go', () => {
    const made = over((at) => [
      runs('one', rules.spins, [at + device.state]),
      runs('two', rules.spins, [at + device.state]),
      runs('setter', rules.sets, [at + device.state, 0]),
    ]);
    expect(verdicts(made)).toEqual(['pass']);
  });

  test('a loop that counts its rounds ends', () => {
    const made = over((at) => [runs('counter', rules.spins_counting, [at + device.state, 9])]);
    expect(verdicts(made)).toEqual(['pass']);
  });

  test('a loop that changes what it waits for ends', () => {
    const made = over((at) => [runs('own', rules.spins_on_its_own, [at + device.state])]);
    expect(verdicts(made)).toEqual(['pass']);
  });

  test('a loop that does more than look gives way in every turn', () => {
    const turns = finals(
      (at) => [
        runs('spinner', rules.spins_writing, [at + device.state, at + device.other]),
        runs('setter', rules.sets, [at + device.state, 0]),
      ],
      [device.other],
    );
    expect(turns).toEqual(['0', '1']);
  });

  test('time passes while everybody spins', () => {
    const made = over((at) => [
      runs('spinner', rules.spins, [at + device.state]),
      runs('sleeper', rules.sets, [at + device.state, 10]),
    ]);
    expect(verdicts(made)).toEqual(['pass']);
  });

  test('a trylock that can never succeed is a livelock, one that can is not', () => {
    const pair = (gives_back: number): Program =>
      over((at) => [
        runs('holder', rules.takes_spinlock, [at + device.lock.at, gives_back]),
        runs('spinner', rules.trylock_spins, [at + device.lock.at]),
      ]);
    expect(verdicts(pair(0))).toEqual(['livelock', 'pass']);
    expect(message(pair(0))).toBe('spinner spin and nothing can change');
    expect(verdicts(pair(1))).toEqual(['pass']);
  });
});

describe('what is freed under those that wait inside it', () => {
  test('a mutex', () => {
    const made = over((at, memory) => {
      const found = memory.alloc(mortal);
      return [runs('freer', rules.frees, [at, found]), runs('waiter', rules.locks_mortal, [found])];
    });
    // It passes where the waiter was there first.
    expect(verdicts(made)).toEqual(['pass', 'use-after-free']);
    expect(message(made)).toContain('lock access at t_mortal#0.m');
  });

  test('a completion, also as the last word of its object', () => {
    const made = over((at, memory) => {
      const found = memory.alloc(mortal);
      return [
        runs('freer', rules.frees, [at, found]),
        runs('waiter', rules.awaits_mortal, [found]),
      ];
    });
    expect(verdicts(made)).toEqual(['use-after-free']);
  });
});

test('an object that a waiting daemon has in a local is no leak', () => {
  const kept = over((at) => [runs('daemon', rules.keeps, [at], { daemon: true })]);
  expect(verdicts(kept)).toEqual(['pass']);
});

describe('atomic context', () => {
  test('GFP_KERNEL under a spinlock may sleep, GFP_ATOMIC does not', () => {
    const made = (gfp: number): Program =>
      over((at) => [runs('one', rules.allocates_under_lock, [at, gfp])]);
    expect(verdicts(made(1))).toEqual(['sleeping-in-atomic']);
    expect(message(made(1))).toContain('with device.lock held');
    expect(verdicts(made(0))).toEqual(['pass']);
  });

  test('a mutex with softirqs off', () => {
    const made = (without: number): Program =>
      over((at) => [runs('one', rules.sleeps_without_softirqs, [at, without])]);
    expect(message(made(1))).toContain('with softirqs off');
    expect(verdicts(made(0))).toEqual(['pass']);
  });
});

describe('interrupts', () => {
  const pair = (irqsave: number, cpu: number): Program =>
    over((at) => [
      runs('device', rules.raises, [at, 0], { cpu: 2 }),
      runs('task', rules.task_with_lock, [at, irqsave], { cpu: 0 }),
      serves('irq', rules.handler_wait, rules.handler_with_lock, [at], { context: 'hardirq', cpu }),
    ]);

  test('a handler that spins for the lock of the task it interrupted, as a chain', () => {
    // Without lockdep, which tells the danger from schedules that do not deadlock.
    expect(verdicts(pair(0, 0), false)).toEqual(['deadlock', 'pass']);
    expect(message(pair(0, 0), false)).toBe(
      'irq waits for device.lock held by task, task is interrupted by irq',
    );
    expect(verdicts(pair(0, 0))).toContain('irq-unsafe-lock');
  });

  test('on another CPU the task goes on; with irqsave the handler waits', () => {
    expect(verdicts(pair(0, 1), false)).toEqual(['pass']);
    expect(verdicts(pair(1, 0))).toEqual(['pass']);
  });

  test('synchronize_hardirq under the lock that the handler takes', () => {
    const made = over((at) => [
      runs('task', rules.synchronizes_under_lock, [at], { cpu: 0 }),
      serves('irq', rules.handler_wait, rules.handler_with_lock, [at], {
        context: 'hardirq',
        cpu: 1,
      }),
    ]);
    expect(message(made, false)).toContain('irq waits for device.lock held by task');
    expect(verdicts(made, false)).toContain('deadlock');
  });

  test('an edge is handled once, a level until it is lowered', () => {
    const raised = (level: number) => (at: number) => [
      runs('device', rules.raises, [at, level], { cpu: 1 }),
      serves('irq', rules.handler_wait, rules.handler_counts, [at], { context: 'hardirq' }),
    ];
    expect(finals(raised(0), [device.other])).toEqual(['1']);
    expect(finals(raised(1), [device.other])).toEqual(['3']);
  });
});

describe('time and work', () => {
  test('schedule_timeout answers what was left when woken, 0 when the time ran out', () => {
    const pair = (ms: number) => (at: number) => [
      runs('waiter', rules.waits_at_most, [at, 30]),
      runs('waker', rules.wakes_after, [at, ms]),
    ];
    expect(finals(pair(10), [device.state, device.other])).toEqual(['20 10']);
    expect(finals(pair(40), [device.state, device.other])).toEqual(['0 30']);
    // Both at once: the wake-up may come just before or just after the timeout is seen.
    expect(finals(pair(30), [device.state, device.other])).toEqual(['0 30', '1 30']);
  });

  test('a pending work item is queued once; one that runs may be queued again', () => {
    const actors = (ms: number) => (at: number) => [
      runs('queuer', rules.queues, [at, ms]),
      serves('kworker', rules.worker_waits, rules.worker_counts, [at]),
    ];
    const words = [device.readers, device.state];
    expect(finals(actors(0), words)).toEqual(['10 1', '11 2']);
    // A delayed item is pending all the time: queue_work answers 0 and does not hurry it.
    expect(finals(actors(20), [...words, device.other])).toEqual(['10 1 20']);
  });

  test('cancel_work_sync takes a delayed item back', () => {
    const actors = (at: number): ActorSpec[] => [
      runs('owner', rules.cancels, [at]),
      serves('kworker', rules.worker_waits, rules.worker_counts, [at]),
    ];
    expect(finals(actors, [device.readers, device.state])).toEqual(['1 0']);
  });
});

describe('invariants of words', () => {
  /** `state` is only set while `other` is 0. */
  const quiet = (at: number): Invariant => ({
    name: 'quiet',
    cite: 'this test',
    when: [at + device.state],
    check: (view) =>
      view.read(at + device.other) === 0
        ? undefined
        : { verdict: 'assertion', oracle: '', message: 'other is set', addr: at + device.state },
  });

  test('a word that only the invariant looks at is seen in all its values', () => {
    const made = over(
      (at) => [runs('blinker', rules.blinks, [at]), runs('marker', rules.marks, [at])],
      (at) => ({ invariants: [quiet(at)] }),
    );
    for (const bound of [0, 1, 2]) {
      const engine = new Engine(made);
      const brute = bruteForce(engine, bound).verdicts.has('assertion');
      const { finding } = depthFirst(engine, { bound, reduce: true });
      expect([bound, finding?.oracle]).toEqual([bound, brute ? 'quiet' : undefined]);
    }
  });
});

test('a WARN_ON is a line of the log where it is no violation', () => {
  const made = over(
    (at) => [runs('one', rules.warns, [at])],
    () => ({ panicOnWarn: false }),
  );
  const { trace, finding } = replay(new Engine(made), { actors: [], choices: [] }, 100);
  expect([finding, trace.log.map(({ text }) => text)]).toEqual([
    undefined,
    ['WARNING: state is not set'],
  ]);
});

test('thirty actors are the most', () => {
  const made = (n: number): Program =>
    over((at) =>
      Array.from({ length: n }, (_, i) => runs(`a${i}`, rules.sets, [at + device.state, 0])),
    );
  const { end } = depthFirst(new Engine(made(30)), { bound: 0, reduce: true, executions: 5 });
  expect(end).toBe('limit');
  expect(() => new Engine(made(31))).toThrow('[hotrace bug] 31 actors, at most 30');
});
