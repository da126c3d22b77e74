/**
 * The layers, from the ground up, and what each may import. Nothing imports upwards: kernel code
 * knows no laboratory, oracles know no design, the explorer and the stress runner no scenario.
 * src/oracles/verdict.ts is a vocabulary: every layer may speak its types.
 */
import type { Import } from './imports.ts';

export interface Layer {
  /** A folder, without the slash at its end, or one file. */
  readonly folder: string;
  /** Folders or files of ours that it may import, besides itself. */
  readonly ours: readonly string[];
  /** As `ours`, but types only. */
  readonly types?: readonly string[];
  /** Packages and node modules that it may import; any, where this is not given. */
  readonly packages?: readonly string[];
}

const ground = ['src/memory', 'src/ops', 'src/sync'];
const run = [...ground, 'src/actor', 'src/oracles', 'src/trace'];
const models = ['actors', 'machines', 'src/topology', 'src/scenarios'];
const laboratory = [...run, ...models, 'src/explore', 'src/stress'];

export const LAYERS: readonly Layer[] = [
  { folder: 'src/memory', ours: [], packages: [] },
  { folder: 'src/ops', ours: ['src/memory'], types: ['src/oracles/verdict.ts'] },
  { folder: 'src/sync', ours: ['src/memory', 'src/ops'], packages: [] },
  { folder: 'actors', ours: ground, packages: [] },
  { folder: 'machines', ours: [], packages: ['xstate'] },
  { folder: 'src/topology', ours: [] },
  { folder: 'src/trace', ours: ['src/memory', 'src/ops', 'src/oracles/verdict.ts'] },
  { folder: 'src/oracles', ours: [...ground, 'src/trace'], types: ['src/actor/program.ts'] },
  {
    folder: 'src/actor',
    ours: ['src/memory', 'src/ops', 'src/sync', 'src/oracles', 'machines'],
    types: ['actors'],
  },
  { folder: 'src/explore', ours: run },
  { folder: 'src/stress', ours: run },
  { folder: 'src/scenarios', ours: [...run, 'actors', 'machines', 'src/topology'] },
  {
    // What a system of one's own is written with: it is imported by nothing here.
    folder: 'src/index.ts',
    ours: ['src/memory', 'src/ops', 'src/sync', 'src/scenarios/lock_system.ts', 'src/topology'],
    types: ['src/actor', 'src/oracles', 'src/scenarios'],
    packages: [],
  },
  { folder: 'src/build', ours: ['src/memory', 'src/ops', 'src/scenarios/registry.ts'] },
  {
    // It runs in a browser: what it imports must, too.
    folder: 'src/inspect/page',
    ours: [
      'src/inspect/document/document.ts',
      'src/inspect/document/drawn.ts',
      'src/inspect/document/memory_at.ts',
      'src/inspect/document/messages.ts',
      'src/inspect/bench/result.ts',
      'src/inspect/chart/chart.ts',
      'src/inspect/layout/layout.ts',
      'src/inspect/layout/sizes.ts',
      'src/inspect/diagram/shapes.ts',
      'src/inspect/diagram/svg_style.ts',
      'src/inspect/coverage/coverage.ts',
      'src/inspect/coverage/coverage_json.ts',
      'src/inspect/export/align.ts',
      'src/inspect/export/csv.ts',
      'src/inspect/export/export.ts',
      'src/inspect/export/trace_of.ts',
      'src/trace/record.ts',
      'src/oracles/verdict.ts',
    ],
    packages: ['preact', 'preact/hooks', 'uplot', 'uplot/dist/uPlot.min.css', 'zod/mini'],
  },
  { folder: 'src/inspect', ours: laboratory },
  // The benchmark of locks, which the command runs. First: the folder around it lies above.
  { folder: 'src/bench/locks', ours: [...run, 'src/explore/prng.ts'] },
  { folder: 'src/cli', ours: [...laboratory, 'src/inspect', 'src/build', 'src/bench/locks'] },
  // It times the command as a user runs it, and scenarios as the command makes them.
  { folder: 'src/bench', ours: [...laboratory, 'src/cli', 'src/inspect'] },
  { folder: 'bin', ours: ['src/cli', 'dist/explored/src/cli'] },
];

const OURS = /^(src|actors|machines|test|bin|dist)\//;

/** Why an import is not allowed, if it is not. */
export function offence(found: Import): string | undefined {
  const layer = LAYERS.find(({ folder }) => within(found.from, [folder]));
  const edge = `${found.from} imports ${found.to}`;
  if (layer === undefined) return `${found.from}: its folder is in no layer`;
  if (!OURS.test(found.to)) {
    const packages = layer.packages ?? [found.to];
    return packages.includes(found.to) ? undefined : `${edge}: ${layer.folder} has no such package`;
  }
  if (within(found.to, [layer.folder, ...layer.ours])) return undefined;
  if (!within(found.to, layer.types ?? [])) return `${edge}: not below ${layer.folder}`;
  return found.typeOnly ? undefined : `${edge}: as \`import type\` only`;
}

function within(file: string, places: readonly string[]): boolean {
  return places.some((place) => file === place || file.startsWith(`${place}/`));
}
