import { readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { read, TOP } from './tree.ts';

const Versions = z.record(z.string(), z.string()).default({});
const Package = z.object({
  license: z.string(),
  bin: Versions,
  scripts: Versions,
  dependencies: Versions,
  devDependencies: Versions,
  allowScripts: z.record(z.string(), z.boolean()),
});
const Locked = z.object({
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  hasInstallScript: z.boolean().default(false),
  dependencies: Versions,
  devDependencies: Versions,
  optionalDependencies: Versions,
});
const Lock = z.object({ packages: z.record(z.string(), Locked) });

const own = Package.parse(JSON.parse(read('package.json').text));
const lockText = readFileSync(`${TOP}package-lock.json`, 'utf8');
const { packages } = Lock.parse(JSON.parse(lockText));

test('versions asked for are exact', () => {
  const asked = Object.entries({ ...own.dependencies, ...own.devDependencies });
  expect(asked.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

test('the lock file has what package.json asks for', () => {
  const top = packages[''];
  expect(top?.dependencies).toEqual(own.dependencies);
  expect(top?.devDependencies).toEqual(own.devDependencies);
});

test('the lock file names hashes, never where packages came from', () => {
  const installed = Object.entries(packages).filter(([path]) => path !== '');
  expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  expect(installed.filter(([, { integrity }]) => integrity === undefined)).toEqual([]);
  expect(lockText).not.toMatch(/registry\.\w+\.\w+/);
});

// Where one is missing, `npm ci` refuses the lock file on every machine.
test('the lock file has the binaries of every platform', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages),
    ),
  );
  expect(missing).toEqual([]);
});

test('only packages that were looked at may run a script when installed', () => {
  const scripted = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.replace('node_modules/', ''));
  const optional = new Set(['fsevents']);
  expect(scripted.filter((name) => !optional.has(name))).toEqual(Object.keys(own.allowScripts));
});

test('the licence is MIT', () => {
  expect(own.license).toBe('MIT');
  expect(read('LICENSE').text).toMatch(/^MIT License\n\nCopyright \(c\) \d{4} hotrace/);
});

test.each(['bin/hotrace.js', '.ci/run'])('%s may be executed', (path) => {
  expect(statSync(TOP + path).mode & 0o111).toBe(0o111);
});
