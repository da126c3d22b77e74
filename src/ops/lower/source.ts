/** A procedure module as the lowerings see it: parsed, with its imports and procedures named. */
import { stripTypeScriptTypes } from 'node:module';
import type * as acorn from 'acorn';
import { parse } from 'acorn';
import { OPS, type OpName } from '../vocabulary.ts';

interface Where extends ErrorOptions {
  readonly file: string;
  readonly position: acorn.Position;
}

/** A refusal: what is wrong in a procedure module, at `file:line:column`. */
export class LoweringError extends Error {
  readonly file: string;
  readonly line: number;

  constructor(message: string, where: Where) {
    const { file, position } = where;
    super(`${file}:${position.line}:${position.column + 1}: ${message}`, where);
    this.name = 'LoweringError';
    this.file = file;
    this.line = position.line;
  }
}

export interface ModuleSource {
  /** Path as reports print it. */
  readonly file: string;
  /** The JavaScript: types replaced by blanks, so positions are those of the file. */
  readonly code: string;
  readonly program: acorn.Program;
  /** Local name -> operation, for names imported from #ops. */
  readonly ops: ReadonlyMap<string, OpName>;
  /** Local name -> where it comes from, for all other imports. */
  readonly imports: ReadonlyMap<string, { readonly from: string; readonly name: string }>;
  readonly procedures: ReadonlyMap<string, acorn.FunctionDeclaration>;
  readonly functions: ReadonlyMap<string, acorn.FunctionDeclaration>;
  /** Module-level const names, and module-level let/var names (which procedures may not touch). */
  readonly constants: ReadonlySet<string>;
  readonly mutables: ReadonlySet<string>;
}

const OPS_SPECIFIER = /\bfrom\s*['"](#ops|hotrace\/ops)['"]/;

/** True for a module that takes values from the vocabulary and holds generator procedures. */
export function isProcedureModule(source: string): boolean {
  return OPS_SPECIFIER.test(source) && /\bfunction\s*\*/.test(source);
}

/**
 * Parses a TypeScript or JavaScript procedure module.
 * @throws LoweringError at the place of a syntax error.
 */
export function readModule(source: string, file: string): ModuleSource {
  const code = /\.m?ts$/.test(file) ? stripped(source, file) : source;
  const program = parseModule(code, file);
  const ops = new Map<string, OpName>();
  const imports = new Map<string, { from: string; name: string }>();
  const procedures = new Map<string, acorn.FunctionDeclaration>();
  const functions = new Map<string, acorn.FunctionDeclaration>();
  const constants = new Set<string>();
  const mutables = new Set<string>();
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration') {
      readImport(node, ops, imports);
      continue;
    }
    const declared = node.type === 'ExportNamedDeclaration' ? node.declaration : node;
    if (declared?.type === 'FunctionDeclaration' && declared.id !== null) {
      const named = declared as acorn.FunctionDeclaration;
      (declared.generator ? procedures : functions).set(named.id.name, named);
    } else if (declared?.type === 'VariableDeclaration') {
      const names = declared.kind === 'const' ? constants : mutables;
      for (const d of declared.declarations) {
        if (d.id.type === 'Identifier') names.add(d.id.name);
      }
    }
  }
  return { file, code, program, ops, imports, procedures, functions, constants, mutables };
}

function stripped(source: string, file: string): string {
  try {
    return stripTypes(source);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Node says where only at the top of the stack: `:line`, the lines up to it, a caret.
    const [, line = '1', before = ''] = /^:(\d+)\n(?:.*\n)*?( *)\^/.exec(error.stack ?? '') ?? [];
    const position = { line: Number(line), column: before.length };
    throw new LoweringError(error.message, { file, position, cause: error });
  }
}

/** Types become blanks. Node warns once that its stripper is experimental; nobody needs that. */
export function stripTypes(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(source, { mode: 'strip' });
  } finally {
    process.emitWarning = emitWarning;
  }
}

function parseModule(code: string, file: string): acorn.Program {
  try {
    return parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
  } catch (error) {
    const loc: unknown = error instanceof SyntaxError && 'loc' in error ? error.loc : undefined;
    // acorn puts { line, column } on its SyntaxErrors.
    const position = (loc ?? { line: 1, column: 0 }) as acorn.Position;
    const message = error instanceof Error ? error.message : 'syntax error';
    throw new LoweringError(message, { file, position, cause: error });
  }
}

function readImport(
  node: acorn.ImportDeclaration,
  ops: Map<string, OpName>,
  imports: Map<string, { from: string; name: string }>,
): void {
  const from = String(node.source.value);
  const fromOps = from === '#ops' || from === 'hotrace/ops';
  for (const specifier of node.specifiers) {
    const local = specifier.local.name;
    const name =
      specifier.type === 'ImportSpecifier' && specifier.imported.type === 'Identifier'
        ? specifier.imported.name
        : '*';
    if (fromOps && name in OPS) ops.set(local, name as OpName);
    else imports.set(local, { from, name });
  }
}

/** Where a node starts. Nodes are parsed with locations, so it is always there. */
export function positionOf(node: acorn.Node): acorn.Position {
  return node.loc?.start ?? { line: 0, column: 0 };
}

/** What a module may not hold, at the node that holds it. */
export function refusal(module: ModuleSource, node: acorn.Node, message: string): LoweringError {
  return new LoweringError(message, { file: module.file, position: positionOf(node) });
}

/** All child nodes, whatever the node's type. */
export function childrenOf(node: acorn.Node): readonly acorn.Node[] {
  const children: acorn.Node[] = [];
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) children.push(...value.filter(isNode));
    else if (isNode(value)) children.push(value);
  }
  return children;
}

function isNode(value: unknown): value is acorn.Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

export function containsYield(node: acorn.Node): boolean {
  if (node.type === 'YieldExpression') return true;
  for (const child of childrenOf(node)) if (containsYield(child)) return true;
  return false;
}
