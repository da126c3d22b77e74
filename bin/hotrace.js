#!/usr/bin/env node
/**
 * Starts hotrace, whatever Node runs this file: the sources need Node 24, which a checkout carries
 * as a development dependency. Old syntax only, so that an old Node can read it and say so.
 */
import { existsSync } from 'fs';
import module from 'module';
import { dirname } from 'path';
import { fileURLToPath } from 'url';

const NEEDED = 24;
const own = here('../node_modules/node/bin/node');
// A checkout runs its sources; the packed package has them lowered in dist.
const inCheckout = existsSync(here('../src/cli/main.ts'));

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  // What Node stripped and compiled is kept for the next start, which takes half the time; workers
  // learn of it from the environment.
  const { directory } = module.enableCompileCache();
  if (directory !== undefined) process.env.NODE_COMPILE_CACHE = dirname(directory);
  import(inCheckout ? '../src/cli/main.ts' : '../dist/explored/src/cli/main.js');
} else if (existsSync(own)) {
  handOver(own);
} else {
  refuse();
}

function here(path) {
  return fileURLToPath(new URL(path, import.meta.url));
}

function refuse() {
  process.stderr.write(
    `hotrace needs Node >= ${NEEDED}, this is ${process.version}: start it with a newer Node` +
      (inCheckout ? ', or run `npm ci` in the checkout, which brings one.\n' : '.\n'),
  );
  process.exitCode = 2;
}

/** Runs this file again under `node`, and ends as that process ends. */
async function handOver(node) {
  const { spawn } = await import('child_process');
  const args = [here('hotrace.js')].concat(process.argv.slice(2));
  const child = spawn(node, args, { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both processes; what was sent to this one alone is passed on. It is
  // passed on late, so that a child that is already stopping is not told twice.
  const atTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on('SIGINT', () => {
    if (!atTerminal) setTimeout(() => child.kill('SIGINT'), 200);
  });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  child.on('error', refuse);
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
