/**
 * Module hooks that lower procedure modules as they are loaded, for the thread that installs them.
 * `#ops` (and `hotrace/ops`, for systems outside this package) resolves to the lowering's own form.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lowerFlat } from './flat.ts';
import { Imports } from './imports.ts';
import { type Lowered, lowerPlain } from './plain.ts';
import { isProcedureModule, readModule } from './source.ts';
import { checkSubset } from './subset.ts';
import { isPacked, type Lowering, moduleUrl, OPS_MODULES, packedAs, TOP } from './tree.ts';

/** Specifiers by which a lowered module reaches what it needs when it runs. */
export interface Runtime {
  readonly flat: string;
  readonly sites: string;
}

const RUNTIME: Runtime = {
  flat: moduleUrl('src/ops/flat.ts'),
  sites: moduleUrl('src/ops/sites.ts'),
};

const INDEX_URL = moduleUrl('src/index.ts');

/** What `#ops` stands for in a thread that times locks, which is native otherwise. */
export const BENCH_OPS = 'src/ops/bench.ts';

let installed: Lowering | undefined;

/**
 * Installs the hooks of one lowering in this thread; again with the same one does nothing. `ops`:
 * the module that `#ops` stands for, if it is not the lowering's own.
 * @throws Error `[hotrace bug]` when another lowering is installed already.
 */
export function installLowering(lowering: Lowering, ops: string = OPS_MODULES[lowering]): void {
  if (installed === lowering) return;
  if (installed !== undefined) {
    throw new Error(`[hotrace bug] this thread is ${installed}, it cannot become ${lowering}`);
  }
  if (packedAs !== undefined && packedAs !== lowering) {
    throw new Error(`[hotrace bug] a ${lowering} thread was started from the ${packedAs} tree`);
  }
  installed = lowering;
  const opsUrl = moduleUrl(ops);
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier === '#ops' || specifier === 'hotrace/ops') {
        return { url: opsUrl, shortCircuit: true };
      }
      // A system outside this package imports its words from the copy that runs it.
      if (specifier === 'hotrace') return { url: INDEX_URL, shortCircuit: true };
      // Machines must be made by the XState that derives their tables.
      const ours = { ...context, parentURL: import.meta.url };
      return nextResolve(specifier, specifier === 'xstate' ? ours : context);
    },
    load(url, context, nextLoad) {
      if (!url.startsWith('file:') || url.includes('/node_modules/')) return nextLoad(url, context);
      const path = fileURLToPath(url);
      if (isPacked(url) || !/\.m?[jt]s$/.test(path)) return nextLoad(url, context);
      const source = readFileSync(path, 'utf8');
      if (!isProcedureModule(source)) return nextLoad(url, context);
      const { code, map } = lower(source, path, lowering);
      const inline = `//# sourceMappingURL=data:application/json;base64,${btoa(map)}`;
      return { format: 'module', source: `${code}\n${inline}\n`, shortCircuit: true };
    },
  });
}

/**
 * Lowers one module's source. `path` is where it lies; reports print it from the project's top.
 * @throws LoweringError for what is outside the procedure language.
 */
export function lower(
  source: string,
  path: string,
  lowering: Lowering,
  runtime: Runtime = RUNTIME,
): Lowered {
  const file = displayPath(path);
  const module = readModule(source, file);
  checkSubset(module, new Imports(path, displayPath));
  if (lowering === 'explored') return lowerFlat(module, runtime.flat, runtime.sites);
  return lowerPlain(module, lowering, runtime.sites);
}

/** A file as reports name it: from the project's top. */
export function displayPath(path: string): string {
  const inside = relative(TOP, path);
  const outside = inside.startsWith('..') || resolve(inside) === inside;
  const shown = outside ? relative(process.cwd(), path) : inside;
  return shown.split(sep).join('/');
}
