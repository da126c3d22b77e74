import { describe, expect, test } from 'vitest';
import {
  generationAt,
  ImageBuilder,
  type MemoryLayout,
  NULL_GUARD,
  nameOfAddress,
  nameOfPointer,
  STATUS,
} from '../../src/memory/image.ts';
import {
  LIST_POISON1,
  POISON_END_WORD,
  POISON_FREE_WORD,
} from '../../src/memory/kernel_structs.ts';
import { board, node } from './structs.ts';

/** A board, then a cache of three nodes of which the first is taken. */
function built(): {
  readonly layout: MemoryLayout;
  readonly image: Int32Array;
  readonly at: number;
  readonly first: number;
} {
  const builder = new ImageBuilder();
  const at = builder.static_('the_board', board);
  builder.cache(node, 3, 2);
  const first = builder.alloc(node);
  builder.poke(at + board.nodes.next, first + node.list.at);
  builder.poke(first + node.value, 0xffff_ffff);
  return { ...builder.build(), at, first };
}

const { layout, image, at, first } = built();
/** From one slot to the next: the object and the red zone after it. */
const STRIDE = node.sizeof + 1;

describe('an image', () => {
  test('begins with words that nobody may touch, for NULL and offsets from it', () => {
    expect(at).toBe(NULL_GUARD);
    expect(layout.objectOf.slice(0, NULL_GUARD).every((object) => object === 0)).toBe(true);
  });

  test('has an unmapped word after each object', () => {
    expect([first, layout.words]).toEqual([at + board.sizeof + 1, first + 3 * STRIDE]);
    for (const { base, info } of layout.objects) {
      const owned = layout.objectOf[base];
      expect(layout.objectOf.slice(base, base + info.sizeof).every((o) => o === owned)).toBe(true);
      expect(layout.objectOf[base + info.sizeof]).toBe(0);
    }
  });

  test('knows its objects in the order of their addresses', () => {
    const names = ['the_board', 'memory_node#0', 'memory_node#1', 'memory_node#2'];
    expect(layout.objects.map(({ name }) => name)).toEqual(names);
    expect(layout.objects.map(({ cache }) => cache)).toEqual([-1, 0, 0, 0]);
    expect(layout.objects.map(({ base }) => layout.objectOf[base])).toEqual([1, 2, 3, 4]);
    const [cache] = layout.caches;
    expect([cache?.first, cache?.slots, cache?.quarantine]).toEqual([1, 3, 2]);
  });

  test('is zeroed where something lives, and poisoned where nothing does yet', () => {
    expect([...image.slice(first + 1, first + node.sizeof)]).toEqual([0, 0]);
    for (const base of [first + STRIDE, first + 2 * STRIDE]) {
      const slot = [...image.slice(base, base + node.sizeof)];
      expect(slot).toEqual([POISON_FREE_WORD, POISON_FREE_WORD, POISON_END_WORD]);
    }
  });

  test('holds what was poked, as an int32', () => {
    expect(image[at + board.nodes.next]).toBe(first + node.list.at);
    expect(image[first + node.value]).toBe(-1);
  });

  test('ends with the allocator: status and age of each, frees of a cache, generations', () => {
    expect(image.length).toBe(layout.imageWords);
    const { LIVE, NEVER } = STATUS;
    const status = [LIVE, 0, LIVE, 0, NEVER, 0, NEVER, 0];
    const frees = [0];
    const generations = [1, 1, 0, 0];
    expect([...image.slice(layout.words)]).toEqual([...status, ...frees, ...generations]);
    expect(image[generationAt(layout, 1)]).toBe(1);
    expect(generationAt(layout, 3)).toBe(layout.imageWords - 1);
  });
});

describe('names', () => {
  test.each([
    [at, 'the_board.lock.val', 'the_board'],
    [at + board.nodes.prev, 'the_board.nodes.prev', '&the_board.nodes.prev'],
    [at + board.slots.at + 1, 'the_board.slots[1]', '&the_board.slots[1]'],
    [first, 'memory_node#0.value', 'memory_node#0'],
    [first + STRIDE + node.list.next, 'memory_node#1.list.next', '&memory_node#1.list.next'],
    [0, 'NULL', 'NULL'],
    [5, 'NULL+5', 'NULL+5'],
    // The red zone after an object, a word after all memory, and a poisoned pointer are nobody's.
    [at + board.sizeof, '0x46', '0x46'],
    [layout.words + 1, '0x54', '0x54'],
    [-1, '0xffffffff', '0xffffffff'],
    [LIST_POISON1, '0x5dead100', '0x5dead100'],
  ])('the word at %d is %s, a pointer to it %s', (addr, word, pointer) => {
    expect([nameOfAddress(layout, addr), nameOfPointer(layout, addr)]).toEqual([word, pointer]);
  });

  test('an object taken under a label is called by it', () => {
    const builder = new ImageBuilder();
    builder.cache(node, 2, 0);
    const [plain, labelled] = [builder.alloc(node), builder.alloc(node, 'PE 1')];
    const made = builder.build().layout;
    expect(nameOfAddress(made, labelled)).toBe('PE 1.value');
    expect(nameOfPointer(made, plain)).toBe('memory_node#0');
  });
});

describe('a builder', () => {
  test('hands out the lowest slot first, and no more than there are', () => {
    const builder = new ImageBuilder();
    builder.cache(node, 2, 0);
    const [one, two] = [builder.alloc(node), builder.alloc(node)];
    expect(two - one).toBe(STRIDE);
    expect(() => builder.alloc(node)).toThrow('[hotrace bug] no slot left for memory_node');
    expect(() => builder.alloc(board)).toThrow('[hotrace bug] no slot left for memory_board');
  });

  test('pokes only into memory, and peeks at what it poked', () => {
    const builder = new ImageBuilder();
    const base = builder.static_('board', board);
    builder.poke(base, 7);
    expect([builder.peek(base), builder.peek(base + 1)]).toEqual([7, 0]);
    for (const outside of [0, NULL_GUARD - 1, base + board.sizeof + 1]) {
      expect(() => builder.poke(outside, 1)).toThrow('[hotrace bug] poke outside memory');
    }
  });

  test('builds equal images of equal calls', () => {
    expect(built().image).toEqual(image);
  });
});
