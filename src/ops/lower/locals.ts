/** The locals of one procedure: each name is one slot of its frame. */
import type * as acorn from 'acorn';
import { SCOPES } from './language.ts';
import { childrenOf, type ModuleSource, refusal } from './source.ts';

export class Locals {
  readonly #module: ModuleSource;
  readonly #name: string;
  readonly #names = new Set<string>();
  readonly #variables = new Set<string>();

  constructor(module: ModuleSource, name: string) {
    this.#module = module;
    this.#name = name;
  }

  /** @throws LoweringError for a declaration that the language does not have. */
  of(node: acorn.FunctionDeclaration): void {
    for (const param of node.params) {
      if (param.type !== 'Identifier') this.#refuse(param, 'a parameter must be a plain name');
      this.#declare(param);
      this.#variables.add(param.name);
    }
    this.#collect(node.body, new Set(this.#names));
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** True where no declaration of the name lets it be assigned. */
  isConst(name: string): boolean {
    return this.#names.has(name) && !this.#variables.has(name);
  }

  /** Names share one slot a procedure, so an inner scope may not hide an outer one's name. */
  #collect(node: acorn.Node, outer: Set<string>): void {
    const scoped = SCOPES.has(node.type) ? new Set(outer) : outer;
    if (node.type === 'VariableDeclaration') {
      this.#declaration(node as acorn.VariableDeclaration, outer);
    }
    for (const child of childrenOf(node)) this.#collect(child, scoped);
  }

  #declaration(node: acorn.VariableDeclaration, outer: Set<string>): void {
    if (node.kind !== 'const' && node.kind !== 'let') {
      this.#refuse(node, `${node.kind} is not in the language: const or let`);
    }
    for (const { id } of node.declarations) {
      if (id.type !== 'Identifier') this.#refuse(id, 'destructuring is not in the language');
      if (outer.has(id.name)) {
        this.#refuse(id, `${id.name} hides another local of this procedure: rename it`);
      }
      this.#declare(id);
      if (node.kind === 'let') this.#variables.add(id.name);
      outer.add(id.name);
    }
  }

  /** A local may not hide what can be called: a call would look like another one. */
  #declare(node: acorn.Identifier): void {
    const { ops, procedures, functions } = this.#module;
    if (ops.has(node.name) || procedures.has(node.name) || functions.has(node.name)) {
      this.#refuse(node, `${node.name} hides what is called by that name: rename it`);
    }
    this.#names.add(node.name);
  }

  #refuse(node: acorn.Node, message: string): never {
    throw refusal(this.#module, node, `${message} (in procedure ${this.#name})`);
  }
}
