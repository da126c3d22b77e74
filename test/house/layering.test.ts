import { expect, test } from 'vitest';
import { circle, importsOf } from './imports.ts';
import { LAYERS, offence } from './layers.ts';
import { file } from './rule.ts';
import { isCode, paths, read } from './tree.ts';

const imports = paths()
  .filter((path) => (isCode(path) || path.endsWith('.tsx')) && !path.startsWith('test/'))
  .map(read)
  .flatMap(importsOf);

test('nothing imports upwards', () => {
  expect(imports.flatMap((found) => offence(found) ?? [])).toEqual([]);
});

test('no imports run in a circle', () => {
  expect(circle(imports)).toBe(undefined);
});

test('what is imported exists', () => {
  const missing = imports.filter(({ to }) => /^(src|actors|machines|test)\//.test(to));
  const there = new Set(paths());
  expect(missing.filter(({ to }) => !there.has(to)).map(({ from, to }) => [from, to])).toEqual([]);
});

test('each layer imports from layers that exist', () => {
  const folders = new Set([...LAYERS.map(({ folder }) => folder), 'dist/explored/src/cli']);
  const named = LAYERS.flatMap(({ ours, types = [] }) => [...ours, ...types]);
  expect(named.filter((name) => !folders.has(name) && !name.endsWith('.ts'))).toEqual([]);
});

test('all forms of import are seen, types too', () => {
  const source = file(
    'src/trace/a.ts',
    "import { a } from './a.ts';",
    "import type { B } from '../b/b.ts';",
    "import { type C, c } from 'c';",
    "import '#ops';",
    "export type { D } from './d.ts';",
    "export * from './e.ts';",
    'export type F = B;',
    "const g = await import('./g.ts');",
    "const w = new Worker(new URL('./worker.ts', import.meta.url));",
    "const h = new URL('h', import.meta.url); // import './comment.ts'",
  );
  const seen = importsOf(source).map(({ to, typeOnly, started }) => [to, typeOnly, started]);
  expect(seen).toEqual([
    ['src/trace/a.ts', false, false],
    ['src/b/b.ts', true, false],
    ['c', false, false],
    ['src/ops/reference.ts', false, false],
    ['src/trace/d.ts', true, false],
    ['src/trace/e.ts', false, false],
    ['src/trace/g.ts', false, false],
    ['src/trace/worker.ts', false, true],
  ]);
});

function offences(path: string, line: string): string[] {
  return importsOf(file(path, line)).flatMap((found) => offence(found) ?? []);
}

test.each([
  ['src/memory/a.ts', "import { read } from '../ops/reference.ts';"],
  ['src/ops/a.ts', "import type { A } from '../oracles/a.ts';"],
  ['src/sync/a.ts', "import { a } from '../explore/a.ts';"],
  ['actors/eeh/a.ts', "import { a } from '../../src/explore/a.ts';"],
  ['actors/eeh/a.ts', "import { readFileSync } from 'node:fs';"],
  ['machines/a.ts', "import { eventCodes } from '../src/ops/events.ts';"],
  ['machines/a.ts', "import { z } from 'zod';"],
  ['src/oracles/a.ts', "import { a } from '../actor/program.ts';"],
  ['src/oracles/a.ts', "import type { System } from '../scenarios/system.ts';"],
  ['src/trace/a.ts', "import { a } from '../oracles/kasan.ts';"],
  ['src/actor/a.ts', "import { eeh_pe_next } from '../../actors/eeh/eeh_pe.ts';"],
  ['src/explore/a.ts', "import type { System } from '../scenarios/system.ts';"],
  ['src/explore/a.ts', "const a = await import('../stress/a.ts');"],
  ['src/stress/a.ts', "import { a } from '../topology/a.ts';"],
  ['src/topology/a.ts', "import { a } from '../memory/layout.ts';"],
  ['src/scenarios/a.ts', "import { a } from '../cli/a.ts';"],
  ['src/cli/a.ts', "export { a } from '../bench/a.ts';"],
  ['src/scenarios/a.ts', "import { struct } from '../index.ts';"],
  ['src/index.ts', "export { explore } from './explore/explore.ts';"],
  ['src/index.ts', "export { VERDICTS } from './oracles/verdict.ts';"],
  ['src/cli/a.ts', "import { a } from '../../test/a.ts';"],
  ['src/elsewhere/a.ts', "import { a } from './b.ts';"],
  ['src/inspect/page/a.tsx', "import { Engine } from '../../explore/engine.ts';"],
  ['src/inspect/page/a.tsx', "import { readFileSync } from 'node:fs';"],
  ['src/inspect/page/a.ts', "import { makeDocument } from '../document/make.ts';"],
])('%s may not: %s', (path, line) => {
  expect(offences(path, line)).toHaveLength(1);
});

test.each([
  ['actors/eeh/a.ts', "import { read } from '#ops';"],
  ['actors/eeh/a.ts', "import { list_del } from '../pci/list.ts';"],
  ['machines/a.ts', "import { createMachine } from 'xstate';"],
  ['src/oracles/a.ts', "import type { Program } from '../actor/program.ts';"],
  ['src/actor/a.ts', "import type { A } from '../../actors/eeh/a.ts';"],
  ['src/trace/a.ts', "import { VERDICTS } from '../oracles/verdict.ts';"],
  ['src/scenarios/a.ts', "import { eehd } from '../../machines/eehd.ts';"],
  ['src/cli/a.ts', "import { explore } from '../explore/explore.ts';"],
  ['src/inspect/page/a.tsx', "import { useState } from 'preact/hooks';"],
  ['src/inspect/page/a.tsx', "import type { Chart } from '../chart/chart.ts';"],
  ['src/bench/a.ts', "import { makeScenario } from '../cli/scenario.ts';"],
  ['src/index.ts', "export { struct } from './memory/layout.ts';"],
  ['src/index.ts', "export type { Verdict } from './oracles/verdict.ts';"],
])('%s may: %s', (path, line) => {
  expect(offences(path, line)).toEqual([]);
});

test('a circle is told file by file', () => {
  const files = [
    file('src/a/a.ts', "import { b } from './b.ts';"),
    file('src/a/b.ts', "import { C } from './c.ts';"),
    file('src/a/c.ts', "import { b } from './b.ts';"),
    file('src/a/d.ts', "const d = new URL('./d.ts', import.meta.url);"),
    file('src/a/d.ts', "import type { D } from './d.ts';"),
  ];
  const names = ['src/a/b.ts', 'src/a/c.ts', 'src/a/b.ts'];
  expect(circle(files.flatMap(importsOf))).toEqual(names);
  expect(circle(files.slice(0, 2).flatMap(importsOf))).toBe(undefined);
  expect(circle(files.slice(3).flatMap(importsOf))).toBe(undefined);
});
