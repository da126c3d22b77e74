/** Sampling strategies: each is one small picker (execute.ts). */
import type { Picker } from './execute.ts';
import { Prng } from './prng.ts';
import { ACTORS_MAX } from './world.ts';

/** Every enabled actor is equally likely at every step. */
export class RandomPicker implements Picker {
  readonly #prng: Prng;
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
    this.#prng = new Prng(seed);
  }

  start(execution: number): void {
    this.#prng.seed(this.#seed, execution);
  }

  pick(enabled: number): number {
    let skip = this.#prng.below(bitCount(enabled));
    let rest = enabled;
    while (skip-- > 0) rest &= rest - 1;
    return 31 - Math.clz32(rest & -rest);
  }

  choose(count: number): number {
    return this.#prng.below(count);
  }
}

/**
 * PCT (Burckhardt, Kothari, Musuvathi, Nagarakatte: ASPLOS 2010): random priorities, lowered at
 * depth-1 random steps. One execution finds a bug of depth d with probability at least
 * 1 / (actors * steps^(d-1)).
 */
export class PctPicker implements Picker {
  readonly #prng: Prng;
  readonly #seed: number;
  readonly #depth: number;
  readonly everyStep = true;
  /** Longest execution so far: change points are drawn from it. */
  #stepsSeen = 1;
  /** Executions begun since then. */
  #counted = 0;
  readonly #priority = new Int32Array(ACTORS_MAX);
  #changes: number[] = [];

  constructor(seed: number, depth: number) {
    this.#seed = seed;
    this.#depth = depth;
    this.#prng = new Prng(seed);
  }

  get stepsSeen(): number {
    return this.#stepsSeen;
  }

  /** Executions that the guarantee holds for: no longer one has come since they began. */
  get counted(): number {
    return this.#counted;
  }

  start(execution: number): void {
    this.#counted++;
    this.#prng.seed(this.#seed, execution);
    for (let i = 0; i < ACTORS_MAX; i++) this.#priority[i] = this.#depth + i;
    for (let i = ACTORS_MAX - 1; i > 0; i--) {
      const j = this.#prng.below(i + 1);
      const kept = this.#priority[i] ?? 0;
      this.#priority[i] = this.#priority[j] ?? 0;
      this.#priority[j] = kept;
    }
    this.#changes = [];
    // After the first step, ..., after the last but one: a change after the last does nothing.
    const places = Math.max(1, this.#stepsSeen - 1);
    for (let i = 1; i < this.#depth; i++) this.#changes.push(1 + this.#prng.below(places));
  }

  pick(enabled: number, current: number, step: number): number {
    if (step >= this.#stepsSeen) {
      this.#stepsSeen = step + 1;
      this.#counted = 0;
    }
    const lowered = this.#changes.indexOf(step);
    // Whoever took step number `step` (counted from 1) falls below everybody not lowered later.
    if (lowered >= 0 && current >= 0) this.#priority[current] = this.#depth - 2 - lowered;
    let best = -1;
    for (let rest = enabled; rest !== 0; rest &= rest - 1) {
      const i = 31 - Math.clz32(rest & -rest);
      if (best < 0 || (this.#priority[i] ?? 0) > (this.#priority[best] ?? 0)) best = i;
    }
    return best;
  }

  choose(count: number): number {
    return this.#prng.below(count);
  }
}

function bitCount(mask: number): number {
  let rest = mask;
  let count = 0;
  for (; rest !== 0; rest &= rest - 1) count++;
  return count;
}
