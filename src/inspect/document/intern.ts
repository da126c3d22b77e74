/** Things that come again and again, kept once: their index stands for them. */
export class Interned<T> {
  readonly items: T[] = [];
  readonly #index = new Map<string, number>();
  readonly #key: (item: T) => string;

  constructor(key: (item: T) => string) {
    this.#key = key;
  }

  of(item: T): number {
    const key = this.#key(item);
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    this.#index.set(key, this.items.length);
    this.items.push(item);
    return this.items.length - 1;
  }
}
