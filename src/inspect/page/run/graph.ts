/**
 * The trees and lists of a memory, drawn from its pointers alone: rings of list_heads, and child
 * and sibling pointers. Nothing here knows what a PE or a bus is.
 */
import type { MemoryObject, Objects } from './objects.ts';

/** Objects reached from one by one relation, in its order. */
export interface Branch {
  /** `child_list`, `devices` */
  readonly relation: string;
  readonly children: readonly MemoryObject[];
  /** Where the walk ended other than at its head: a poisoned or lost pointer. */
  readonly broken: string;
}

const RING_MAX = 4096;
/** What kernel code calls the head of a list, and what it calls an entry. */
const HEAD_NAMES = /(^|[._])(children|\w*[^s]s|head|queue|orphan_pes)$/;
const ENTRY_NAMES = /(^|[._])(list|node|entry|link|child|sibling|pe_sibling|orphan)$/;

export class Graph {
  readonly #objects: Objects;
  readonly #words: Int32Array;

  constructor(objects: Objects, words: Int32Array) {
    this.#objects = objects;
    this.#words = words;
  }

  /** What hangs off an object. */
  branches(object: MemoryObject): readonly Branch[] {
    return [...this.#lists(object), ...this.#siblings(object)];
  }

  /** Objects that have branches and hang off none. */
  roots(shown: readonly MemoryObject[]): readonly MemoryObject[] {
    const below = new Set<MemoryObject>();
    const outer = shown.filter((object) => this.branches(object).length > 0);
    for (const object of outer) {
      for (const { children } of this.branches(object)) {
        for (const child of children) if (child !== object) below.add(child);
      }
    }
    return outer.filter((object) => !below.has(object));
  }

  #lists(object: MemoryObject): readonly Branch[] {
    const { struct, base } = object;
    const isList = struct.name === 'list_head';
    const heads = isList
      ? [{ offset: 0, path: 'list' }]
      : struct.parts.filter((part) => part.struct === 'list_head');
    return heads.flatMap(({ offset, path }) => {
      const at = base + offset;
      const { members, broken } = this.#ring(at);
      if (members.length === 0 || this.#headOf([at, ...members]) !== at) return [];
      const children = members.flatMap((member) => this.#objects.place(member)?.object ?? []);
      return [{ relation: isList ? '' : path, children, broken }];
    });
  }

  /** The other list_heads of a ring, in order. */
  #ring(start: number): { readonly members: readonly number[]; readonly broken: string } {
    const members: number[] = [];
    let at = this.#words[start] ?? 0;
    while (at !== start && members.length < RING_MAX) {
      const place = this.#objects.place(at);
      if (place === undefined) {
        const isUnused = at === 0 || members.length === 0;
        return { members, broken: isUnused ? '' : this.#objects.pointerText(at) };
      }
      members.push(at);
      at = this.#words[at] ?? 0;
      if (members.includes(at)) break;
    }
    return { members, broken: '' };
  }

  /** The one that is unlike the others; of two, the one that is called like a head. */
  #headOf(ring: readonly number[]): number {
    const scores = ring.map((at) => this.#headScore(at, ring));
    const best = Math.max(...scores);
    return ring[scores.indexOf(best)] ?? 0;
  }

  #headScore(at: number, ring: readonly number[]): number {
    const field = this.#fieldOf(at);
    if (field === 'list_head.next') return 8;
    const alike = ring.filter((other) => this.#fieldOf(other) === field).length;
    const path = field.slice(field.indexOf('.') + 1).replace(/\.next$/, '');
    const called = HEAD_NAMES.test(path) ? 3 : ENTRY_NAMES.test(path) ? -2 : 0;
    const list = /_list$/.test(path) ? 2 : 0;
    return called + list + (ring.length > 2 && alike === 1 ? 6 : 0);
  }

  #fieldOf(at: number): string {
    const place = this.#objects.place(at);
    return place === undefined ? '' : `${place.object.struct.name}.${place.path}`;
  }

  /** `child` of the parent, then `sibling` of each child. */
  #siblings(object: MemoryObject): readonly Branch[] {
    const first = wordOf(object, /^(child|children|first)$/);
    if (first === undefined) return [];
    const children: MemoryObject[] = [];
    let at = this.#words[object.base + first] ?? 0;
    while (at !== 0 && children.length < RING_MAX) {
      const place = this.#objects.place(at);
      if (place?.offset !== 0 || children.includes(place.object)) break;
      children.push(place.object);
      const next = wordOf(place.object, /^(sibling|next)$/);
      at = next === undefined ? 0 : (this.#words[place.object.base + next] ?? 0);
    }
    const relation = object.struct.words[first]?.path ?? '';
    return children.length === 0 ? [] : [{ relation, children, broken: '' }];
  }
}

function wordOf({ struct }: MemoryObject, name: RegExp): number | undefined {
  const found = struct.words.findIndex(({ path }) => name.test(path));
  return found < 0 ? undefined : found;
}
