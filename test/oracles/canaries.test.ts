import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import type { ActorSpec } from '../../src/actor/program.ts';
import { ImageBuilder } from '../../src/memory/image.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import type { Verdict } from '../../src/oracles/verdict.ts';
import { type Body, type ProgramOptions, program, runs, serves } from '../explore/build.ts';
import { box, stage } from './canary_structs.ts';

installLowering('explored');
const memoryCanaries = await import('./canary_memory.ts');
const locks = await import('./canary_locks.ts');
const { explore } = await import('../../src/explore/explore.ts');

interface Found {
  readonly verdict: Verdict;
  readonly oracle: string;
  readonly message: string;
}

/** What an exhaustive search of actors over one stage ends with. */
function verdictOf(
  actorsAt: (at: number) => readonly ActorSpec[],
  optionsAt: (at: number) => ProgramOptions = () => ({}),
): Found {
  const memory = new ImageBuilder();
  const at = memory.static_('stage', stage);
  memory.cache(box, 3, 8);
  const made = program('canary', memory, actorsAt(at), optionsAt(at));
  const result = explore(made, {
    strategy: 'dfs',
    bound: Number.POSITIVE_INFINITY,
    beyondMs: 0,
    depth: 3,
    seed: 1,
    limits: { executions: 1e6, steps: 50_000, millis: 20_000 },
    reduce: true,
    subtree: undefined,
    minimiseTries: 100,
    now: () => 0,
    stopped: () => false,
    progress: () => undefined,
  });
  const finding = result.counterexample?.finding;
  return finding ?? { verdict: result.verdict, oracle: '', message: '' };
}

const alone = (body: Body, bad: number) => (at: number) => [runs('one', body, [at, bad])];

/** One actor that breaks one rule. */
const SINGLE: readonly (readonly [Body, Verdict, oracle: string])[] = [
  [memoryCanaries.use_after_free, 'use-after-free', 'kasan'],
  [memoryCanaries.double_free, 'double-free', 'kasan'],
  [memoryCanaries.wild_access, 'wild-access', 'kasan'],
  [memoryCanaries.null_dereference, 'null-dereference', 'kasan'],
  [memoryCanaries.list_poison, 'use-after-free', 'kasan'],
  [memoryCanaries.leak, 'leak', 'kmemleak'],
  [memoryCanaries.refcount_from_zero, 'refcount', 'refcount'],
  [memoryCanaries.refcount_underflow, 'refcount', 'refcount'],
  [memoryCanaries.bug_on, 'assertion', 'bug-on'],
  [memoryCanaries.warn_on, 'assertion', 'warn-on'],
  [memoryCanaries.answers_nonsense, 'illegal-transition', 'machine'],
  [locks.recursive_mutex, 'recursive-lock', 'lockdep'],
  [locks.inversion, 'lock-inversion', 'lockdep'],
  [locks.unlock_not_held, 'bad-unlock', 'lockdep'],
  [locks.assert_held, 'assertion', 'lockdep'],
  [locks.sleep_under_spinlock, 'sleeping-in-atomic', 'lockdep'],
];

for (const [body, verdict, oracle] of SINGLE) {
  test(`${body.name} is a ${verdict}, found by ${oracle}`, () => {
    expect(verdictOf(alone(body, 1))).toMatchObject({ verdict, oracle });
  });
  test(`the twin of ${body.name} passes`, () => {
    expect(verdictOf(alone(body, 0)).verdict).toBe('pass');
  });
}

test('a WARN_ON is a log line where the run says so', () => {
  const found = verdictOf(alone(memoryCanaries.warn_on, 1), () => ({ panicOnWarn: false }));
  expect(found.verdict).toBe('pass');
});

const slot = createMachine({
  id: 'slot',
  initial: 'OFF',
  states: { OFF: { on: { UP: 'ON' } }, ON: {}, BROKEN: {} },
});
const watchedState = (at: number): ProgramOptions => ({
  watched: [{ machine: slot, addr: at + stage.state, states: { 0: 'OFF', 1: 'ON', 2: 'BROKEN' } }],
});

test('a word that is a statechart may only move as the machine does', () => {
  const bad = verdictOf(alone(memoryCanaries.watched_state, 1), watchedState);
  expect(bad.verdict).toBe('illegal-transition');
  expect(bad.message).toContain('BROKEN');
  expect(verdictOf(alone(memoryCanaries.watched_state, 0), watchedState).verdict).toBe('pass');
});

const watchedFlag = (at: number): ProgramOptions => ({
  invariants: [
    {
      name: 'flag-small',
      cite: 'this test',
      when: [at + stage.flag],
      check: (view) =>
        view.read(at + stage.flag) < 5
          ? undefined
          : { verdict: 'assertion', oracle: '', message: 'flag is large', addr: at + stage.flag },
    },
  ],
});

test('an invariant of words is looked at after each write of them, not at the end only', () => {
  const bad = verdictOf(alone(memoryCanaries.watched_flag, 1), watchedFlag);
  expect(bad).toMatchObject({ verdict: 'assertion', oracle: 'flag-small' });
  expect(verdictOf(alone(memoryCanaries.watched_flag, 0), watchedFlag).verdict).toBe('pass');
});

test('a deadlock is told as the chain of who waits for whom', () => {
  const pair = (swap: boolean) => (at: number) => {
    const [a, b] = [at + stage.a.at, at + stage.b.at];
    return [
      runs('left', locks.ab_or_ba, [at, a, b]),
      runs('right', locks.ab_or_ba, swap ? [at, b, a] : [at, a, b], { cpu: 1 }),
    ];
  };
  const bad = verdictOf(pair(true));
  expect(['deadlock', 'lock-inversion']).toContain(bad.verdict);
  if (bad.verdict === 'deadlock') expect(bad.message).toMatch(/left waits for .* right waits for/);
  expect(verdictOf(pair(false)).verdict).toBe('pass');
});

test('a lock that its holder never gives back blocks whoever wants it', () => {
  const pair = (bad: number) => (at: number) => [
    runs('holder', locks.locks_and_signals, [at, bad]),
    runs('other', locks.takes_a_mutex, [at], { cpu: 1 }),
  ];
  expect(verdictOf(pair(1))).toMatchObject({ verdict: 'deadlock' });
  expect(verdictOf(pair(0)).verdict).toBe('pass');
});

test('a mutex that another actor unlocks is a bad unlock', () => {
  const pair = (bad: number) => (at: number) => [
    runs('holder', locks.locks_and_signals, [at, 1]),
    runs('other', locks.unlock_by_another, [at, bad], { cpu: 1 }),
  ];
  expect(verdictOf(pair(1)).verdict).toBe('bad-unlock');
  expect(verdictOf(pair(0)).verdict).toBe('pass');
});

test('a mutex in hardirq or softirq context is sleeping in atomic, in a process it is not', () => {
  const one = (context: 'hardirq' | 'softirq' | 'process') => (at: number) => [
    runs('one', locks.takes_a_mutex, [at], { context }),
  ];
  expect(verdictOf(one('hardirq')).verdict).toBe('sleeping-in-atomic');
  expect(verdictOf(one('softirq')).verdict).toBe('sleeping-in-atomic');
  expect(verdictOf(one('process')).verdict).toBe('pass');
});

test('spin_lock against a handler of the same CPU is unsafe, spin_lock_irqsave is not', () => {
  const pair = (irqsave: number) => (at: number) => [
    runs('task', locks.takes_spinlock, [at, irqsave]),
    serves('irq', locks.irq_wait, locks.irq_handle, [at], { context: 'hardirq' }),
  ];
  const bad = verdictOf(pair(0));
  expect(['irq-unsafe-lock', 'deadlock']).toContain(bad.verdict);
  expect(verdictOf(pair(1)).verdict).toBe('pass');
});

test('a wake-up between the look and the sleep is lost', () => {
  const pair = (bad: number) => (at: number) => [
    runs('sleeper', locks.waits_for_flag, [at, bad]),
    runs('waker', locks.sets_flag, [at], { cpu: 1 }),
  ];
  expect(verdictOf(pair(1)).verdict).toBe('lost-wakeup');
  expect(verdictOf(pair(0)).verdict).toBe('pass');
});

test('a task that waits for a lock over 120 seconds is hung', () => {
  const pair = (ms: number) => (at: number) => [
    runs('holder', locks.holds_for, [at, ms]),
    runs('waiter', locks.takes_a_mutex, [at], { cpu: 1 }),
  ];
  expect(verdictOf(pair(121_000)).verdict).toBe('hung-task');
  expect(verdictOf(pair(119_000)).verdict).toBe('pass');
});

test('spinners that wait for each other are a livelock, one that somebody ends is not', () => {
  const spinner = (at: number): ActorSpec => runs('spinner', locks.spins_for_flag, [at]);
  const other = (at: number): ActorSpec => runs('other', locks.spins_for_flag, [at], { cpu: 1 });
  const setter = (at: number): ActorSpec => runs('setter', locks.sets_flag, [at], { cpu: 1 });
  expect(verdictOf((at) => [spinner(at), other(at)]).verdict).toBe('livelock');
  expect(verdictOf((at) => [spinner(at), setter(at)]).verdict).toBe('pass');
});
