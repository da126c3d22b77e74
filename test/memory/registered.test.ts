import { expect, test } from 'vitest';
import { stableId, structInfo } from '../../src/memory/layout.ts';
import { isCode, paths, read, TOP } from '../house/tree.ts';

/** The sources that declare structs; importing them all declares all in this one process. */
const sources = paths()
  .filter((path) => isCode(path) && !path.startsWith('test/'))
  .map((path) => ({ path, names: declaredIn(path) }))
  .filter(({ names }) => names.length > 0);

function declaredIn(path: string): readonly string[] {
  return [...read(path).text.matchAll(/\bstruct\('(\w+)'/g)].map((match) => match[1] ?? '');
}

// Two names with one id would throw here.
for (const { path } of sources) await import(TOP + path);
const declared = sources.flatMap(({ names }) => names);
const infos = declared.map((name) => structInfo(stableId(name)));

test('each declared struct is registered under an id of its own', () => {
  expect(declared.length).toBeGreaterThan(20);
  expect(infos.map(({ name }) => name)).toEqual(declared);
  expect(new Set(infos.map(({ typeid }) => typeid)).size).toBe(declared.length);
});

test('every struct has a word, and each word a path of its own', () => {
  for (const { name, sizeof, words } of infos) {
    expect(sizeof, name).toBeGreaterThan(0);
    expect(words.map(({ offset }) => offset)).toEqual(Array.from({ length: sizeof }, (_, i) => i));
    expect(new Set(words.map(({ path }) => path)).size, name).toBe(sizeof);
  }
});

test('what is embedded lies within its struct, and is a struct', () => {
  const sizes = new Map(infos.map(({ name, sizeof }) => [name, sizeof]));
  for (const { name, sizeof, parts } of infos) {
    for (const part of parts) {
      const size = sizes.get(part.struct) ?? Number.NaN;
      expect(part.offset + size, `${name}.${part.path}`).toBeLessThanOrEqual(sizeof);
    }
  }
});
