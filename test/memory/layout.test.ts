import { describe, expect, test } from 'vitest';
import { list_head, mutex } from '../../src/memory/kernel_structs.ts';
import { embed, stableId, struct, structInfo, word, words } from '../../src/memory/layout.ts';

const inner = struct('layout_inner', {
  first: word('a word before the list'),
  list: embed(list_head, 'two words'),
  bytes: words(3, 'three words', 'lock'),
});
const middle = struct('layout_middle', {
  before: word('moves the embedded struct'),
  inner: embed(inner, 'six words', { novalidate: true }),
  lock: embed(mutex, 'three words'),
});
const outer = struct('layout_outer', {
  head: word('0', 'const'),
  middle: embed(middle, 'ten words'),
  again: embed(inner, 'six words'),
  last: word('17'),
});

describe('offsets', () => {
  test('words stand one after the other, from 0', () => {
    expect([inner.first, inner.list.at, inner.bytes.at, inner.sizeof]).toEqual([0, 1, 3, 6]);
    expect(inner.bytes.length).toBe(3);
  });

  test('an embedded struct is seen from the outer one, at any depth', () => {
    expect(outer.head).toBe(0);
    expect(outer.middle.at).toBe(1);
    expect(outer.middle.before).toBe(1);
    expect(outer.middle.inner.at).toBe(2);
    expect(outer.middle.inner.first).toBe(2);
    expect(outer.middle.inner.list.at).toBe(3);
    expect(outer.middle.inner.list.next).toBe(3);
    expect(outer.middle.inner.list.prev).toBe(4);
    expect(outer.middle.inner.bytes).toEqual({ at: 5, length: 3 });
    expect(outer.middle.lock.owner).toBe(9);
    expect(outer.again.list.prev).toBe(13);
    expect(outer.again.bytes).toEqual({ at: 14, length: 3 });
    expect([outer.last, outer.sizeof]).toEqual([17, 18]);
  });

  test('an inner struct keeps its own offsets where it stands alone', () => {
    expect([middle.inner.list.prev, inner.list.prev]).toEqual([3, 2]);
  });

  test('nothing of a layout can be written over', () => {
    for (const record of [outer, outer.middle, outer.middle.inner, outer.middle.inner.list]) {
      expect(Object.isFrozen(record)).toBe(true);
    }
  });
});

describe('names', () => {
  test('every word has its path and its guard', () => {
    const names = structInfo(outer.typeid).words;
    expect(names.map(({ offset }) => offset)).toEqual(Array.from({ length: 18 }, (_, i) => i));
    expect(names.slice(0, 8).map(({ path, guard }) => `${path} ${guard}`)).toEqual([
      'head const',
      'middle.before ',
      'middle.inner.first ',
      'middle.inner.list.next ',
      'middle.inner.list.prev ',
      'middle.inner.bytes[0] lock',
      'middle.inner.bytes[1] lock',
      'middle.inner.bytes[2] lock',
    ]);
  });

  test('embedded structs are listed by offset, with what lockdep leaves out', () => {
    const { parts } = structInfo(outer.typeid);
    const lines = parts.map((p) => `${p.offset} ${p.path} ${p.struct} ${p.novalidate}`);
    expect(lines).toEqual([
      '1 middle layout_middle false',
      '2 middle.inner layout_inner true',
      '3 middle.inner.list list_head false',
      '8 middle.lock mutex false',
      '11 again layout_inner false',
      '12 again.list list_head false',
    ]);
  });
});

test('a name is declared once', () => {
  expect(() => struct('layout_inner', { other: word('') })).toThrow(
    '[hotrace bug] struct layout_inner: typeid taken by struct layout_inner',
  );
});

test('a typeid that nobody declared is our own fault', () => {
  expect(() => structInfo(1)).toThrow('[hotrace bug] no struct has typeid 1');
});

test('an id is FNV-1a without its last bit: the same in every process, never negative', () => {
  expect(stableId('')).toBe(0x811c9dc5 >>> 1);
  expect(stableId('a')).toBe(0xe40c292c >>> 1);
  expect(stableId('foobar')).toBe(0xbf9cf968 >>> 1);
  expect(inner.typeid).toBe(stableId('layout_inner'));
});
