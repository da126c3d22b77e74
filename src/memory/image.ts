/**
 * The memory of one run: statics and slab caches laid out once, and the image every execution and
 * every stress round starts from. Fixed length, never grown.
 *
 *   [0, NULL_GUARD)            never mapped: a NULL pointer plus an offset lands here
 *   [NULL_GUARD, words)        statics and slab slots, one unmapped red-zone word after each
 *   [words, words + 2*objects) per object: status, then its place in the order of frees
 *   ... one word per cache:    frees so far
 *   ... one word per object:   its generation, counted up by each allocation
 */
import { POISON_END_WORD, POISON_FREE_WORD } from './kernel_structs.ts';
import { type Struct, type StructInfo, structInfo } from './layout.ts';

export const NULL_GUARD = 64;
/** Object status words. NEVER: not allocated yet; FREED: in quarantine; FREE: may be handed out. */
export const STATUS = { NEVER: 0, LIVE: 1, FREED: 2, FREE: 3 } as const;

export interface ObjectInfo {
  readonly base: number;
  readonly info: StructInfo;
  /** Index of its cache, or -1 for a static. */
  readonly cache: number;
  /** `eeh_pe#2`, a static's name, or the label it was given. */
  readonly name: string;
}

export interface CacheInfo {
  readonly info: StructInfo;
  /** Object indices of its slots: a run of `slots` from `first`. */
  readonly first: number;
  readonly slots: number;
  /** Frees that a slot waits before it is handed out again; 0 = reuse at once. */
  readonly quarantine: number;
}

export interface MemoryLayout {
  /** Addressable words, guard included. */
  readonly words: number;
  /** Addressable words plus allocator words: the length of an image. */
  readonly imageWords: number;
  /** Object index + 1 of each word, 0 where nothing is mapped. */
  readonly objectOf: Int32Array;
  readonly objects: readonly ObjectInfo[];
  readonly caches: readonly CacheInfo[];
}

/** Anything struct() made. */
export type AnyStruct = Pick<Struct<Record<never, never>>, 'sizeof' | 'typeid'>;

export class ImageBuilder {
  readonly #objects: { base: number; info: StructInfo; cache: number; name: string }[] = [];
  readonly #caches: CacheInfo[] = [];
  readonly #live = new Set<number>();
  readonly #pokes = new Map<number, number>();
  #next = NULL_GUARD;

  /** A static object (zeroed, never freed); its address, a multiple of `align` words. */
  static_(name: string, type: AnyStruct, align = 1): number {
    this.#next = Math.ceil(this.#next / align) * align;
    const index = this.#add(name, structInfo(type.typeid), -1);
    this.#live.add(index);
    return this.#at(index).base;
  }

  /** A slab cache: room for `slots` objects, handed out lowest address first. */
  cache(type: AnyStruct, slots: number, quarantine: number): void {
    const info = structInfo(type.typeid);
    const first = this.#objects.length;
    for (let i = 0; i < slots; i++) {
      this.#add(`${info.name}#${i}`, info, this.#caches.length);
    }
    this.#caches.push({ info, first, slots, quarantine });
  }

  /**
   * Takes a slot of a cache before the run starts, zeroed.
   * @throws Error `[hotrace bug]` when no cache of the struct has a slot left.
   */
  alloc(type: AnyStruct, label?: string): number {
    for (const cache of this.#caches) {
      if (cache.info.typeid !== type.typeid) continue;
      for (let i = cache.first; i < cache.first + cache.slots; i++) {
        if (this.#live.has(i)) continue;
        this.#live.add(i);
        const object = this.#at(i);
        if (label !== undefined) object.name = label;
        return object.base;
      }
    }
    throw new Error(`[hotrace bug] no slot left for ${structInfo(type.typeid).name}`);
  }

  poke(addr: number, value: number): void {
    if (addr < NULL_GUARD || addr >= this.#next) {
      throw new Error(`[hotrace bug] poke outside memory: ${addr}`);
    }
    this.#pokes.set(addr, value | 0);
  }

  peek(addr: number): number {
    return this.#pokes.get(addr) ?? 0;
  }

  build(): { layout: MemoryLayout; image: Int32Array } {
    const words = this.#next;
    const imageWords = words + 3 * this.#objects.length + this.#caches.length;
    const objectOf = new Int32Array(words);
    const image = new Int32Array(imageWords);
    this.#objects.forEach((object, index) => {
      const end = object.base + object.info.sizeof;
      objectOf.fill(index + 1, object.base, end);
      if (this.#live.has(index)) {
        image[words + 2 * index] = STATUS.LIVE;
        image[imageWords - this.#objects.length + index] = 1;
      } else {
        image.fill(POISON_FREE_WORD, object.base, end);
        image[end - 1] = POISON_END_WORD;
      }
    });
    for (const [addr, value] of this.#pokes) image[addr] = value;
    const layout = { words, imageWords, objectOf, objects: this.#objects, caches: this.#caches };
    return { layout, image };
  }

  #add(name: string, info: StructInfo, cache: number): number {
    const base = this.#next;
    this.#next = base + info.sizeof + 1;
    this.#objects.push({ base, info, cache, name });
    return this.#objects.length - 1;
  }

  #at(index: number): { base: number; info: StructInfo; cache: number; name: string } {
    const object = this.#objects[index];
    if (object === undefined) throw new Error(`[hotrace bug] no object ${index}`);
    return object;
  }
}

/** The word that counts the allocations of an object (by its index). */
export function generationAt(layout: MemoryLayout, object: number): number {
  return layout.imageWords - layout.objects.length + object;
}

/** `eeh_pe#2.child_list.next`, `pci_rescan_remove_lock.owner`, `NULL+0x5`, `0x5dead100`. */
export function nameOfAddress(layout: MemoryLayout, addr: number): string {
  if (addr >= 0 && addr < NULL_GUARD) return addr === 0 ? 'NULL' : `NULL+${addr}`;
  const index = layout.objectOf[addr] ?? 0;
  const object = layout.objects[index - 1];
  if (object === undefined) return `0x${(addr >>> 0).toString(16)}`;
  const field = object.info.words[addr - object.base];
  return field === undefined ? object.name : `${object.name}.${field.path}`;
}

/** The object a pointer points to (its base), or the word within it. */
export function nameOfPointer(layout: MemoryLayout, ptr: number): string {
  const index = layout.objectOf[ptr] ?? 0;
  const object = layout.objects[index - 1];
  if (object === undefined) return nameOfAddress(layout, ptr);
  return object.base === ptr ? object.name : `&${nameOfAddress(layout, ptr)}`;
}
