/**
 * `npm run build` and, in a checkout, the first `hotrace inspect`: writes the inspector's page. The
 * served page may load parts late; the report's must be one script, for it is one file.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type InlineConfig } from 'vite';
import { TOP } from '../ops/lower/tree.ts';

const ROOT = join(TOP, 'src/inspect/page');

function shared(outDir: string): InlineConfig {
  return {
    configFile: false,
    root: ROOT,
    base: './',
    logLevel: 'warn',
    mode: 'production',
    // Otherwise NODE_ENV decides, and a development build names places of this machine.
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
    build: { outDir, emptyOutDir: false, target: 'es2023', modulePreload: false },
  };
}

/** Writes `out`/live, `out`/report and `out`/bench. */
export async function writePage(out: string): Promise<void> {
  // Engines beside them are built on their own.
  for (const part of ['live', 'report', 'bench', 'built']) {
    rmSync(join(out, part), { recursive: true, force: true });
  }
  mkdirSync(out, { recursive: true });
  const live = shared(join(out, 'live'));
  await build(live);
  await writeScript(out, 'report');
  await writeScript(out, 'bench');
  // What was built, so that a checkout knows when to do it again.
  writeFileSync(join(out, 'built'), '');
}

/** One script and one style sheet, for a file that has everything in itself. */
async function writeScript(out: string, name: 'report' | 'bench'): Promise<void> {
  const config = shared(join(out, name));
  await build({
    ...config,
    build: {
      ...config.build,
      lib: {
        entry: join(ROOT, `${name}_main.tsx`),
        formats: ['iife'],
        name: 'hotrace',
        fileName: () => `${name}.js`,
        cssFileName: name,
      },
    },
  });
  checkScript(join(out, name, `${name}.js`));
}

/** A script that ends itself early, or an address, would break the file that it is put into. */
function checkScript(path: string): void {
  const code = readFileSync(path, 'utf8');
  if (/<\/script|<!--/i.test(code)) throw new Error(`[hotrace bug] ${path} ends itself`);
}

if (import.meta.main) await writePage(resolve(process.argv[2] ?? join(TOP, 'dist/page')));
