/** Objects, their fields and their names, from the layout alone. */
import type { DocumentMemory, DocumentStruct } from '../../document/document.ts';

/** memory/image.ts: status words of objects. */
const LIVE = 1;
const FREED = 2;
const NULL_GUARD = 64;
const POISON: ReadonlyMap<number, string> = new Map([
  [0x5dead100, 'LIST_POISON1'],
  [0x5dead122, 'LIST_POISON2'],
  [0x6b6b6b6b, 'POISON_FREE'],
  [0xa56b6b6b | 0, 'POISON_END'],
]);

export type Life = 'static' | 'never' | 'live' | 'freed';

export interface MemoryObject {
  readonly index: number;
  readonly base: number;
  readonly name: string;
  readonly struct: DocumentStruct;
  readonly isStatic: boolean;
}

export interface Place {
  readonly object: MemoryObject;
  /** `child_list.next` */
  readonly path: string;
  readonly offset: number;
}

export class Objects {
  readonly all: readonly MemoryObject[];
  readonly #memory: DocumentMemory;
  /** Index of the object of each word + 1, 0: none. */
  readonly #of: Int32Array;
  /** `eeh_pe.parent`: fields that only ever held pointers, NULL or poison. */
  readonly #pointerFields: ReadonlySet<string>;

  constructor(memory: DocumentMemory) {
    this.#memory = memory;
    this.#of = new Int32Array(memory.words);
    const all: MemoryObject[] = [];
    memory.objects.forEach(({ base, struct, cache, name }, index) => {
      const info = memory.structs[struct];
      if (info === undefined) return;
      this.#of.fill(index + 1, base, base + info.sizeof);
      all[index] = { index, base, name, struct: info, isStatic: cache < 0 };
    });
    this.all = all;
    this.#pointerFields = this.#findPointerFields();
  }

  /** The object and field that a word belongs to. */
  place(addr: number): Place | undefined {
    const object = this.all[(this.#of[addr] ?? 0) - 1];
    if (object === undefined) return undefined;
    const offset = addr - object.base;
    return { object, offset, path: object.struct.words[offset]?.path ?? '' };
  }

  /** `eeh_pe#2.child_list.next` */
  wordName(addr: number): string {
    const place = this.place(addr);
    if (place !== undefined) return `${place.object.name}.${place.path}`;
    return addr >= 0 && addr < NULL_GUARD ? `NULL+${addr}` : hex(addr);
  }

  /** A lock, a list head and the like: its object, and the part unless it is all of it. */
  partName(addr: number): string {
    const place = this.place(addr);
    if (place === undefined) return hex(addr);
    const part = place.object.struct.parts.find(({ offset }) => offset === place.offset);
    const isWhole = place.offset === 0 && part === undefined;
    return isWhole ? place.object.name : `${place.object.name}.${part?.path ?? place.path}`;
  }

  isPointerField(object: MemoryObject, offset: number): boolean {
    const path = object.struct.words[offset]?.path ?? '';
    return this.#pointerFields.has(`${object.struct.name}.${path}`);
  }

  /** The object that a word's value points into, if its field holds pointers. */
  target(addr: number, value: number): Place | undefined {
    const place = this.place(addr);
    if (place === undefined || !this.isPointerField(place.object, place.offset)) return undefined;
    return this.place(value);
  }

  /** A word's value as a reader wants it. */
  valueText(addr: number, value: number): string {
    const poison = POISON.get(value);
    if (poison !== undefined) return poison;
    const place = this.place(addr);
    if (place !== undefined && this.isPointerField(place.object, place.offset)) {
      return value === 0 ? 'NULL' : this.pointerText(value);
    }
    return Math.abs(value) < 1024 ? String(value) : hex(value);
  }

  pointerText(value: number): string {
    const to = this.place(value);
    if (to === undefined) return hex(value);
    return to.offset === 0 ? to.object.name : `&${this.partName(value)}`;
  }

  life(object: MemoryObject, words: Int32Array): Life {
    if (object.isStatic) return 'static';
    const status = words[this.#memory.words + 2 * object.index];
    if (status === LIVE) return 'live';
    return status === FREED || this.generation(object, words) > 0 ? 'freed' : 'never';
  }

  /** How often it was handed out. */
  generation(object: MemoryObject, words: Int32Array): number {
    const { imageWords, objects } = this.#memory;
    return words[imageWords - objects.length + object.index] ?? 0;
  }

  /** Live objects of caches that no live object points to. */
  orphans(words: Int32Array): ReadonlySet<MemoryObject> {
    const seen = new Set<number>();
    for (const from of this.all) {
      const life = this.life(from, words);
      if (life === 'never' || life === 'freed') continue;
      for (let i = 0; i < from.struct.sizeof; i++) {
        const to = this.#of[words[from.base + i] ?? 0] ?? 0;
        if (to !== 0 && to !== from.index + 1) seen.add(to - 1);
      }
    }
    const isOrphan = (o: MemoryObject): boolean => {
      return this.life(o, words) === 'live' && !seen.has(o.index);
    };
    return new Set(this.all.filter(isOrphan));
  }

  /** As trace/symbols.ts does it, over every value a field ever had. */
  #findPointerFields(): ReadonlySet<string> {
    const { initial, journal, words } = this.#memory;
    const held = new Map<string, boolean>();
    const note = (addr: number, value: number): void => {
      const place = addr < words ? this.place(addr) : undefined;
      if (place === undefined || value === 0 || POISON.has(value)) return;
      const field = `${place.object.struct.name}.${place.path}`;
      const to = this.place(value);
      const { parts } = to?.object.struct ?? { parts: [] };
      const isStart = to?.offset === 0 || parts.some(({ offset }) => offset === to?.offset);
      held.set(field, isStart && held.get(field) !== false);
    };
    for (const [addr, value] of initial.entries()) note(addr, value);
    for (const [i, addr] of journal.addr.entries()) note(addr, journal.value[i] ?? 0);
    return new Set([...held].filter(([, isPointer]) => isPointer).map(([field]) => field));
  }
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}
