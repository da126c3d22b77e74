/** A packed tree: all modules the command and its threads may load, in one lowering. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix, sep } from 'node:path';
import { jsName, type Lowering, OPS_MODULES, TOP } from '../ops/lower/tree.ts';
import { type PackedModule, packModule } from './module.ts';

const FOLDERS = ['src', 'actors', 'machines'];
/** What only a checkout runs, or a browser. */
const LEFT_OUT = ['src/build/', 'src/bench/', 'src/inspect/page/'];
/** Of these, what the command runs, and what of it its threads. */
const KEPT = ['src/bench/locks/'];
const KEPT_IN_WORKERS = ['src/bench/locks/thread/'];
/** What only the command's own thread and its searches run, in the explored tree. */
const NOT_IN_WORKERS = ['src/cli/', 'src/explore/', 'src/inspect/'];

/**
 * Writes one tree to `out`/`lowering`.
 * @throws Error for an import that the package could not follow.
 */
export function writeTree(out: string, lowering: Lowering): void {
  const { version, dependencies } = readManifest();
  const kept = lowering === 'explored' ? KEPT : KEPT_IN_WORKERS;
  const leftOut = lowering === 'explored' ? LEFT_OUT : [...LEFT_OUT, ...NOT_IN_WORKERS];
  const files = FOLDERS.flatMap((folder) => filesBelow(folder, leftOut, kept));
  const packed = new Set(files.map(jsName));
  for (const file of files) {
    const target = join(out, lowering, jsName(file));
    mkdirSync(dirname(target), { recursive: true });
    if (!file.endsWith('.ts')) {
      cpSync(join(TOP, file), target);
      continue;
    }
    const module = packModule(file, readFileSync(join(TOP, file), 'utf8'), lowering);
    const lost = module.specifiers.find((s) => !isPackaged(s, file, packed, dependencies));
    if (lost !== undefined) throw new Error(`${file} imports ${lost}, which is not in the package`);
    write(target, module);
  }
  // The nearest package.json decides what `#ops` is, and tells the version.
  const imports = { '#ops': `./${jsName(OPS_MODULES[lowering])}` };
  const own = { version, type: 'module', imports };
  writeFileSync(join(out, lowering, 'package.json'), `${JSON.stringify(own, undefined, 2)}\n`);
}

function write(target: string, module: PackedModule): void {
  writeFileSync(target, module.code);
  if (module.map !== undefined) writeFileSync(`${target}.map`, module.map);
}

/** Paths from the top, with slashes. */
function filesBelow(folder: string, leftOut: readonly string[], kept: readonly string[]): string[] {
  return readdirSync(join(TOP, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(TOP.length).split(sep).join('/'))
    .filter((path) => !isBelow(path, leftOut) || isBelow(path, kept))
    .sort();
}

interface Manifest {
  readonly version: string;
  readonly dependencies: readonly string[];
}

function readManifest(): Manifest {
  // JSON border: our own package.json, which npm has checked.
  const read = JSON.parse(readFileSync(join(TOP, 'package.json'), 'utf8')) as {
    version: string;
    dependencies: Record<string, string>;
    peerDependencies: Record<string, string>;
  };
  // An optional peer is loaded on demand, by code that says so when it is not there.
  const dependencies = Object.keys({ ...read.dependencies, ...read.peerDependencies });
  return { version: read.version, dependencies };
}

/** A packed module may import what its tree has, and the packages that come with ours. */
export function isPackaged(
  specifier: string,
  file: string,
  packed: ReadonlySet<string>,
  dependencies: readonly string[],
): boolean {
  if (specifier.startsWith('.')) return packed.has(posix.join(posix.dirname(file), specifier));
  if (specifier === '#ops' || isBuiltin(specifier)) return true;
  return dependencies.some((name) => `${specifier}/`.startsWith(`${name}/`));
}

function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path.startsWith(folder));
}
