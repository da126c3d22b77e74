/**
 * States that were searched already, by a 64-bit hash: reaching one again with no more preemptions
 * left than before cannot show anything new. Hash compaction: two different states with the same
 * hash would hide one; the guarantee line says how likely that was.
 */
import { stackTop } from '../ops/flat.ts';
import type { Engine } from './engine.ts';
import { ACTOR } from './world.ts';

/** Where a search notes the states it has entered. */
export interface VisitedSet {
  readonly count: number;
  /** True if the state is new, or was searched with fewer preemptions left than now. */
  enter(low: number, high: number, left: number): boolean;
}

export class VisitedStates implements VisitedSet {
  #low: Uint32Array;
  #high: Uint32Array;
  /** Preemptions left + 1 when it was searched; 0 = free slot. */
  #left: Uint8Array;
  #mask: number;
  #count = 0;

  constructor(capacity = 1 << 16) {
    this.#low = new Uint32Array(capacity);
    this.#high = new Uint32Array(capacity);
    this.#left = new Uint8Array(capacity);
    this.#mask = capacity - 1;
  }

  get count(): number {
    return this.#count;
  }

  enter(low: number, high: number, left: number): boolean {
    let at = (low ^ Math.imul(high, 0x9e3779b1)) & this.#mask;
    const value = Math.min(left, 253) + 1;
    for (;;) {
      const known = this.#left[at] ?? 0;
      if (known === 0) break;
      if (this.#low[at] === low >>> 0 && this.#high[at] === high >>> 0) {
        if (known >= value) return false;
        this.#left[at] = value;
        return true;
      }
      at = (at + 1) & this.#mask;
    }
    this.#low[at] = low;
    this.#high[at] = high;
    this.#left[at] = value;
    if (++this.#count * 2 > this.#mask) this.#grow();
    return true;
  }

  #grow(): void {
    const [low, high, left] = [this.#low, this.#high, this.#left];
    const capacity = low.length * 2;
    this.#low = new Uint32Array(capacity);
    this.#high = new Uint32Array(capacity);
    this.#left = new Uint8Array(capacity);
    this.#mask = capacity - 1;
    this.#count = 0;
    for (let i = 0; i < left.length; i++) {
      const value = left[i] ?? 0;
      if (value > 0) this.enter(low[i] ?? 0, high[i] ?? 0, value - 1);
    }
  }
}

/** The hash of an execution's whole state. Two words, valid until the next call. */
export class StateHash {
  low = 0;
  high = 0;

  /** Hashes what differs from the start: memory, locks, clock, and each actor's live frames. */
  of(engine: Engine, extra: number): void {
    const { W, world } = engine;
    const { initial } = world;
    this.low = Math.imul(extra + 1, 0x85ebca6b);
    this.high = Math.imul(extra + 7, 0xc2b2ae35);
    this.#differing(W, initial, 0, world.actorBase);
    for (let i = 0; i < engine.actorCount; i++) {
      const acb = world.acbs[i] ?? 0;
      this.#differing(W, initial, acb, acb + ACTOR.size);
      const stack = world.stacks[i] ?? 0;
      this.#differing(W, initial, stack, stackTop(W, acb, stack));
    }
  }

  #differing(W: Int32Array, initial: Int32Array, from: number, to: number): void {
    let low = this.low;
    let high = this.high;
    for (let i = from; i < to; i++) {
      const value = W[i] ?? 0;
      if (value === initial[i]) continue;
      // Mixed with its place and summed up: the order of words does not matter.
      let h = Math.imul(value ^ Math.imul(i, 0x9e3779b1), 0x85ebca6b);
      h ^= h >>> 15;
      h = Math.imul(h, 0xc2b2ae35);
      low = (low + (h ^ (h >>> 13))) | 0;
      let g = Math.imul(value + Math.imul(i, 0x27d4eb2f), 0x165667b1);
      g ^= g >>> 13;
      g = Math.imul(g, 0x9e3779b1);
      high = (high + (g ^ (g >>> 16))) | 0;
    }
    this.low = low;
    this.high = high;
  }
}
