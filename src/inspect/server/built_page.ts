/** Where the built page lies; in a checkout it is built anew when its sources have changed. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packedAs, TOP } from '../../ops/lower/tree.ts';

/** What the page and its engines are made of. */
const SOURCES = ['src', 'actors', 'machines', 'package-lock.json'];
/** Beside the trees of the lowerings. */
const FOLDER = packedAs === undefined ? join(TOP, 'dist/page') : join(TOP, '../page');
/** So long another process may build; a lock that is older was left by one that died. */
const BUILD_MS = 60_000;
const POLL_MS = 50;

/**
 * The folder with `live` and `report`.
 * @throws Error when a checkout's page cannot be built.
 */
export function builtPage(): string {
  make([join(FOLDER, 'built')], 'src/build/page.ts', [FOLDER]);
  return FOLDER;
}

/**
 * The script that runs a system's schedules in a page.
 * @throws Error when a checkout's cannot be built.
 */
export function builtEngine(system: string): string {
  const folder = join(FOLDER, 'engines');
  const files = ['core', system].map((name) => join(folder, `${name}.js`));
  make(files, 'src/build/engine.ts', [folder, system]);
  return files.map((file) => readFileSync(file, 'utf8').trim()).join('\n');
}

/** Runs a script of src/build where one of its files is missing or older than a source. */
function make(files: readonly string[], script: string, args: readonly string[]): void {
  if (packedAs !== undefined || files.every(isFresh)) return;
  const lock = `${FOLDER}.lock`;
  takeLock(lock);
  try {
    // Whoever held the lock may have built them.
    if (files.every(isFresh)) return;
    const command = [join(TOP, script), ...args];
    const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', cwd: TOP });
    if (status !== 0) throw new Error(`the page cannot be built: ${stderr}`);
  } finally {
    rmdirSync(lock);
  }
}

/** A folder, as only one process can make it. */
function takeLock(lock: string): void {
  mkdirSync(join(TOP, 'dist'), { recursive: true });
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    try {
      mkdirSync(lock);
      return;
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      if (!isTaken || waitedMs > 2 * BUILD_MS) throw error;
    }
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > BUILD_MS) rmdirSync(lock);
    else Atomics.wait(sleeper, 0, 0, POLL_MS);
  }
}

function isFresh(file: string): boolean {
  if (!existsSync(file)) return false;
  const builtMs = statSync(file).mtimeMs;
  return SOURCES.every((source) => newest(join(TOP, source)) < builtMs);
}

function newest(path: string): number {
  if (!existsSync(path)) return 0;
  const own = statSync(path);
  if (!own.isDirectory()) return own.mtimeMs;
  const inside = readdirSync(path, { recursive: true, withFileTypes: true });
  return inside
    .filter((entry) => entry.isFile())
    .reduce((max, { parentPath, name }) => {
      return Math.max(max, statSync(join(parentPath, name)).mtimeMs);
    }, 0);
}
