/** kmemleak's rule: a live object that nothing reachable points to is a leak. */
import { type MemoryLayout, STATUS } from '../memory/image.ts';
import type { Finding } from './verdict.ts';

/**
 * Walks from statics and `roots` (registers) over every word that points into a live object.
 * Pointers into the middle of an object count, as list heads are such.
 */
export function findLeak(
  layout: MemoryLayout,
  words: Int32Array,
  roots: readonly number[],
): Finding | undefined {
  const reached = new Uint8Array(layout.objects.length);
  const queue: number[] = [];
  const visit = (pointer: number): void => {
    const index = (layout.objectOf[pointer] ?? 0) - 1;
    if (index < 0 || reached[index] === 1) return;
    if (words[layout.words + 2 * index] !== STATUS.LIVE) return;
    reached[index] = 1;
    queue.push(index);
  };
  layout.objects.forEach((object, index) => {
    if (object.cache === -1) {
      reached[index] = 1;
      queue.push(index);
    }
  });
  for (const root of roots) visit(root);
  // The queue grows while it is walked.
  for (const index of queue) {
    const object = layout.objects[index];
    if (object === undefined) continue;
    const end = object.base + object.info.sizeof;
    for (let addr = object.base; addr < end; addr++) {
      const value = words[addr] ?? 0;
      // An object that points into itself (an empty list head) does not keep itself alive.
      if (value > 0 && value < layout.words) visit(value);
    }
  }
  const lost = layout.objects.find(
    (_, i) => words[layout.words + 2 * i] === STATUS.LIVE && reached[i] === 0,
  );
  if (lost === undefined) return undefined;
  const message = `unreferenced object ${lost.name} (size ${4 * lost.info.sizeof})`;
  return { verdict: 'leak', oracle: 'kmemleak', message, addr: lost.base };
}
