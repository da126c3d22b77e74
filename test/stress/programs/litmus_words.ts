/** Memory of the litmus programs: slots on cache lines of their own. */
import { struct, words } from '../../../src/memory/layout.ts';

/** Words of a cache line. */
export const LINE = 16;
export const SLOTS = 128;

export const litmus = struct('litmus', {
  x_turn: words(LINE, 'slot that the first has come to'),
  x: words(SLOTS * LINE, 'stored by the first'),
  y_turn: words(LINE, 'slot that the second has come to'),
  y: words(SLOTS * LINE, 'stored by the second'),
  seen_y: words(SLOTS, 'what the first read'),
  seen_x: words(SLOTS, 'what the second read'),
});

/** Takes 0 to some 100 ns, depending on the side and the slot. */
export function linger(side: number, slot: number): number {
  let x = slot;
  for (let i = (slot * ((side & 0xff) | 1)) % 97; i > 0; i--) x = Math.imul(x, 31) + i;
  return x;
}
