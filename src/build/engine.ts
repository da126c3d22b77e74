/**
 * The explored form of one system as a script for a browser: the transform that lowers a checkout
 * as it is loaded, applied while Vite bundles.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { lower } from '../ops/lower/hooks.ts';
import { isProcedureModule } from '../ops/lower/source.ts';
import { OPS_MODULES, TOP } from '../ops/lower/tree.ts';
import { systemEntry } from '../scenarios/registry.ts';

const ENTRY = 'hotrace:engine';
/** What a page leaves in its global object for the page that loads it. */
const GLOBAL = 'hotraceEngine';

const at = (path: string): string => JSON.stringify(join(TOP, path));

/** `system`: path of its module. */
function entryCode(system: string): string {
  return `
    import { system } from ${JSON.stringify(system)};
    import { ZOO } from ${at('src/sync/zoo.ts')};
    import { BROKEN } from ${at('src/sync/broken/index.ts')};
    import { rerunner } from ${at('src/inspect/rerun/rerun.ts')};
    globalThis.${GLOBAL} = rerunner(system, [...ZOO, ...BROKEN]);`;
}

/** Reports are plain text here: a browser colours by its style sheet. */
const UTIL = 'export const styleText = (_style, text) => text;';

function lowering(system: string): Plugin {
  const runtime = { flat: join(TOP, 'src/ops/flat.ts'), sites: join(TOP, 'src/ops/sites.ts') };
  const own = new Map([
    [`\0${ENTRY}`, entryCode(system)],
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

/**
 * Writes `file`.
 * @throws Error `[hotrace bug]` where the bundle would need more than a browser has.
 */
export async function writeEngine(id: string, file: string): Promise<void> {
  const entry = systemEntry(id);
  if (entry === undefined) throw new Error(`[hotrace bug] no system ${id}`);
  const made = await build({
    configFile: false,
    root: TOP,
    publicDir: false,
    logLevel: 'warn',
    plugins: [lowering(fileURLToPath(entry.url))],
    build: {
      write: false,
      target: 'es2023',
      modulePreload: false,
      rolldownOptions: { input: ENTRY, output: { format: 'iife' } },
    },
  });
  const outputs = Array.isArray(made) ? made : [made];
  const chunks = outputs.flatMap((one) => ('output' in one ? one.output : []));
  const [chunk, ...more] = chunks.filter((one) => one.type === 'chunk');
  if (chunk === undefined || more.length > 0 || chunk.imports.length > 0) {
    throw new Error(`[hotrace bug] ${id} is not one script`);
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, chunk.code);
}

const [id = '', file = ''] = process.argv.slice(2);
if (import.meta.main) await writeEngine(id, resolve(file));
