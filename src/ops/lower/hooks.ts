/**
 * Module hooks that lower procedure modules as they are loaded, for the thread that installs them.
 * `#ops` (and `hotrace/ops`, for systems outside this package) resolves to the lowering's own form.
 */
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { lowerFlat } from './flat.ts';
import { type Lowered, lowerPlain } from './plain.ts';
import { isProcedureModule, readModule } from './source.ts';
import { checkSubset, type ImportedKind } from './subset.ts';

export type Lowering = 'explored' | 'native' | 'sanitized';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../../..');
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const urlOf = (path: string): string => pathToFileURL(resolve(here, '..', path)).href;

const OPS_URL: Record<Lowering, string> = {
  explored: urlOf(`reference${extension}`),
  native: urlOf(`native${extension}`),
  sanitized: urlOf(`sanitized${extension}`),
};

const INDEX_URL = urlOf(`../index${extension}`);

let installed: Lowering | undefined;

/**
 * Installs the hooks of one lowering in this thread; again with the same one does nothing.
 * @throws Error `[hotrace bug]` when another lowering is installed already.
 */
export function installLowering(lowering: Lowering): void {
  if (installed === lowering) return;
  if (installed !== undefined) {
    throw new Error(`[hotrace bug] this thread is ${installed}, it cannot become ${lowering}`);
  }
  installed = lowering;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier === '#ops' || specifier === 'hotrace/ops') {
        return { url: OPS_URL[lowering], shortCircuit: true };
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
      if (!path.endsWith('.ts') && !path.endsWith('.js')) return nextLoad(url, context);
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
export function lower(source: string, path: string, lowering: Lowering): Lowered {
  const file = displayPath(path);
  const module = readModule(source, file);
  checkSubset(module, (from, name) => importedKind(path, from, name));
  const sites = urlOf(`sites${extension}`);
  if (lowering === 'explored') return lowerFlat(module, urlOf(`flat${extension}`), sites);
  return lowerPlain(module, lowering, sites);
}

function displayPath(path: string): string {
  const inside = relative(root, path);
  const outside = inside.startsWith('..') || resolve(inside) === inside;
  const shown = outside ? relative(process.cwd(), path) : inside;
  return shown.split(sep).join('/');
}

/** Looks into the imported file: is the name a generator there, or a mutable binding? */
const importedKind = (path: string, from: string, name: string): ReturnType<ImportedKind> => {
  if (!from.startsWith('.')) return 'other';
  const target = resolve(dirname(path), from);
  if (!existsSync(target)) return 'other';
  const source = readFileSync(target, 'utf8');
  if (new RegExp(`export\\s+function\\s*\\*\\s*${name}\\b`).test(source)) return 'procedure';
  if (new RegExp(`export\\s+(let|var)\\s+${name}\\b`).test(source)) return 'mutable';
  return 'other';
};
