/**
 * Searched states that several workers share: what one has entered, the others leave out. Fixed
 * size; when it is full, new states are searched without being noted, which costs time and nothing
 * else. Two workers that meet a new state at the same moment may both search it: the same.
 */
import type { VisitedSet } from './visited.ts';

/** Words a slot: low half of the hash, high half, preemptions left + 1 (0 free, BUSY: written). */
const SLOT_WORDS = 3;
const BUSY = 255;
const FULL_SHARE = 0.75;

export function sharedStatesBuffer(capacity: number): SharedArrayBuffer {
  return new SharedArrayBuffer((capacity * SLOT_WORDS + 1) * 4);
}

export class SharedVisitedStates implements VisitedSet {
  readonly #slots: Int32Array;
  readonly #capacity: number;
  /** The word that counts entries of all workers. */
  readonly #countAt: number;
  #entered = 0;

  /** `buffer`: from sharedStatesBuffer(), its capacity a power of two. */
  constructor(buffer: SharedArrayBuffer) {
    this.#slots = new Int32Array(buffer);
    this.#capacity = (this.#slots.length - 1) / SLOT_WORDS;
    this.#countAt = this.#slots.length - 1;
  }

  /** States that this worker entered. */
  get count(): number {
    return this.#entered;
  }

  enter(low: number, high: number, left: number): boolean {
    const slots = this.#slots;
    const mask = this.#capacity - 1;
    const value = Math.min(left, 253) + 1;
    let slot = (low ^ Math.imul(high, 0x9e3779b1)) & mask;
    for (;;) {
      const at = slot * SLOT_WORDS;
      const known = Atomics.load(slots, at + 2);
      if (known === 0) {
        if (Atomics.load(slots, this.#countAt) > this.#capacity * FULL_SHARE) return true;
        if (Atomics.compareExchange(slots, at + 2, 0, BUSY) !== 0) continue;
        Atomics.store(slots, at, low);
        Atomics.store(slots, at + 1, high);
        Atomics.store(slots, at + 2, value);
        Atomics.add(slots, this.#countAt, 1);
        this.#entered++;
        return true;
      }
      // BUSY: another worker is writing; if it is this very state, both search it.
      const same =
        Atomics.load(slots, at) === (low | 0) && Atomics.load(slots, at + 1) === (high | 0);
      if (known !== BUSY && same) {
        if (known >= value) return false;
        Atomics.store(slots, at + 2, value);
        return true;
      }
      slot = (slot + 1) & mask;
    }
  }
}
