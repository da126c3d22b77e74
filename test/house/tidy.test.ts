import { describe, expect, test } from 'vitest';
import { CODE_RULES, longFunctions } from './code-rules.ts';
import { LONG_FILES, LONG_FUNCTIONS } from './exceptions.ts';
import { TEXT_RULES } from './text-rules.ts';
import { paths, read, textFiles } from './tree.ts';

const files = textFiles();

describe.each([...TEXT_RULES, ...CODE_RULES])('$name', (rule) => {
  test('in every file', () => {
    const broken = files
      .filter(({ path }) => rule.applies(path))
      .flatMap((file) => rule.check(file).map((why) => `${file.path}: ${why}`));
    expect(broken).toEqual([]);
  });

  test('or it is caught', () => {
    for (const canary of rule.canaries) {
      expect(rule.applies(canary.path), canary.path).toBe(true);
      expect(rule.check(canary), canary.text).not.toEqual([]);
    }
    for (const innocent of rule.innocents) {
      expect(rule.check(innocent), innocent.text).toEqual([]);
    }
  });
});

test('every exception is needed', () => {
  const long = Object.keys(LONG_FILES).filter((path) => read(path).text.split('\n').length <= 301);
  const functions = Object.keys(LONG_FUNCTIONS).filter((key) => {
    const [path = '', name] = key.split(':');
    return !longFunctions(read(path)).some((found) => found.name === name);
  });
  expect([...long, ...functions]).toEqual([]);
});

test('tests mirror the tree: each folder of the sources has one of tests', () => {
  const all = paths();
  const folders = new Set(all.flatMap((path) => /^src\/([^/]+)\/.*\.ts$/.exec(path)?.[1] ?? []));
  const tested = new Set(
    all.flatMap((path) => /^test\/([^/]+)\/.*\.test\.ts$/.exec(path)?.[1] ?? []),
  );
  expect([...folders].filter((folder) => !tested.has(folder))).toEqual([]);
});

test('no file named a test lies where the runner does not look', () => {
  const strays = paths().filter((path) => /\.(test|spec)\.\w+$/.test(path));
  expect(strays.filter((path) => !/^test\/.*\.test\.ts$/.test(path))).toEqual([]);
});
