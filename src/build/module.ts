/** One module as the package carries it. */
import { basename, join, posix } from 'node:path';
import type * as acorn from 'acorn';
import { parse } from 'acorn';
import { lower } from '../ops/lower/hooks.ts';
import { childrenOf, isProcedureModule, stripTypes } from '../ops/lower/source.ts';
import { jsName, type Lowering, TOP } from '../ops/lower/tree.ts';

export interface PackedModule {
  readonly code: string;
  /** For a procedure module; all others keep every line and column of their source. */
  readonly map: string | undefined;
  /** Whatever it imports by name, in its packed form. */
  readonly specifiers: readonly string[];
}

/**
 * Makes JavaScript of a source. `path` is its path from the top: reports name it.
 * @throws LoweringError for a procedure that is outside the procedure language.
 */
export function packModule(path: string, source: string, lowering: Lowering): PackedModule {
  if (!isProcedureModule(source)) return { ...named(stripTypes(source)), map: undefined };
  const runtime = { flat: from(path, 'src/ops/flat.ts'), sites: from(path, 'src/ops/sites.ts') };
  const lowered = lower(source, join(TOP, path), lowering, runtime);
  const { code, specifiers } = named(lowered.code);
  const name = basename(jsName(path));
  return {
    code: `${code}\n//# sourceMappingURL=${name}.map\n`,
    map: externalMap(lowered.map, path, lowering),
    specifiers,
  };
}

/** The specifier of a module of ours in another one. */
function from(path: string, to: string): string {
  const specifier = posix.relative(posix.dirname(path), to);
  return specifier.startsWith('.') ? specifier : `./${specifier}`;
}

/** The map beside its module; the source it names lies at the package's top. */
function externalMap(map: string, path: string, lowering: Lowering): string {
  const source = posix.relative(posix.join('dist', lowering, posix.dirname(path)), path);
  // JSON border: magic-string has just written it.
  const { names, mappings } = JSON.parse(map) as { names: string[]; mappings: string };
  const file = basename(jsName(path));
  return `${JSON.stringify({ version: 3, file, sources: [source], names, mappings })}\n`;
}

/** Specifiers get the packed modules' names, which are as long: nothing moves. */
function named(code: string): { readonly code: string; readonly specifiers: readonly string[] } {
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module' });
  const specifiers: string[] = [];
  let text = code;
  for (const { start, end, value } of specifiersOf(program)) {
    const specifier = value.startsWith('.') ? jsName(value) : value;
    specifiers.push(specifier);
    const quote = code.charAt(start);
    text = `${text.slice(0, start)}${quote}${specifier}${quote}${text.slice(end)}`;
  }
  return { code: text, specifiers };
}

interface Specifier {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

/** Of imports of all kinds, and of `new URL('./worker.ts', import.meta.url)`: a thread's entry. */
function specifiersOf(node: acorn.Node): Specifier[] {
  const found = [...childrenOf(node)].flatMap(specifiersOf);
  // Each node that acorn makes is one of these: its type tag tells which.
  const literal = specifierLiteral(node as acorn.AnyNode);
  if (literal?.type !== 'Literal') return found;
  const { start, end, value } = literal;
  return typeof value === 'string' ? [...found, { start, end, value }] : found;
}

function specifierLiteral(node: acorn.AnyNode): acorn.AnyNode | null | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
      return node.source;
    case 'NewExpression': {
      const { callee, arguments: args } = node;
      const isUrl = callee.type === 'Identifier' && callee.name === 'URL';
      return isUrl && args[1]?.type === 'MemberExpression' ? moduleLiteral(args[0]) : undefined;
    }
    default:
      return undefined;
  }
}

/** Modules only: a file that is read is not followed. */
function moduleLiteral(node: acorn.AnyNode | undefined): acorn.AnyNode | undefined {
  if (node?.type !== 'Literal') return undefined;
  return typeof node.value === 'string' && node.value.endsWith('.ts') ? node : undefined;
}
