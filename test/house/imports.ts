/** Who imports what, read from the files themselves; type imports count as well. */
import type { Literal, Node } from 'acorn';
import { parseModule, type SourceFile, walk } from './tree.ts';

export interface Import {
  readonly from: string;
  /** A path from the top (`src/ops/reference.ts`), or a package's or node's name as written. */
  readonly to: string;
  /** Erased before anything runs. */
  readonly typeOnly: boolean;
  /** `new URL('./worker.ts', import.meta.url)`: another thread's first module, not a dependency. */
  readonly started: boolean;
}

/** All imports of a module, in order. */
export function importsOf(file: SourceFile): Import[] {
  if (file.path.endsWith('.tsx')) return importsOfPage(file);
  const found: Import[] = [];
  const add = (at: Node, to: Node | null | undefined, started = false): void => {
    const specifier = literal(to);
    if (specifier === undefined) return;
    const typeOnly = /^(import|export) type\b/.test(file.text.slice(at.start));
    found.push({ from: file.path, to: resolve(specifier, file.path), typeOnly, started });
  };
  for (const [node] of walk(parseModule(withTypeImports(file)).program)) {
    if (is(node, 'ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration')) {
      add(node, child(node, 'source'));
    } else if (is(node, 'ImportExpression')) {
      add(node, child(node, 'source'));
    } else if (is(node, 'NewExpression') && nameOf(child(node, 'callee')) === 'URL') {
      const first: unknown = Reflect.get(node, 'arguments');
      const url = Array.isArray(first) ? first[0] : undefined;
      if (/^\.\.?\/.*\.[jt]s$/.test(literal(url) ?? '')) add(node, url, true);
    }
  }
  return found;
}

/** The parser does not read JSX; the formatter puts every import at the start of a line. */
function importsOfPage(file: SourceFile): Import[] {
  const found = file.text.matchAll(/^(?:import|export) (type )?(?:[^;']* from )?'([^']+)';/gm);
  return [...found].map(([, type, specifier = '']) => {
    const to = resolve(specifier, file.path);
    return { from: file.path, to, typeOnly: type !== undefined, started: false };
  });
}

/** Type imports as plain ones, for the parser: erasing types would erase them too. */
function withTypeImports(file: SourceFile): SourceFile {
  const text = file.text.replace(/^(import|export) type (?=[\w$]+ from|[{*])/gm, '$1      ');
  return { path: file.path, text };
}

function is(node: Node, ...types: string[]): boolean {
  return types.includes(node.type);
}

function child(node: Node, key: string): Node | null | undefined {
  return Reflect.get(node, key);
}

function nameOf(node: Node | null | undefined): unknown {
  return node == null ? undefined : Reflect.get(node, 'name');
}

function literal(node: Node | null | undefined): string | undefined {
  if (node?.type !== 'Literal') return undefined;
  const { value } = node as Literal;
  return typeof value === 'string' ? value : undefined;
}

function resolve(specifier: string, from: string): string {
  if (specifier === '#ops' || specifier === 'hotrace/ops') return 'src/ops/reference.ts';
  if (!specifier.startsWith('.')) return specifier;
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

/**
 * The first circle of imports there is, each file once and the first again at the end. Types may
 * point back: they are gone before anything runs.
 */
export function circle(imports: readonly Import[]): string[] | undefined {
  const next = new Map<string, string[]>();
  for (const { from, to, started, typeOnly } of imports) {
    if (!started && !typeOnly) next.set(from, [...(next.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (done.has(file)) return undefined;
    for (const to of next.get(file) ?? []) {
      const found = visit(to, [...path, file]);
      if (found !== undefined) return found;
    }
    done.add(file);
    return undefined;
  };
  for (const file of next.keys()) {
    const found = visit(file, []);
    if (found !== undefined) return found;
  }
  return undefined;
}
