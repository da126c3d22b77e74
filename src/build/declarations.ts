/** Type declarations of what a system of one's own is written with. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { TOP } from '../ops/lower/tree.ts';

/**
 * Writes `out`/declarations.
 * @throws Error when the compiler refuses the sources.
 */
export function writeDeclarations(out: string): void {
  const folder = join(out, 'declarations');
  const tsc = join(TOP, 'node_modules/typescript/bin/tsc');
  const project = join(TOP, 'src/build/declarations.json');
  const args = [tsc, '-p', project, '--outDir', folder];
  execFileSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    // The compiler keeps specifiers as they were written; the modules they name are .js here.
    const text = readFileSync(file, 'utf8');
    const named = text.replace(/(?<=(?:from |import\()(['"])\.[^'"]*)\.ts(?=\1)/g, '.js');
    // Outside the package's own scope `#ops` names nothing.
    const ops = relative(dirname(file), join(folder, 'src/ops/reference.js')).split(sep).join('/');
    writeFileSync(file, named.replaceAll("'#ops'", `'${ops.startsWith('.') ? ops : `./${ops}`}'`));
  }
}
