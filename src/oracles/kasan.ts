/**
 * What KASAN would say of an access: the object behind an address is live, freed, or none. Poisoned
 * list pointers are told from wild ones by the poison's value (include/linux/poison.h).
 */
import {
  generationAt,
  type MemoryLayout,
  NULL_GUARD,
  nameOfAddress,
  STATUS,
} from '../memory/image.ts';
import { nearPoison } from '../trace/values.ts';
import type { Finding, Verdict } from './verdict.ts';

/** True when the word may be accessed. `words` is the image (memory, then status words). */
export function isAccessible(layout: MemoryLayout, words: Int32Array, addr: number): boolean {
  const object = layout.objectOf[addr] ?? 0;
  return object !== 0 && words[layout.words + 2 * (object - 1)] === STATUS.LIVE;
}

/** The finding for an access that isAccessible() refused. */
export function badAccess(
  layout: MemoryLayout,
  words: Int32Array,
  addr: number,
  access: 'Read' | 'Write' | 'Lock' | 'Free',
): Finding {
  const [verdict, what] = classify(layout, words, addr);
  const verb = access === 'Free' ? 'free' : `${access.toLowerCase()} access`;
  const message = `${what}: ${verb} at ${describe(layout, words, addr)}`;
  return { verdict, oracle: 'kasan', message, addr };
}

function classify(layout: MemoryLayout, words: Int32Array, addr: number): [Verdict, string] {
  const object = layout.objectOf[addr] ?? 0;
  if (object !== 0) {
    const status = words[layout.words + 2 * (object - 1)];
    if (status === STATUS.FREED || status === STATUS.FREE) {
      return ['use-after-free', 'slab-use-after-free'];
    }
    return ['wild-access', 'wild-memory-access (never allocated)'];
  }
  if (addr >= 0 && addr < NULL_GUARD) return ['null-dereference', 'NULL pointer dereference'];
  if (nearPoison(addr) !== '') return ['use-after-free', 'general protection fault (poison)'];
  return ['wild-access', 'wild-memory-access'];
}

/** The word's name; an object that was handed out before says its how manyeth life it is in. */
function describe(layout: MemoryLayout, words: Int32Array, addr: number): string {
  const poison = nearPoison(addr);
  if (poison !== '') return poison;
  const object = (layout.objectOf[addr] ?? 0) - 1;
  const generation = object < 0 ? 0 : (words[generationAt(layout, object)] ?? 0);
  const life = generation > 1 ? ` (generation ${generation})` : '';
  return `${nameOfAddress(layout, addr)}${life}`;
}
