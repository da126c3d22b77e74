/**
 * The explored form of the systems as scripts for a browser: the transform that lowers a checkout
 * as it is loaded, applied while Vite bundles. What all systems share is one script, `core.js`; a
 * system's own follows it and finds the shared modules in a global object, each there once.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, type Rolldown } from 'vite';
import { lower } from '../ops/lower/hooks.ts';
import { isProcedureModule } from '../ops/lower/source.ts';
import { OPS_MODULES, TOP } from '../ops/lower/tree.ts';
import { systemEntry } from '../scenarios/registry.ts';

const ENTRY = 'hotrace:engine';
/** Where a page finds the shared modules, and what it calls (inspect/page/engine.ts). */
const SHARED = 'hotraceCore';
const ENGINE = 'hotraceEngine';

const SHARED_ROOTS = [
  'src/inspect/rerun/rerun.ts',
  'src/sync/zoo.ts',
  'src/sync/broken/index.ts',
  OPS_MODULES.explored,
].map((path) => join(TOP, path));

/** Reports are plain text here: a browser colours by its style sheet. */
const UTIL = 'export const styleText = (_style, text) => text;';

const quoted = (text: string): string => JSON.stringify(text);
/** How a system's script spells a shared module. */
const sharedName = (id: string): string => `${SHARED}[${quoted(id.replace(TOP, ''))}]`;

function lowering(entry: string): Plugin {
  const runtime = { flat: join(TOP, 'src/ops/flat.ts'), sites: join(TOP, 'src/ops/sites.ts') };
  const own = new Map([
    [`\0${ENTRY}`, entry],
    ['\0node:util', UTIL],
  ]);
  return {
    name: 'hotrace-lowering',
    enforce: 'pre',
    resolveId(id) {
      if (id === '#ops') return join(TOP, OPS_MODULES.explored);
      return own.has(`\0${id}`) ? `\0${id}` : null;
    },
    load(id) {
      const code = own.get(id);
      if (code !== undefined) return code;
      if (!id.startsWith(TOP) || !id.endsWith('.ts')) return null;
      const source = readFileSync(id, 'utf8');
      return isProcedureModule(source) ? lower(source, id, 'explored', runtime).code : null;
    },
  };
}

/** One script of an entry's code. `shared`: modules that are found in the global object. */
async function bundle(
  entry: string,
  shared: ReadonlySet<string>,
  minify = true,
): Promise<Rolldown.OutputChunk> {
  const made = await build({
    configFile: false,
    mode: 'production',
    root: TOP,
    publicDir: false,
    logLevel: 'warn',
    plugins: [lowering(entry)],
    build: {
      write: false,
      target: 'es2023',
      modulePreload: false,
      minify,
      rolldownOptions: {
        input: ENTRY,
        external: (id) => shared.has(id),
        output: { format: 'iife', globals: sharedName },
      },
    },
  });
  const outputs = Array.isArray(made) ? made : [made];
  const chunks = outputs.flatMap((one) => ('output' in one ? one.output : []));
  const [chunk, ...more] = chunks.filter((one) => one.type === 'chunk');
  if (chunk === undefined || more.length > 0) throw new Error('[hotrace bug] not one script');
  const lost = chunk.imports.find((id) => !shared.has(id) && !shared.has(join(TOP, id)));
  if (lost !== undefined) throw new Error(`[hotrace bug] a browser has no ${lost}`);
  return chunk;
}

/** Writes core.js to a folder; the modules in it. */
async function writeCore(folder: string): Promise<ReadonlySet<string>> {
  const roots = SHARED_ROOTS.map((id) => `import ${quoted(id)};`).join('\n');
  const first = await bundle(`${roots}\nimport 'xstate';`, new Set(), false);
  const ours = first.moduleIds.filter((id) => id.startsWith(TOP) && id.endsWith('.ts'));
  const lines = ours.map((id, i) => `import * as m${i} from ${quoted(id)};`);
  const names = ours.map((id, i) => `${quoted(id.replace(TOP, ''))}: m${i}`);
  const entry = `
    ${lines.join('\n')}
    import { createMachine } from 'xstate';
    globalThis.${SHARED} = { xstate: { createMachine }, ${names.join(', ')} };`;
  const { code } = await bundle(entry, new Set());
  writeFileSync(join(folder, 'core.js'), code);
  return new Set(['xstate', ...ours]);
}

/**
 * Writes core.js and a script for each system.
 * @throws Error `[hotrace bug]` where a bundle would need more than a browser has.
 */
export async function writeEngines(ids: readonly string[], folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const shared = await writeCore(folder);
  for (const id of ids) {
    const entry = systemEntry(id);
    if (entry === undefined) throw new Error(`[hotrace bug] no system ${id}`);
    const { code } = await bundle(
      `
      import { system } from ${quoted(fileURLToPath(entry.url))};
      import { ZOO } from ${quoted(join(TOP, 'src/sync/zoo.ts'))};
      import { BROKEN } from ${quoted(join(TOP, 'src/sync/broken/index.ts'))};
      import { rerunner } from ${quoted(join(TOP, 'src/inspect/rerun/rerun.ts'))};
      globalThis.${ENGINE} = rerunner(system, [...ZOO, ...BROKEN]);`,
      shared,
    );
    writeFileSync(join(folder, `${id}.js`), code);
  }
}

const [folder = '', ...ids] = process.argv.slice(2);
if (import.meta.main) await writeEngines(ids, resolve(folder));
