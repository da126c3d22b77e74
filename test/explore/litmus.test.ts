/** engines.md 4.1: the SC column, from two independent tools (herd7, Nidhugg). */
import { expect, test } from 'vitest';
import { Engine } from '../../src/explore/engine.ts';
import { ImageBuilder } from '../../src/memory/image.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import { cells } from '../programs/structs.ts';
import { program, runs } from './build.ts';
import { depthFirst, observed } from './search.ts';

installLowering('explored');
const { litmus } = await import('../programs/counting.ts');

const W = 1;
const R = 2;
const X = 0;
const Y = 1;
type Access = readonly [kind: number, word: number, value?: number];
type Thread = readonly [Access, Access?];

/** Threads; final states under SC; the registers (in order), x and y that must not be. */
type Litmus = readonly [string, readonly Thread[], number, string];

const TESTS: readonly Litmus[] = [
  [
    'SB',
    [
      [
        [W, X, 1],
        [R, Y],
      ],
      [
        [W, Y, 1],
        [R, X],
      ],
    ],
    3,
    '0,0 x1 y1',
  ],
  [
    'MP',
    [
      [
        [W, X, 1],
        [W, Y, 1],
      ],
      [
        [R, Y],
        [R, X],
      ],
    ],
    3,
    '1,0 x1 y1',
  ],
  [
    'LB',
    [
      [
        [R, X],
        [W, Y, 1],
      ],
      [
        [R, Y],
        [W, X, 1],
      ],
    ],
    3,
    '1,1 x1 y1',
  ],
  [
    'S',
    [
      [
        [W, X, 2],
        [W, Y, 1],
      ],
      [
        [R, Y],
        [W, X, 1],
      ],
    ],
    3,
    '1 x2 y1',
  ],
  [
    'R',
    [
      [
        [W, X, 1],
        [W, Y, 1],
      ],
      [
        [W, Y, 2],
        [R, X],
      ],
    ],
    3,
    '0 x1 y2',
  ],
  [
    '2+2W',
    [
      [
        [W, X, 1],
        [W, Y, 2],
      ],
      [
        [W, Y, 1],
        [W, X, 2],
      ],
    ],
    3,
    ' x1 y1',
  ],
  [
    'WRC',
    [
      [[W, X, 1]],
      [
        [R, X],
        [W, Y, 1],
      ],
      [
        [R, Y],
        [R, X],
      ],
    ],
    7,
    '1,1,0 x1 y1',
  ],
  [
    'IRIW',
    [
      [[W, X, 1]],
      [[W, Y, 1]],
      [
        [R, X],
        [R, Y],
      ],
      [
        [R, Y],
        [R, X],
      ],
    ],
    15,
    '1,0,1,0 x1 y1',
  ],
  [
    'CoRR',
    [
      [[W, X, 1]],
      [
        [R, X],
        [R, X],
      ],
    ],
    3,
    '1,0 x1 y0',
  ],
  [
    'CoWW',
    [
      [
        [W, X, 1],
        [W, X, 2],
      ],
    ],
    1,
    ' x1 y0',
  ],
];

function outcomes(threads: readonly Thread[], bound: number, reduce: boolean): Set<string> {
  const memory = new ImageBuilder();
  const x = memory.static_('x', cells) + cells.at.at;
  const y = memory.static_('y', cells) + cells.at.at;
  const out = memory.static_('out', cells) + cells.at.at;
  const words = [x, y];
  const registers: number[] = [];
  const actors = threads.map(([first, second], i) => {
    const args = [first, second].flatMap((access, k) => {
      const [kind, word, value] = access ?? [0, X, 0];
      if (kind === R) registers.push(out + 2 * i + k);
      return [kind, words[word] ?? 0, value ?? 0];
    });
    return runs(`P${i}`, litmus, [out + 2 * i, ...args]);
  });
  const states = new Set<string>();
  const made = observed(program('litmus', memory, actors), (view) => {
    const seen = registers.map((r) => view.read(r)).join(',');
    states.add(`${seen} x${view.read(x)} y${view.read(y)}`);
  });
  expect(depthFirst(new Engine(made), { bound, reduce }).end).toBe('exhausted');
  return states;
}

test.each(TESTS)('%s has the final states of sequential consistency', (_, threads, n, never) => {
  const plain = outcomes(threads, Number.POSITIVE_INFINITY, false);
  expect(plain.size).toBe(n);
  expect(plain.has(never)).toBe(false);
  expect(outcomes(threads, Number.POSITIVE_INFINITY, true)).toEqual(plain);
});

test.each(TESTS)('%s: a bound cuts the same states with and without reduction', (_, threads) => {
  for (const bound of [0, 1, 2]) {
    expect(outcomes(threads, bound, true)).toEqual(outcomes(threads, bound, false));
  }
});
