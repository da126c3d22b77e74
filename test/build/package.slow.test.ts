import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read, TOP } from '../house/tree.ts';
import { filesBelow, type Installed, installPacked, type Ran, runNode } from './checkout.ts';

let installed: Installed;
beforeAll(() => {
  installed = installPacked();
});
afterAll(() => rmSync(installed.folder, { recursive: true }));

/** The packed command, as a project runs it that has hotrace installed. */
function packed(...args: readonly string[]): Ran {
  return runNode(installed.project, 'node_modules/hotrace/bin/hotrace.js', ...args);
}

/** The command of the checkout that the package was made of, run in the same place. */
function unpacked(...args: readonly string[]): Ran {
  return runNode(installed.project, join(installed.checkout, 'bin/hotrace.js'), ...args);
}

function json(ran: Ran): Readonly<Record<string, unknown>> {
  if (ran.stderr !== '') throw new Error(ran.stderr);
  const parsed: unknown = JSON.parse(ran.stdout);
  if (typeof parsed !== 'object' || parsed === null) throw new Error('no JSON object');
  return { ...parsed };
}

describe('the tarball', () => {
  test('holds what it runs, what reports point to, and nothing else', () => {
    const files = [
      /^(LICENSE|package\.json|bin\/hotrace\.js)$/,
      /^(README|CHANGELOG|docs\/[\w-]+)\.md$/,
      /^dist\/(explored|native|sanitized)\/(src|actors|machines)\/.*\.js(\.map)?$/,
      /^dist\/(explored|native|sanitized)\/package\.json$/,
      /^dist\/page\/(built|live\/index\.html|live\/assets\/index-[\w-]+\.(js|css))$/,
      /^dist\/page\/((report|bench)\/\w+\.(js|css)|engines\/[\w-]+\.js)$/,
      /^dist\/declarations\/src\/.*\.d\.ts$/,
      /^(actors|src\/sync)\/.*\.ts$/,
    ];
    expect(installed.files.filter((path) => !files.some((one) => one.test(path)))).toEqual([]);
    // Of the benchmarks only that of locks, which the command runs.
    const checkoutOnly = /(^|\/)(test|src\/bench(?!\/locks\/)|src\/build)\//;
    expect(installed.files.filter((path) => checkoutOnly.test(path))).toEqual([]);
  });

  test('holds in every lowering what its threads run', () => {
    const [explored, native, sanitized] = ['explored', 'native', 'sanitized'].map((lowering) =>
      filesBelow(join(installed.package, 'dist', lowering)),
    );
    expect(explored).toContain('src/cli/main.js');
    const command = /^src\/(cli|explore|inspect|bench\/locks\/(?!thread\/))/;
    const inWorkers = explored?.filter((file) => !command.test(file));
    expect(native).toEqual(inWorkers);
    expect(sanitized).toEqual(inWorkers);
  });

  test('names no place of the machine it was made on', () => {
    const texts = filesBelow(installed.package).map((file) => {
      return { file, text: readFileSync(join(installed.package, file), 'utf8') };
    });
    const named = texts.filter(({ text }) => text.includes(TOP) || text.includes(installed.folder));
    expect(named.map(({ file }) => file)).toEqual([]);
  });

  // Of these the inspector's page with an engine for each system is 0.3 MB, 1.3 MB unpacked.
  test('is small: under 2 MB, under 15 MB unpacked', () => {
    expect(installed.size).toBeLessThan(2_000_000);
    expect(installed.unpackedSize).toBeLessThan(15_000_000);
  });

  test('maps of lowered modules lead to sources that are in it', () => {
    const maps = filesBelow(installed.package).filter((file) => file.endsWith('.map'));
    expect(maps.length).toBeGreaterThan(100);
    for (const file of maps) {
      const map: unknown = JSON.parse(readFileSync(join(installed.package, file), 'utf8'));
      const url = new URL(file, 'file:///');
      expect(map).toMatchObject({ version: 3, sources: [expect.any(String)] });
      const { sources } = map as { sources: [string] };
      expect(installed.files).toContain(new URL(sources[0], url).pathname.slice(1));
    }
  });
});

describe('the packed command', () => {
  test('says its version and lists what the checkout lists', () => {
    const { version } = JSON.parse(read('package.json').text) as { version: string };
    expect(packed('--version').stdout).toBe(`${version}\n`);
    expect(packed('list', '--json')).toEqual(unpacked('list', '--json'));
  });

  test('explores as the checkout does, to the token, and replays it', () => {
    const args = ['explore', 'pciehp-command/probe', '--design', 'A1', '--json'];
    const { elapsedMs, ...found } = json(packed(...args));
    expect(elapsedMs).toBeGreaterThan(0);
    expect(json(unpacked(...args))).toMatchObject(found);
    expect(found).toMatchObject({ verdict: 'lost-wakeup', token: expect.stringMatching(/^ht1\./) });
    const again = packed('replay', String(found['token']), '--json');
    expect(again.status).toBe(1);
    expect(json(again)).toMatchObject({ verdict: 'lost-wakeup', divergence: null });
  });

  test('times locks on threads of its own', () => {
    const small = ['--threads', '1,2', '--rounds', '1', '--acquisitions', '2000'];
    const { status, stdout, stderr } = packed('bench', 'mcs', 'futex-rwsem', ...small);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/mcs +[\d.]+/);
  });

  test('explores with several workers', () => {
    const args = ['--strategy', 'random', '--executions', '200', '--jobs', '2', '--json'];
    const ran = packed('explore', 'pciehp-command/probe', '--design', 'A2', ...args);
    expect(json(ran)).toMatchObject({ verdict: 'pass', executions: 200 });
  });

  test('stresses on threads of the sanitized tree', () => {
    const args = ['stress', 'pciehp-command/probe', '--rounds', '20', '--json', '--design'];
    expect(json(packed(...args, 'A2'))).toMatchObject({ verdict: 'pass', rounds: 20 });
    const more = ['--rounds', '2000'];
    const { verdict, report } = json(packed(...args, 'A1', ...more));
    expect(verdict).toBe('lost-wakeup');
    expect(report).toMatch(/\(actors\/[\w/]+\.ts:\d+\)/);
  });

  test('writes a report with the page and the engine of the package', () => {
    const file = join(installed.project, 'report.html');
    const ran = packed('report', 'pciehp-command/probe', '--design', 'A1', '-o', file);
    expect(ran).toMatchObject({ status: 0, stdout: expect.stringContaining('lost-wakeup') });
    expect(readFileSync(file, 'utf8')).toContain('id="hotrace-engine"');
  });

  test('under an older Node it says what it needs, and nothing of a checkout', () => {
    const launcher = join(installed.package, 'bin/hotrace.js');
    const future = join(installed.package, 'bin/future.js');
    writeFileSync(future, readFileSync(launcher, 'utf8').replace('NEEDED = 24', 'NEEDED = 999'));
    const needs = `hotrace needs Node >= 999, this is ${process.version}: `;
    const ran = runNode(installed.project, future, 'list');
    const stderr = `${needs}start it with a newer Node.\n`;
    expect(ran).toEqual({ status: 2, stdout: '', stderr });
  });
});

describe('a system of one’s own', () => {
  const page = read('docs/writing-a-system.md').text;
  const source = /```ts open_vs_remove\.ts\n([\s\S]*?)\n```/.exec(page)?.[1] ?? '';

  beforeAll(() => {
    const file = join(installed.project, 'open_vs_remove');
    writeFileSync(`${file}.ts`, source);
    writeFileSync(`${file}.mts`, source);
    writeFileSync(`${file}.js`, stripTypeScriptTypes(source));
  });

  test.each(['ts', 'mts', 'js'])('as .%s it is lowered where it lies', (extension) => {
    const target = `open_vs_remove.${extension}/R1`;
    const args = ['explore', target, '--design', 'late-ref', '--json'];
    const { elapsedMs, ...found } = json(packed(...args));
    expect(elapsedMs).toBeGreaterThan(0);
    expect(found).toMatchObject({ system: 'open-vs-remove', verdict: 'use-after-free' });
    expect(json(unpacked(...args))).toMatchObject(found);
  });

  test('it runs on threads', () => {
    const args = ['stress', 'open_vs_remove.ts/R1', '--rounds', '100', '--json'];
    const ran = packed(...args, '--design', 'locked-ref');
    expect(json(ran)).toMatchObject({ verdict: 'pass', rounds: 100 });
  });

  test('it is refused with its place where it leaves the language', () => {
    const wrong = source.replace('yield* chr_put(dev)', 'chr_put(dev)');
    writeFileSync(join(installed.project, 'wrong.ts'), wrong);
    const { status, stderr } = packed('explore', 'wrong.ts/R1');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(
        /^hotrace: wrong\.ts:\d+:\d+: procedure chr_put called without/,
      ),
    });
  });

  test('it is checked by the declarations, which need nothing of ours', () => {
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: 'ES2024',
      module: 'NodeNext',
      types: [],
      skipLibCheck: false,
    };
    const project = { compilerOptions, files: ['open_vs_remove.ts'] };
    writeFileSync(join(installed.project, 'tsconfig.json'), JSON.stringify(project));
    const tsc = join(TOP, 'node_modules/typescript/bin/tsc');
    expect(runNode(installed.project, tsc, '-p', '.')).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
  });

  test('its words are there for any program', () => {
    const code = `
      import { struct, word } from 'hotrace';
      import { read } from 'hotrace/ops';
      console.log(struct('s', { a: word('a', 'none') }).words, typeof read);`;
    const { stdout, stderr } = runNode(installed.project, '--input-type=module', '--eval', code);
    expect({ stdout, stderr }).toEqual({
      stdout: expect.stringMatching(/function\n$/),
      stderr: '',
    });
  });
});
