/** A copy of the checkout, and the package made of it, installed in a project of somebody's. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { paths, read, TOP } from '../house/tree.ts';

const Packed = z
  .array(
    z.object({
      filename: z.string(),
      size: z.number(),
      unpackedSize: z.number(),
      files: z.array(z.object({ path: z.string() })),
    }),
  )
  .length(1);

const Manifest = z.object({ dependencies: z.record(z.string(), z.string()) });

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Installed {
  /** Holds all there is; remove it at the end. */
  readonly folder: string;
  readonly checkout: string;
  readonly project: string;
  /** The package's own folder, below the project's node_modules. */
  readonly package: string;
  /** Paths in the tarball. */
  readonly files: readonly string[];
  readonly size: number;
  readonly unpackedSize: number;
}

/** Packs as `npm publish` does, prepack and all, and installs without a network. */
export function installPacked(): Installed {
  const folder = mkdtempSync(join(tmpdir(), 'hotrace-package-'));
  const checkout = join(folder, 'checkout');
  for (const path of paths()) cpSync(join(TOP, path), join(checkout, path));
  symlinkSync(join(TOP, 'node_modules'), join(checkout, 'node_modules'));
  const pack = ['pack', '--offline', '--silent', '--json', '--pack-destination', folder];
  const said = execFileSync('npm', pack, { cwd: checkout, encoding: 'utf8' });
  const [packed] = Packed.parse(JSON.parse(said.slice(said.indexOf('['))));
  if (packed === undefined) throw new Error('npm packed nothing');
  const modules = join(folder, 'project', 'node_modules');
  const own = join(modules, 'hotrace');
  mkdirSync(own, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, packed.filename), '--strip-components=1', '-C', own]);
  // What it depends on is there; what only a checkout has is not.
  const { dependencies } = Manifest.parse(JSON.parse(read('package.json').text));
  for (const name of Object.keys(dependencies)) {
    symlinkSync(join(TOP, 'node_modules', name), join(modules, name));
  }
  writeFileSync(join(folder, 'project', 'package.json'), '{ "type": "module" }\n');
  const files = packed.files.map(({ path }) => path);
  const { size, unpackedSize } = packed;
  const project = join(folder, 'project');
  return { folder, checkout, project, package: own, files, size, unpackedSize };
}

export function runNode(cwd: string, ...args: readonly string[]): Ran {
  const env = { ...process.env, NO_COLOR: '1' };
  const options = { encoding: 'utf8', cwd, env, maxBuffer: 1 << 28 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, options);
  return { status, stdout, stderr };
}

/** All files below a folder, by their paths from it. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
