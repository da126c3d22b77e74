/** The soundness of footprint.ts and visited.ts: a reduced search sees every state there is. */
import { describe, expect, test } from 'vitest';
import { Engine } from '../../src/explore/engine.ts';
import { Prng } from '../../src/explore/prng.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import type { Flavour, Instruction, RandomProgram } from './random_program.ts';
import { bruteForce, depthFirst, observed } from './search.ts';

installLowering('explored');
const { randomProgram, tableProgram } = await import('./random_program.ts');
const { CODE } = await import('../programs/table_code.ts');

const BOUNDS = [0, 1, 2, Number.POSITIVE_INFINITY];

/** An engine of the program, and the final states that searches of it come to. */
function observe(made: RandomProgram): { engine: Engine; states: Set<string> } {
  const states = new Set<string>();
  const watched = observed(made.program, (memory) => {
    states.add(made.state.map((addr) => memory.read(addr)).join(' '));
  });
  return { engine: new Engine(watched), states };
}

/** Compares the searches of one program at one bound; answers whether it ended without findings. */
function compare(made: RandomProgram, bound: number): boolean {
  const { engine, states } = observe(made);
  const brute = bruteForce(engine, bound);
  const all = new Set(states);
  const verdicts = [...brute.verdicts.keys()];
  const clean = verdicts.every((verdict) => verdict === 'pass');
  for (const reduce of [false, true]) {
    states.clear();
    const searched = depthFirst(engine, { bound, reduce });
    const what = `${made.text}\nbound ${bound}, reduce ${reduce}`;
    if (clean) {
      expect(searched.end, what).toBe('exhausted');
      expect([...states].sort(), what).toEqual([...all].sort());
      if (!reduce) expect(searched.executions, what).toBe(brute.executions);
    } else {
      expect(searched.end, what).toBe('finding');
      expect(verdicts, what).toContain(searched.finding?.verdict);
    }
  }
  return clean;
}

function compareAll(flavour: Flavour, programs: number, seed: number): number {
  const random = new Prng(seed);
  let clean = 0;
  for (let i = 0; i < programs; i++) {
    random.seed(seed, i);
    const [actors, length] = random.below(3) === 0 ? [3, 2] : [2, 3 + random.below(2)];
    const made = randomProgram(random, flavour, actors ?? 2, length ?? 3);
    const verdicts = BOUNDS.map((bound) => compare(made, bound));
    if (verdicts.every(Boolean)) clean++;
  }
  return clean;
}

describe('with and without reduction the same final states and verdicts at each bound', () => {
  test.each<readonly [Flavour, number]>([
    ['memory', 40],
    ['locks', 40],
    ['objects', 40],
    ['ghosts', 40],
    ['waiting', 40],
    ['mixed', 60],
  ])('%s: %i random programs', (flavour, programs) => {
    const clean = compareAll(flavour, programs, 1);
    // Both kinds must be there, or the comparison says little.
    expect(clean).toBeGreaterThan(programs / 10);
    expect(clean).toBeLessThan(programs);
  });
});

describe('what a careless reduction would skip', () => {
  test('the moment between kfree and a kzalloc that hands the same slot out again', () => {
    // Only A allocates and frees, so its kzalloc concerns nobody else but for the slot it takes.
    const made = tableProgram(
      [
        [
          [CODE.FREE, 4],
          [CODE.ALLOC, 5],
        ],
        [[CODE.USE, 4]],
      ],
      0,
    );
    expect(compare(made, 1)).toBe(true);
    const { engine } = observe(made);
    expect(depthFirst(engine, { bound: 2, reduce: true }).finding?.verdict).toBe('use-after-free');
    const kept = tableProgram(
      [
        [
          [CODE.FREE, 4],
          [CODE.ALLOC, 5],
        ],
        [[CODE.USE, 4]],
      ],
      8,
    );
    expect(depthFirst(observe(kept).engine, { bound: 1, reduce: true }).finding).toBeDefined();
  });

  test('bookkeeping after a step on a private word', () => {
    const own = (x: number): Instruction[] => [
      [CODE.ADD, 3, 1],
      [CODE.WRITE, x, 1],
      [CODE.GHOST_READ, 0],
      [CODE.GHOST_WRITE, 0, 1],
    ];
    const made = tableProgram([own(0), own(1)], 0);
    for (const bound of BOUNDS) expect(compare(made, bound)).toBe(true);
  });

  test('a writer that queues on a rwsem at the end of a step of its own', () => {
    const reader: Instruction[] = [[CODE.DOWN_READ], [CODE.READ, 0], [CODE.UP_READ]];
    const writer: Instruction[] = [
      [CODE.ADD, 3, 1],
      [CODE.WRITE, 1, 1],
      [CODE.DOWN_WRITE],
      [CODE.STORE, 0, 1],
      [CODE.UP_WRITE],
    ];
    const made = tableProgram([reader, writer, [[CODE.ADD, 3, 1], ...reader]], 0);
    for (const bound of BOUNDS.slice(0, 3)) expect(compare(made, bound)).toBe(true);
  });

  test('a state met again with more preemptions left', () => {
    const add: Instruction = [CODE.ADD, 1, 1];
    const made = tableProgram(
      [
        [add, [CODE.STORE, 1, 1], add],
        [
          [CODE.STORE, 0, 1],
          [CODE.WRITE, 1, 2],
          [CODE.READ, 1],
        ],
        [add, [CODE.WRITE, 1, 2], [CODE.WRITE, 0, 1]],
      ],
      0,
    );
    // Found by generating programs until a search that pruned regardless of the bound lost a state.
    expect(compare(made, 2)).toBe(true);
  });
});
