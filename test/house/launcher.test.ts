import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read, TOP } from './tree.ts';

// A checkout with another command line in it: it prints what it was given, or waits for Ctrl-C.
const MAIN = `
const [code = '0', ...rest]: string[] = process.argv.slice(2);
if (code === 'wait') {
  process.on('SIGINT', () => process.exit(130));
  console.log('ready');
  setInterval(() => undefined, 1_000);
} else {
  console.log([Number(process.versions.node.split('.')[0]) >= 24, ...rest].join('|'));
  process.exitCode = Number(code);
}
`;

let checkout = '';
let launcher = '';

beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'hotrace-launcher-'));
  launcher = join(checkout, 'bin', 'hotrace.js');
  mkdirSync(join(checkout, 'src', 'cli'), { recursive: true });
  cpSync(join(TOP, 'bin'), join(checkout, 'bin'), { recursive: true });
  cpSync(join(TOP, 'package.json'), join(checkout, 'package.json'));
  writeFileSync(join(checkout, 'src', 'cli', 'main.ts'), MAIN);
});

afterAll(() => rmSync(checkout, { recursive: true }));

function start(node: string, ...args: string[]): { status: number | null; out: string } {
  const { status, stdout, stderr } = spawnSync(node, [launcher, ...args], { encoding: 'utf8' });
  return { status, out: stdout + stderr };
}

async function signalled(node: string, signal: NodeJS.Signals): Promise<unknown[]> {
  const child: ChildProcess = spawn(node, [launcher, 'wait'], { stdio: ['ignore', 'pipe', 2] });
  if (child.stdout === null) throw new Error('no pipe');
  await once(child.stdout, 'data');
  child.kill(signal);
  return once(child, 'exit');
}

/** A Node before 24 on the search path, if this machine has one. */
function olderNode(): string | undefined {
  return process.env['PATH']
    ?.split(delimiter)
    .map((folder) => join(folder, 'node'))
    .find((node) => {
      const { stdout, status } = spawnSync(node, ['--version'], { encoding: 'utf8' });
      return status === 0 && Number(/^v(\d+)/.exec(stdout)?.[1]) < 24;
    });
}

describe('under Node 24', () => {
  const node = process.execPath;

  test('arguments and exit code pass through', () => {
    expect(start(node, '70', 'a b', '')).toEqual({ status: 70, out: 'true|a b|\n' });
  });

  test('the sources run in this very process', async () => {
    expect(await signalled(node, 'SIGINT')).toEqual([130, null]);
    expect(await signalled(node, 'SIGTERM')).toEqual([null, 'SIGTERM']);
  });
});

const older = olderNode();

describe.skipIf(older === undefined)('under an older Node (where there is one)', () => {
  const node = older ?? '';

  test('without a Node 24 in the checkout it says what it needs and exits 2', () => {
    const { status, out } = start(node, '0');
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    expect(status).toBe(2);
    expect(out).toContain(`hotrace needs Node >= 24, this is ${version}: `);
  });

  describe('with the one of the checkout', () => {
    beforeAll(() => symlinkSync(join(TOP, 'node_modules'), join(checkout, 'node_modules')));
    afterAll(() => rmSync(join(checkout, 'node_modules')));

    test('arguments and exit code pass through', () => {
      expect(start(node, '70', 'a b', '')).toEqual({ status: 70, out: 'true|a b|\n' });
    });

    test('Ctrl-C ends with 130, a kill kills', async () => {
      expect(await signalled(node, 'SIGINT')).toEqual([130, null]);
      expect(await signalled(node, 'SIGTERM')).toEqual([null, 'SIGTERM']);
    });
  });
});

test('the launcher uses no syntax that came after Node 12', () => {
  const { text } = read('bin/hotrace.js');
  expect(text).not.toMatch(/\?\.|\?\?|\|\|=|&&=|^await|from 'node:|#\w+ *\(|\d_\d/m);
});
