/** xorshift128: the only source of randomness; a seed gives the same numbers everywhere. */
export class Prng {
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  constructor(seed: number) {
    this.seed(seed, 0);
  }

  /** Starts stream `stream` of a seed: streams of one seed are unrelated. */
  seed(seed: number, stream: number): void {
    // Every word must depend on the stream: the generator is linear, so a word that is the same in
    // all streams makes the fourth draw a function of the ones before it.
    this.#a = mix(mix(seed ^ 0x9e3779b9) + stream);
    this.#b = mix(this.#a ^ 0x85ebca6b);
    this.#c = mix(this.#b + 0x27d4eb2f);
    this.#d = mix(this.#c ^ 0x165667b1) | 1;
    for (let i = 0; i < 4; i++) this.next();
  }

  /** 32 random bits, unsigned. */
  next(): number {
    let t = this.#d;
    const s = this.#a;
    this.#d = this.#c;
    this.#c = this.#b;
    this.#b = s;
    t ^= t << 11;
    t ^= t >>> 8;
    this.#a = t ^ s ^ (s >>> 19);
    return this.#a >>> 0;
  }

  /** 0 .. count-1. The bias is below count / 2^32. */
  below(count: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * count);
  }
}

function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
