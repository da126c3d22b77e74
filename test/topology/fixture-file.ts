// Where the tests find their files, and what this machine has for them to compare with.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = 'lspci';

/** The text of a file in fixtures/. */
export function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
}

/** The drawing that lspci 3.9.0 made of an edge dump. */
export function recordedTree(name: string): string {
  return fixture(`trees/${name.replaceAll(/[ ,]+/g, '-')}.tree`);
}

/** Path of a real machine's topology, kept beside the checkout; null where it is not there. */
export function sharedTopology(name: string): string | null {
  const path = fileURLToPath(new URL(`../../../shared/topologies/${name}`, import.meta.url));
  return existsSync(path) ? path : null;
}

/** Why drawings cannot be compared with lspci's here; null when they can. */
export function lspciObstacle(): string | null {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (status !== 0) return 'lspci is not installed';
  // 3.10 began to leave out bus 0000:00 where nothing is on it.
  return /version 3\.[789]\./.test(stdout) ? null : `the drawings are those of 3.9, not ${stdout}`;
}

/** What `lspci -t -F path` prints; null when it fails, as 3.9 does on rows much too long. */
export function lspciTree(path: string): string | null {
  const { status, stdout } = spawnSync(program, ['-t', '-F', path], { encoding: 'utf8' });
  return status === 0 ? stdout : null;
}
