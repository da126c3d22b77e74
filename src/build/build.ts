/**
 * `npm run build`: writes what the packed package runs. Node does not strip types below
 * node_modules, so the package holds JavaScript: a tree of modules for each lowering, made by the
 * transform that lowers a checkout as it is loaded, declarations for systems of one's own, and the
 * inspector's page.
 */
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LOWERINGS, TOP } from '../ops/lower/tree.ts';
import { BENCHES, SYSTEMS } from '../scenarios/registry.ts';
import { writeDeclarations } from './declarations.ts';
import { writeEngines } from './engine.ts';
import { writePage } from './page.ts';
import { writeTree } from './trees.ts';

const out = resolve(process.argv[2] ?? join(TOP, 'dist'));
rmSync(out, { recursive: true, force: true });
for (const lowering of LOWERINGS) writeTree(out, lowering);
writeDeclarations(out);
await writePage(join(out, 'page'));
const systems = [...SYSTEMS, ...BENCHES].map(({ id }) => id);
await writeEngines(systems, join(out, 'page/engines'));
