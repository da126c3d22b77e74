/**
 * The native and sanitized lowerings: `function*` loses its asterisk, `yield` and `yield*` go, and
 * what is left is straight-line JavaScript that V8 inlines. Lines stay where they are.
 */
import type * as acorn from 'acorn';
import MagicString from 'magic-string';
import { siteId } from '../sites.ts';
import { Constants, hoistInPlace } from './constants.ts';
import { cutToInt32 } from './cut.ts';
import { childrenOf, type ModuleSource, positionOf } from './source.ts';

export interface Lowered {
  readonly code: string;
  /** JSON of a version 3 source map. */
  readonly map: string;
}

/** Numbers as the words they would be; records, procedures and texts as they are. */
const INT =
  "\nfunction $int(v) { return typeof v === 'number' || typeof v === 'boolean' ? v | 0 : v; }\n";

export type PlainForm = 'native' | 'sanitized';

/** Lowers a checked module. `sitesModule`: specifier of ops/sites.ts, for the sanitized form. */
export function lowerPlain(module: ModuleSource, form: PlainForm, sitesModule: string): Lowered {
  const out = new MagicString(module.code);
  const constants = new Constants(module);
  const sites: string[] = [];
  for (const [name, node] of module.procedures) {
    removeAsterisk(module, node, out);
    const locals = localsOf(node);
    hoistInPlace(node.body, locals, constants, out, module.code);
    lowerYields(module, name, node.body, form, out, sites);
    cutToInt32(node.body, module.code, out);
  }
  out.append(constants.declarations((text) => `$int(${text})`));
  out.append(INT);
  if (sites.length > 0) {
    const list = `[${sites.join(',')}]`;
    const register = 'for (const [i, p, f, l] of $sites) $registerSite(i, p, f, l);';
    out.append(`\nimport { registerSite as $registerSite } from '${sitesModule}';\n`);
    out.append(`const $sites = ${list}; ${register}\n`);
  }
  const map = out.generateMap({ source: module.file, hires: 'boundary', includeContent: false });
  return { code: out.toString(), map: map.toString() };
}

function removeAsterisk(module: ModuleSource, node: acorn.FunctionDeclaration, out: MagicString) {
  const from = module.code.indexOf('*', node.start);
  out.remove(from, from + 1);
}

/** All names that a procedure declares. */
export function localsOf(node: acorn.FunctionDeclaration): Set<string> {
  const names = new Set<string>();
  for (const p of node.params) if (p.type === 'Identifier') names.add(p.name);
  const visit = (n: acorn.Node): void => {
    if (n.type === 'VariableDeclarator') {
      const { id } = n as acorn.VariableDeclarator;
      if (id.type === 'Identifier') names.add(id.name);
    }
    for (const child of childrenOf(n)) visit(child);
  };
  visit(node.body);
  return names;
}

function lowerYields(
  module: ModuleSource,
  procedure: string,
  node: acorn.Node,
  form: PlainForm,
  out: MagicString,
  sites: string[],
): void {
  if (node.type === 'YieldExpression') {
    const { argument, delegate } = node as acorn.YieldExpression;
    const call = argument as acorn.CallExpression;
    // Not up to the call: a parenthesis may stand between.
    const [word] = /^yield\s*\*?\s*/.exec(module.code.slice(node.start)) ?? [''];
    out.remove(node.start, node.start + word.length);
    if (!delegate && form === 'sanitized') {
      const { line, column } = positionOf(call);
      const id = siteId(procedure, module.file, line, column);
      const comma = call.arguments.length > 0 ? ',' : '';
      const open = module.code.indexOf('(', call.callee.end);
      out.appendRight(open + 1, `${id}${comma}`);
      sites.push(JSON.stringify([id, procedure, module.file, line]));
    }
  }
  for (const child of childrenOf(node)) lowerYields(module, procedure, child, form, out, sites);
}
