/** Memory at any position: a keyframe every 256 steps, and the journal from there on. */
import type { DocumentMemory } from './document.ts';

const KEYFRAME_STEPS = 256;
/** Keyframes hold this many words together at most; longer runs have them further apart. */
const KEYFRAME_WORDS_MAX = 32_000_000;

export class MemoryAt {
  readonly #memory: DocumentMemory;
  readonly #every: number;
  /** Memory at positions 0, every, 2 * every, ... */
  readonly #keyframes: Int32Array[] = [];
  /** Entries of the journal before each keyframe. */
  readonly #before: number[] = [];
  /** Indices into the journal, by word. */
  readonly #byWord = new Map<number, number[]>();

  constructor(memory: DocumentMemory, steps: number) {
    this.#memory = memory;
    const frames = Math.max(1, Math.floor(KEYFRAME_WORDS_MAX / Math.max(1, memory.imageWords)));
    this.#every = Math.max(KEYFRAME_STEPS, Math.ceil((steps + 1) / frames));
    const words = Int32Array.from(memory.initial);
    const { at, addr, value } = memory.journal;
    let next = 0;
    for (let position = 0; position <= steps; position += this.#every) {
      for (; next < at.length && (at[next] ?? 0) <= position; next++) {
        words[addr[next] ?? 0] = value[next] ?? 0;
      }
      this.#keyframes.push(words.slice());
      this.#before.push(next);
    }
    addr.forEach((word, i) => {
      const known = this.#byWord.get(word);
      if (known === undefined) this.#byWord.set(word, [i]);
      else known.push(i);
    });
  }

  /** All words at a position: a copy. */
  words(position: number): Int32Array {
    const frame = Math.max(0, Math.min(this.#keyframes.length - 1, (position / this.#every) | 0));
    const words = (this.#keyframes[frame] ?? new Int32Array(0)).slice();
    const { at, addr, value } = this.#memory.journal;
    for (let i = this.#before[frame] ?? 0; i < at.length && (at[i] ?? 0) <= position; i++) {
      words[addr[i] ?? 0] = value[i] ?? 0;
    }
    return words;
  }

  /** Words that changed on the way to a position from the one before it. */
  changedAt(position: number): ReadonlySet<number> {
    const { at, addr } = this.#memory.journal;
    const changed = new Set<number>();
    for (let i = lowerBound(at, position); i < at.length && at[i] === position; i++) {
      changed.add(addr[i] ?? 0);
    }
    return changed;
  }

  /** The last position up to `position` at which a word took its value, 0: it never changed. */
  lastChange(word: number, position: number): number {
    const { at } = this.#memory.journal;
    const found = this.#byWord.get(word)?.findLast((i) => (at[i] ?? 0) <= position);
    return found === undefined ? 0 : (at[found] ?? 0);
  }

  /** Positions at which a word changed, and to what. */
  history(word: number): readonly { readonly at: number; readonly value: number }[] {
    const { at, value } = this.#memory.journal;
    const found = this.#byWord.get(word) ?? [];
    return found.map((i) => ({ at: at[i] ?? 0, value: value[i] ?? 0 }));
  }
}

/** Index of the first entry of an ascending column that is not below a value. */
export function lowerBound(column: readonly number[], value: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((column[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
