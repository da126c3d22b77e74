/** Where the built page lies; in a checkout it is built anew when its sources have changed. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packedAs, TOP } from '../../ops/lower/tree.ts';

const QUIET = { encoding: 'utf8', cwd: TOP } as const;
/** Beside the tree of each lowering. */
const PACKED = join(TOP, '../page');
/** What the page is made of. */
const SOURCES = ['src', 'actors', 'machines', 'package-lock.json'];

/**
 * The folder with `live` and `report`.
 * @throws Error when a checkout's page cannot be built.
 */
export function builtPage(): string {
  if (packedAs !== undefined) return PACKED;
  const folder = join(TOP, 'dist/page');
  if (!isFresh(join(folder, 'built'))) {
    const made = spawnSync(process.execPath, [join(TOP, 'src/build/page.ts'), folder], QUIET);
    if (made.status !== 0) throw new Error(`the page cannot be built: ${made.stderr}`);
  }
  return folder;
}

/**
 * The script that runs a system's schedules in a page.
 * @throws Error when a checkout's cannot be built.
 */
export async function builtEngine(system: string): Promise<string> {
  const folder = join(packedAs === undefined ? join(TOP, 'dist/page') : PACKED, 'engines');
  const files = ['core', system].map((name) => join(folder, `${name}.js`));
  if (packedAs === undefined && !files.every(isFresh)) {
    const args = [join(TOP, 'src/build/engine.ts'), folder, system];
    await promisify(execFile)(process.execPath, args, QUIET);
  }
  return files.map((file) => readFileSync(file, 'utf8').trim()).join('\n');
}

function isFresh(stamp: string): boolean {
  if (!existsSync(stamp)) return false;
  const builtMs = statSync(stamp).mtimeMs;
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
