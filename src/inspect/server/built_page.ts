/** Where the built page lies; in a checkout it is built anew when its sources have changed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packedAs, TOP } from '../../ops/lower/tree.ts';

/** What the page is made of. */
const SOURCES = ['src', 'actors', 'machines', 'package-lock.json'];

/**
 * The folder with `live` and `report`.
 * @throws Error when a checkout's page cannot be built.
 */
export function builtPage(): string {
  if (packedAs !== undefined) return fileURLToPath(new URL('../page/', `file://${TOP}`));
  const folder = join(TOP, 'dist/page');
  if (isFresh(join(folder, 'built'))) return folder;
  const made = spawnSync(process.execPath, [join(TOP, 'src/build/page.ts'), folder], {
    encoding: 'utf8',
    cwd: TOP,
  });
  if (made.status !== 0) throw new Error(`the page cannot be built: ${made.stderr}`);
  return folder;
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
