import { SourceMap } from 'node:module';
import { expect, test } from 'vitest';
import { packModule } from '../../src/build/module.ts';
import { isPackaged } from '../../src/build/trees.ts';
import { read } from '../house/tree.ts';

const lines = (text: string): string[] => text.split('\n');

test('types become blanks, modules of ours get their packed names, nothing else moves', () => {
  const source = [
    "import type { A } from './a.ts';",
    "import { b } from '../b.ts';",
    "import { resolve } from 'node:path';",
    "export { c } from './c.ts';",
    "const d: string = 'd.ts'; // ./d.ts",
    "const e = await import('./e.ts');",
    "const f = new URL('./f.ts', import.meta.url), g = new URL('../g.json', import.meta.url);",
    "const h = new URL('./h.ts', d);",
  ].join('\n');
  const { code, map, specifiers } = packModule('src/trace/a.ts', source, 'native');
  expect(map).toBe(undefined);
  expect(lines(code)).toEqual([
    ' '.repeat(32),
    "import { b } from '../b.js';",
    "import { resolve } from 'node:path';",
    "export { c } from './c.js';",
    "const d         = 'd.ts'; // ./d.ts",
    "const e = await import('./e.js');",
    "const f = new URL('./f.js', import.meta.url), g = new URL('../g.json', import.meta.url);",
    "const h = new URL('./h.ts', d);",
  ]);
  expect(specifiers.toSorted()).toEqual(['../b.js', './c.js', './e.js', './f.js', 'node:path']);
});

test.each(['native', 'sanitized'] as const)('%s: each line of a procedure maps to its own', (l) => {
  const path = 'actors/list.ts';
  const source = read(path).text;
  const { code, map, specifiers } = packModule(path, source, l);
  expect(code).not.toMatch(/\byield\b(?!.*\*)/);
  expect(code).toMatch(/^\/\/# sourceMappingURL=list\.js\.map$/m);
  expect(specifiers).toContain('#ops');
  const parsed = JSON.parse(map ?? '{}');
  expect(parsed.sources).toEqual([`../../../actors/list.ts`]);
  const sourceMap = new SourceMap(parsed);
  const at = lines(source).findIndex((line) => line.startsWith('export function* list_del'));
  expect(sourceMap.findEntry(at + 1, 4)).toMatchObject({ originalLine: at + 1 });
});

test('explored: a procedure is a step function, its runtime is named from where it lies', () => {
  const { code, specifiers } = packModule(
    'actors/list.ts',
    read('actors/list.ts').text,
    'explored',
  );
  expect(code).toContain('function list_insert(W,c,f)');
  expect(specifiers).toEqual(expect.arrayContaining(['../src/ops/flat.js', '../src/ops/sites.js']));
});

test('what leads out of the package is seen', () => {
  const packed = new Set(['src/cli/a.js', 'src/ops/b.js']);
  const is = (specifier: string): boolean => isPackaged(specifier, 'src/cli/a.ts', packed, ['zod']);
  expect(['../ops/b.js', './a.js', '#ops', 'node:fs', 'zod', 'zod/mini'].filter(is)).toHaveLength(
    6,
  );
  expect(['../bench/c.js', 'vitest', 'zodiac', '../../test/a.js'].filter(is)).toEqual([]);
});
