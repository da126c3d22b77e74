import { describe, expect, test } from 'vitest';
import type { ActorSpec, Program } from '../../src/actor/program.ts';
import { Engine } from '../../src/explore/engine.ts';
import { ImageBuilder } from '../../src/memory/image.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import { shared } from '../programs/structs.ts';
import { program, runs } from './build.ts';
import { bruteForce, depthFirst, observed } from './search.ts';

installLowering('explored');
const counting = await import('../programs/counting.ts');

const NO_BOUND = Number.POSITIVE_INFINITY;

function over(actors: (at: number) => readonly ActorSpec[]): Program {
  const memory = new ImageBuilder();
  const at = memory.static_('shared', shared);
  return program('counting', memory, actors(at));
}

/** Executions of an exhaustive search without reduction, and of the plain recursion. */
function count(made: Program, bound = NO_BOUND): readonly [searched: number, plain: number] {
  const engine = new Engine(made);
  const { end, executions } = depthFirst(engine, { bound, reduce: false });
  expect(end).toBe('exhausted');
  return [executions, bruteForce(engine, bound).executions];
}

/** Actors with so many writes each. */
const writers = (...steps: number[]): Program =>
  over((at) => steps.map((n, i) => runs(`w${i}`, counting.touch, [at + shared.a, n])));

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
const choose = (n: number, k: number): number => factorial(n) / factorial(k) / factorial(n - k);

describe('without a bound, every interleaving is executed exactly once', () => {
  test.each([
    [1, 1, 2],
    [2, 2, 6],
    [3, 2, 10],
    [4, 4, 70],
    [6, 5, 462],
    [8, 7, 6435],
  ])('two actors with %i and %i steps: C(m+n, n) = %i', (m, n, expected) => {
    expect(choose(m + n, n)).toBe(expected);
    expect(count(writers(m, n))).toEqual([expected, expected]);
  });

  test('three actors with 2 steps each: 6!/2!^3 = 90; 3, 2 and 1: 6!/(3! 2!) = 60', () => {
    expect(count(writers(2, 2, 2))).toEqual([90, 90]);
    expect(count(writers(3, 2, 1))).toEqual([60, 60]);
  });

  test.each([
    [2, 1, 2],
    [3, 1, 6],
    [3, 2, 90],
    [3, 3, 1680],
    [4, 2, 2520],
  ])('%i actors with %i lock sections: (NK)!/(K!)^N = %i', (n, k, expected) => {
    const made = over((at) =>
      Array.from({ length: n }, (_, i) => runs(`a${i}`, counting.sections, [at + shared.m.at, k])),
    );
    expect(count(made)).toEqual([expected, expected]);
  });

  test('fetch_add 2x4 has 70 schedules, 3x2 has 90', () => {
    const made = (n: number, k: number): Program =>
      over((at) =>
        Array.from({ length: n }, (_, i) => runs(`a${i}`, counting.adds, [at + shared.a, k])),
      );
    expect(count(made(2, 4))).toEqual([70, 70]);
    expect(count(made(3, 2))).toEqual([90, 90]);
  });

  test.each([
    // b of the other's k steps come before the unlock: sum of C(k+2+b, b) * C(2j+k-b+3, j), twice.
    [0, 0, 2],
    [1, 0, 10],
    [1, 1, 52],
    [2, 1, 224],
  ])('a lock section of 3 steps after %i steps and before %i: %i', (k, j, expected) => {
    let sum = 0;
    for (let b = 0; b <= k; b++) sum += choose(k + 2 + b, b) * choose(2 * j + k - b + 3, j);
    expect(2 * sum).toBe(expected);
    const made = over((at) => [
      runs('a', counting.around, [at, k, j]),
      runs('b', counting.around, [at, k, j]),
    ]);
    expect(count(made)).toEqual([expected, expected]);
  });

  test('a waiter takes part only after complete(): C(p+1+n, p) with p steps after it', () => {
    const made = over((at) => [
      runs('a', counting.completes, [at, 3, 2]),
      runs('b', counting.awaits, [at, 4]),
    ]);
    expect(count(made)).toEqual([choose(7, 2), choose(7, 2)]);
  });

  test('each answer of choose() multiplies: C(3, 1) * 4, and 2 * 3 choices of C(4, 2)', () => {
    const one = over((at) => [
      runs('a', counting.chooses, [at + shared.a, 4]),
      runs('b', counting.touch, [at + shared.a, 1]),
    ]);
    expect(count(one)).toEqual([12, 12]);
    const two = over((at) => [
      runs('a', counting.chooses, [at + shared.a, 2]),
      runs('b', counting.chooses, [at + shared.a, 3]),
    ]);
    expect(count(two)).toEqual([36, 36]);
  });
});

describe('a preemption bound counts switches away from an actor that could go on', () => {
  test.each([
    [0, 2],
    // One preemption: after 1 .. m-1 of the first actor's steps, or 1 .. n-1 of the second's.
    [1, 2 + 4 + 2],
    // Two: each pair of such places, whoever begins.
    [2, 2 + 4 + 2 + 2 * 4 * 2],
    [NO_BOUND, 56],
  ])('two actors with 5 and 3 steps at bound %d: %i', (bound, expected) => {
    expect(count(writers(5, 3), bound)).toEqual([expected, expected]);
  });

  test('three actors with 2 steps: 6 orders; one split apart: 3 * (12 - 6) more; all: 90', () => {
    expect(count(writers(2, 2, 2), 0)).toEqual([6, 6]);
    expect(count(writers(2, 2, 2), 1)).toEqual([24, 24]);
    expect(count(writers(2, 2, 2), NO_BOUND)).toEqual([90, 90]);
  });

  test('a switch from a blocked or ended actor is free: 4x1 lock sections preempt nobody', () => {
    const made = over((at) =>
      Array.from({ length: 4 }, (_, i) => runs(`a${i}`, counting.sections, [at + shared.m.at, 1])),
    );
    expect(count(made, 0)).toEqual([24, 24]);
  });

  test('choose() costs no preemption', () => {
    const made = over((at) => [
      runs('a', counting.chooses, [at + shared.a, 5]),
      runs('b', counting.touch, [at + shared.a, 2]),
    ]);
    expect(count(made, 0)).toEqual([10, 10]);
  });
});

describe('readers(N): one writer and N readers of a word end in 2^N states', () => {
  test.each([2, 4, 8])('N = %i', (n) => {
    const words = new ImageBuilder();
    const at = words.static_('shared', shared);
    const outs = Array.from({ length: n }, (_, i) => words.static_(`out${i}`, shared));
    const readers = outs.map((out, i) => runs(`r${i}`, counting.reads_once, [at, out]));
    const writer = runs('w', counting.touch, [at, 2]);
    const states = new Set<string>();
    const made = observed(program('readers', words, [writer, ...readers]), (memory) => {
      states.add(outs.map((out) => memory.read(out)).join(''));
    });
    const { end } = depthFirst(new Engine(made), { bound: NO_BOUND, reduce: true });
    expect([end, states.size]).toEqual(['exhausted', 2 ** n]);
  });
});
