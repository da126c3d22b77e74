/** Lowered code still knows where it comes from. */
import { globSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Engine } from '../../../src/explore/engine.ts';
import { replay } from '../../../src/explore/replay.ts';
import { metas } from '../../../src/ops/flat.ts';
import { installLowering, lower } from '../../../src/ops/lower/hooks.ts';
import { isProcedureModule } from '../../../src/ops/lower/source.ts';
import { OPS } from '../../../src/ops/vocabulary.ts';

installLowering('explored');
const sct = await import('../../explore/sct_programs.ts');
const kernel = await import('../../explore/kernel_programs.ts');

const top = fileURLToPath(new URL('../../../', import.meta.url));
const modules = globSync('{actors,src/sync,src/bench,test/programs}/**/*.ts', { cwd: top })
  .map((path) => ({ path, source: readFileSync(`${top}${path}`, 'utf8') }))
  .filter(({ source }) => isProcedureModule(source));

const names = Object.keys(OPS).join('|');
const opCall = new RegExp(`\\b(${names})\\(`, 'g');

/** Line and column (from 0) of an offset. */
function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, column: before.at(-1)?.length ?? 0 };
}

describe('source maps', () => {
  test('there are modules to look at', () => {
    expect(modules.length).toBeGreaterThan(20);
  });

  test.each(['native', 'sanitized'] as const)('%s: every operation maps to its place', (form) => {
    let checked = 0;
    for (const { path, source } of modules) {
      const { code, map } = lower(source, `${top}${path}`, form);
      // The map is JSON that magic-string wrote.
      const payload = JSON.parse(map) as SourceMapPayload;
      expect(payload.sources).toEqual([path]);
      const decoded = new SourceMap(payload);
      const lines = source.split('\n');
      for (const match of code.matchAll(opCall)) {
        const { line, column } = placeOf(code, match.index);
        const entry = decoded.findEntry(line, column);
        if (!('originalLine' in entry)) throw new Error(`${path}: ${match[0]} has no place`);
        const there = lines[entry.originalLine]?.slice(entry.originalColumn) ?? '';
        expect(there.startsWith(match[1] ?? '?'), `${path}:${entry.originalLine + 1}`).toBe(true);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(500);
  });
});

describe('the flat form', () => {
  test('every label that waits stands on a line with a yield', () => {
    let checked = 0;
    for (const { file, lines } of metas) {
      const text = modules.find(({ path }) => path === file)?.source.split('\n');
      if (text === undefined) continue;
      // A call may be broken over lines: the yield stands on the call's first.
      for (const line of lines) {
        if (line === 0) continue;
        const here = `${text[line - 2] ?? ''} ${text[line - 1] ?? ''}`;
        expect(here, `${file}:${line}`).toMatch(/yield/);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(100);
  });

  test.each([
    ['qsort_mt', sct.qsortMt(true)],
    ['bbuf', sct.boundedBuffer('none')],
    ['remove against open', kernel.removeAgainstOpen(true)],
    ['event queue', kernel.eventQueue(false)],
  ])('%s: each step of a trace names its operation, procedure and callers', (_name, made) => {
    const { trace } = replay(new Engine(made), { actors: [], choices: [] }, 2_000);
    // Backwards, so that a kind with two names keeps the first.
    const entries = Object.entries(OPS).reverse();
    const byKind = new Map(entries.map(([name, { kind }]) => [kind, name]));
    expect(trace.steps.length).toBeGreaterThan(5);
    for (const { kind, stack } of trace.steps) {
      const [place] = stack;
      const text = modules.find(({ path }) => path === place?.file)?.source.split('\n') ?? [];
      expect(text[(place?.line ?? 0) - 1]).toContain(byKind.get(kind));
      const procedures = new RegExp(`function\\* ${place?.procedure}\\(`);
      expect(text.some((line) => procedures.test(line))).toBe(true);
    }
    expect(trace.steps.some(({ stack }) => stack.length === 2)).toBe(true);
  });
});
