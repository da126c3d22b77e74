/** A lock's class, as lockdep has it: the field it lies in, or the static's name. */
import type { MemoryLayout } from '../memory/image.ts';

/** The lock graph is a matrix of bits. */
const CLASSES_MAX = 31;
const LOCK_STRUCTS = new Set(['spinlock', 'mutex', 'rw_semaphore']);
/** lockdep_set_novalidate_class: its order is not checked. */
const UNCHECKED = -1;
const NO_LOCK = -2;

export interface LockClasses {
  readonly names: readonly string[];
  /** Class of the lock at an address, or one of the two constants above. */
  readonly of: Int16Array;
}

export function lockClassesOf(layout: MemoryLayout): LockClasses {
  const names: string[] = [];
  const of = new Int16Array(layout.words).fill(NO_LOCK);
  const classIndex = (name: string): number => {
    const known = names.indexOf(name);
    return known >= 0 ? known : names.push(name) - 1;
  };
  for (const { base, info, cache, name } of layout.objects) {
    const owner = cache === -1 ? name : info.name;
    if (LOCK_STRUCTS.has(info.name)) of[base] = classIndex(owner);
    for (const part of info.parts) {
      if (!LOCK_STRUCTS.has(part.struct)) continue;
      const index = part.novalidate ? UNCHECKED : classIndex(`${owner}.${part.path}`);
      of[base + part.offset] = index;
    }
  }
  if (names.length > CLASSES_MAX) {
    throw new Error(`[hotrace bug] ${names.length} lock classes, at most ${CLASSES_MAX}`);
  }
  return { names, of };
}

/** A lock's name in messages: without the word inside it. */
export function lockName(name: string): string {
  return name.replace(/\.val$/, '');
}
