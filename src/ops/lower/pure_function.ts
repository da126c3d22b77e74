/**
 * Plain functions that procedures call run between two operations: they may compute with numbers
 * and constants, and touch nothing that another actor could see.
 */
import type * as acorn from 'acorn';
import { childrenOf, type ModuleSource, refusal } from './source.ts';

/** @throws LoweringError when the function, or one it calls here, is more than a computation. */
export function checkPureFunction(
  module: ModuleSource,
  name: string,
  seen: Set<string> = new Set(),
): void {
  const node = module.functions.get(name);
  if (node === undefined || seen.has(name)) return;
  seen.add(name);
  new Purity(module, name, seen).check(node);
}

class Purity {
  readonly #module: ModuleSource;
  readonly #name: string;
  readonly #seen: Set<string>;
  readonly #locals = new Set<string>();

  constructor(module: ModuleSource, name: string, seen: Set<string>) {
    this.#module = module;
    this.#name = name;
    this.#seen = seen;
  }

  check(node: acorn.FunctionDeclaration): void {
    for (const param of node.params) this.#declare(param);
    this.#collect(node.body);
    this.#visit(node.body);
  }

  #declare(node: acorn.Node): void {
    if (node.type === 'Identifier') this.#locals.add((node as acorn.Identifier).name);
    else for (const child of childrenOf(node)) this.#declare(child);
  }

  #collect(node: acorn.Node): void {
    if (node.type === 'VariableDeclarator') this.#declare((node as acorn.VariableDeclarator).id);
    for (const child of childrenOf(node)) this.#collect(child);
  }

  #visit(node: acorn.Node): void {
    if (node.type === 'AssignmentExpression') {
      this.#target((node as acorn.AssignmentExpression).left);
    } else if (node.type === 'UpdateExpression') {
      this.#target((node as acorn.UpdateExpression).argument);
    }
    if (node.type === 'Identifier') {
      this.#identifier(node as acorn.Identifier);
    } else if (node.type === 'MemberExpression') {
      const { object, property, computed } = node as acorn.MemberExpression;
      this.#visit(object);
      if (computed) this.#visit(property);
    } else {
      for (const child of childrenOf(node)) this.#visit(child);
    }
  }

  #target(node: acorn.Node): void {
    if (node.type === 'Identifier' && this.#locals.has((node as acorn.Identifier).name)) return;
    this.#refuse(node, 'it changes what is not its own');
  }

  #identifier(node: acorn.Identifier): void {
    const { name } = node;
    const { ops, procedures, mutables, functions } = this.#module;
    if (this.#locals.has(name)) return;
    if (ops.has(name)) this.#refuse(node, `operation ${name} would not happen here`);
    if (procedures.has(name)) this.#refuse(node, `procedure ${name} would not run here`);
    if (mutables.has(name)) this.#refuse(node, `${name}: captured mutable variable`);
    if (functions.has(name)) checkPureFunction(this.#module, name, this.#seen);
  }

  #refuse(node: acorn.Node, why: string): never {
    throw refusal(this.#module, node, `${why} (in plain function ${this.#name})`);
  }
}
