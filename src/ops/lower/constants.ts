/**
 * Constant chains (`eeh_pe.child_list.next`, `LIST_POISON1`) hoisted to module-level constants, so
 * that hot code loads a number and not three properties. They are evaluated at the module's end.
 */
import type * as acorn from 'acorn';
import type MagicString from 'magic-string';
import { childrenOf, type ModuleSource } from './source.ts';

export class Constants {
  readonly #module: ModuleSource;
  readonly #names = new Map<string, string>();

  constructor(module: ModuleSource) {
    this.#module = module;
  }

  /** The root name of a member chain, or undefined when it is not one. */
  rootOf(node: acorn.Node): string | undefined {
    if (node.type === 'Identifier') return (node as acorn.Identifier).name;
    if (node.type !== 'MemberExpression') return undefined;
    return this.rootOf((node as acorn.MemberExpression).object);
  }

  /** True where a chain starts at an import or a module constant. */
  isConstant(node: acorn.Node, locals: ReadonlySet<string>): boolean {
    const root = this.rootOf(node);
    if (root === undefined || locals.has(root)) return false;
    return this.#module.imports.has(root) || this.#module.constants.has(root);
  }

  /** The name that stands for an expression from now on. */
  name(expression: string): string {
    const known = this.#names.get(expression);
    if (known !== undefined) return known;
    const name = `$k${this.#names.size}`;
    this.#names.set(expression, name);
    return name;
  }

  /** The declarations, for the module's end. */
  declarations(wrap: (expression: string) => string): string {
    const lines = [...this.#names].map(([text, name]) => `const ${name} = ${wrap(text)};`);
    return lines.length === 0 ? '' : `\n${lines.join(' ')}\n`;
  }
}

/** Rewrites constants and chains of them in place, for lowerings that keep the source's shape. */
export function hoistInPlace(
  node: acorn.Node,
  locals: ReadonlySet<string>,
  constants: Constants,
  out: MagicString,
  code: string,
): void {
  const chain = node.type === 'MemberExpression' || node.type === 'Identifier';
  if (chain && constants.isConstant(node, locals)) {
    out.overwrite(node.start, node.end, constants.name(code.slice(node.start, node.end)));
    return;
  }
  // A member of a local record: neither the record nor the member's name is a constant.
  if (chain) return;
  if (node.type === 'CallExpression') {
    // The callee is a function, not a number: only its arguments are rewritten.
    for (const a of (node as acorn.CallExpression).arguments) {
      hoistInPlace(a, locals, constants, out, code);
    }
    return;
  }
  for (const child of childrenOf(node)) hoistInPlace(child, locals, constants, out, code);
}
