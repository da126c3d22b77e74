/**
 * Where this copy of the sources lies. A checkout has one tree of TypeScript, lowered as it is
 * loaded; the packed package has a tree of JavaScript for each lowering, in `dist/<lowering>/`.
 */
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Each lowering with the module that `#ops` stands for in it. */
export const OPS_MODULES = {
  explored: 'src/ops/reference.ts',
  native: 'src/ops/native.ts',
  sanitized: 'src/ops/sanitized.ts',
} as const;

export type Lowering = keyof typeof OPS_MODULES;

export const LOWERINGS: readonly Lowering[] = ['explored', 'native', 'sanitized'];

const top = new URL('../../../', import.meta.url).href;

/** The tree's top: what reports print paths from. */
export const TOP: string = fileURLToPath(top);

/** The lowering this tree has been packed in; undefined in a checkout. */
export const packedAs: Lowering | undefined = import.meta.url.endsWith('.ts')
  ? undefined
  : LOWERINGS.find((lowering) => lowering === basename(TOP));

/** URL of a module of this tree, named as in the sources: `src/ops/flat.ts`. */
export function moduleUrl(path: string): string {
  return new URL(packedAs === undefined ? path : jsName(path), top).href;
}

/** A source's name, or a specifier of it, in the packed form. */
export function jsName(path: string): string {
  return path.replace(/\.ts$/, '.js');
}

/** Where the trees of all lowerings lie. */
const dist = new URL('../', top).href;

/** True for a module that was lowered when the package was built, in whichever lowering. */
export function isPacked(url: string): boolean {
  return packedAs !== undefined && url.startsWith(dist);
}

/**
 * The same module for threads of another lowering: in the packed package it lies in the sibling
 * tree. Modules of the user's own, and all of a checkout, are lowered as they are loaded.
 */
export function inLowering(url: string, lowering: Lowering): string {
  if (!isPacked(url)) return url;
  const inTree = url.slice(url.indexOf('/', dist.length) + 1);
  return new URL(`${lowering}/${inTree}`, dist).href;
}

/** The source that a packed module was made of: the package carries those of its procedures. */
export function sourceOf(url: string): string {
  if (!isPacked(url)) return url;
  const inTree = url.slice(url.indexOf('/', dist.length) + 1);
  return new URL(`../${inTree.replace(/\.js$/, '.ts')}`, dist).href;
}
