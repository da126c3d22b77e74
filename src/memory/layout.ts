/**
 * Struct layouts, declared once. A declaration gives word offsets (an int32 word is the unit of
 * everything), names for reports, and beside every field what it is and which lock guards it.
 *
 * `eeh_pe.child_list.next` is the offset of that word from the start of the object; an embedded
 * struct's own offset is `.at`; `eeh_pe.sizeof` its size in words; `eeh_pe.typeid` what kzalloc
 * takes.
 */

/**
 * One int32 word: what it holds, and what guards it ('' = nothing does, `const` = never changes).
 */
export interface Word {
  readonly shape: 'word';
  readonly doc: string;
  readonly guard: string;
}

/** `length` consecutive words. */
export interface Words {
  readonly shape: 'words';
  readonly length: number;
  readonly doc: string;
  readonly guard: string;
}

/** Another struct laid inside this one, as C does. */
export interface Embedded<F extends Fields> {
  readonly shape: 'embedded';
  readonly struct: Struct<F>;
  readonly doc: string;
  readonly lock: LockClass | undefined;
}

/** What lockdep knows of a lock word group: its class is the field, unless it opts out. */
export interface LockClass {
  /** lockdep_set_novalidate_class: order is not checked, recursion on one instance still is. */
  readonly novalidate: boolean;
}

export interface Fields {
  // biome-ignore lint/suspicious/noExplicitAny: a struct may embed any struct; inferred below.
  readonly [field: string]: Word | Words | Embedded<any>;
}

type Offset<T> = T extends Word
  ? number
  : T extends Words
    ? { readonly at: number; readonly length: number }
    : T extends Embedded<infer G>
      ? { readonly at: number } & Offsets<G>
      : never;

export type Offsets<F extends Fields> = { readonly [K in keyof F]: Offset<F[K]> };

export type Struct<F extends Fields> = Offsets<F> & {
  /** Size in words. */
  readonly sizeof: number;
  /** Stable over processes: a hash of the name. */
  readonly typeid: number;
};

/** One word of a struct as reports name it. */
export interface FieldName {
  readonly offset: number;
  /** `child_list.next`, `config_space[3]` */
  readonly path: string;
  readonly guard: string;
}

/** What the laboratory keeps of a struct beside its offsets. */
export interface StructInfo {
  readonly name: string;
  readonly typeid: number;
  readonly sizeof: number;
  /** One entry a word, in order. */
  readonly words: readonly FieldName[];
  /** Embedded structs by offset: where locks, lists and wait queues lie. */
  readonly parts: readonly StructPart[];
}

export interface StructPart {
  readonly offset: number;
  readonly path: string;
  readonly struct: string;
  readonly novalidate: boolean;
}

export function word(doc: string, guard = ''): Word {
  return { shape: 'word', doc, guard };
}

export function words(length: number, doc: string, guard = ''): Words {
  return { shape: 'words', length, doc, guard };
}

export function embed<F extends Fields>(
  struct: Struct<F>,
  doc: string,
  lock?: LockClass,
): Embedded<F> {
  return { shape: 'embedded', struct, doc, lock };
}

const registry = new Map<number, StructInfo>();

/** FNV-1a, 31 bits: ids that are the same in every process and thread. */
export function stableId(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 1) | 0;
}

/**
 * Declares a struct. The same name may be declared once per process.
 * @throws Error `[hotrace bug]` when a name is declared twice or two names share a typeid.
 */
export function struct<const F extends Fields>(name: string, fields: F): Struct<F> {
  const typeid = stableId(name);
  const wordNames: FieldName[] = [];
  const parts: StructPart[] = [];
  const offsets: Record<string, unknown> = {};
  for (const [field, spec] of Object.entries(fields)) {
    offsets[field] = place(field, spec, wordNames, parts);
  }
  const before = registry.get(typeid);
  if (before !== undefined) {
    throw new Error(`[hotrace bug] struct ${name}: typeid taken by struct ${before.name}`);
  }
  offsets['sizeof'] = wordNames.length;
  offsets['typeid'] = typeid;
  registry.set(typeid, { name, typeid, sizeof: wordNames.length, words: wordNames, parts });
  // The record was filled field by field; its static type is worked out by Offsets<F>.
  return Object.freeze(offsets) as Struct<F>;
}

// biome-ignore lint/suspicious/noExplicitAny: see Fields.
type AnyField = Word | Words | Embedded<any>;

function place(
  field: string,
  spec: AnyField,
  wordNames: FieldName[],
  parts: StructPart[],
): unknown {
  const at = wordNames.length;
  switch (spec.shape) {
    case 'word':
      wordNames.push({ offset: at, path: field, guard: spec.guard });
      return at;
    case 'words':
      for (let i = 0; i < spec.length; i++) {
        wordNames.push({ offset: at + i, path: `${field}[${i}]`, guard: spec.guard });
      }
      return Object.freeze({ at, length: spec.length });
    case 'embedded': {
      const inner = structInfo(spec.struct.typeid);
      for (const w of inner.words) {
        wordNames.push({ offset: at + w.offset, path: `${field}.${w.path}`, guard: w.guard });
      }
      const novalidate = spec.lock?.novalidate ?? false;
      parts.push({ offset: at, path: field, struct: inner.name, novalidate });
      for (const p of inner.parts) {
        parts.push({ ...p, offset: at + p.offset, path: `${field}.${p.path}` });
      }
      return shift(spec.struct, at);
    }
    default:
      return spec satisfies never;
  }
}

/** The offsets of an embedded struct seen from the outer one. */
function shift(offsets: object, by: number): unknown {
  const moved: Record<string, unknown> = { at: by };
  for (const [key, value] of Object.entries(offsets)) {
    if (key === 'typeid' || key === 'sizeof' || key === 'length') {
      moved[key] = value;
    } else if (typeof value === 'number') {
      moved[key] = value + by;
    } else if (typeof value === 'object' && value !== null) {
      // shift() answers a record of this kind.
      const inner = shift(value, by) as Record<string, unknown>;
      const at: unknown = Reflect.get(value, 'at');
      moved[key] = Object.freeze({ ...inner, at: typeof at === 'number' ? at + by : by });
    }
  }
  return Object.freeze(moved);
}

/** @throws Error `[hotrace bug]` for a typeid that no struct() declared. */
export function structInfo(typeid: number): StructInfo {
  const info = registry.get(typeid);
  if (info === undefined) {
    throw new Error(`[hotrace bug] no struct has typeid ${typeid}`);
  }
  return info;
}

/**
 * The same declaration once more, for who computes a loaded module's constants again
 * (ops/lower/wasm_modules.ts): the offsets, and nothing is declared.
 */
export function structAgain(name: string, fields: Fields): Readonly<Record<string, unknown>> {
  const wordNames: FieldName[] = [];
  const offsets: Record<string, unknown> = {};
  for (const [field, spec] of Object.entries(fields)) {
    offsets[field] = place(field, spec, wordNames, []);
  }
  return Object.freeze({ ...offsets, sizeof: wordNames.length, typeid: stableId(name) });
}
