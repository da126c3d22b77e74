/** What a procedure module imports by relative path: looked at, so that misuse is refused early. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type * as acorn from 'acorn';
import { checkPureFunction } from './pure_function.ts';
import { type ModuleSource, readModule, refusal } from './source.ts';

export type ImportKind = 'procedure' | 'mutable' | 'other';

/** Answers for one module; each file it imports from is read once. */
export class Imports {
  readonly #folder: string;
  readonly #display: (path: string) => string;
  readonly #kinds = new Map<string, ImportKind>();
  readonly #texts = new Map<string, string | undefined>();
  readonly #modules = new Map<string, ModuleSource>();

  constructor(path: string, display: (path: string) => string) {
    this.#folder = dirname(path);
    this.#display = display;
  }

  /** Is the name a generator there, or a mutable binding? */
  kind(from: string, name: string): ImportKind {
    const key = `${from} ${name}`;
    const known = this.#kinds.get(key);
    if (known !== undefined) return known;
    const found = this.#findKind(from, name);
    this.#kinds.set(key, found);
    return found;
  }

  #findKind(from: string, name: string): ImportKind {
    const text = this.#text(from);
    if (text === undefined) return 'other';
    if (new RegExp(`export\\s+(async\\s+)?function\\s*\\*\\s*${name}\\b`).test(text)) {
      return 'procedure';
    }
    if (new RegExp(`export\\s+(let|var)\\s+${name}\\b`).test(text)) return 'mutable';
    return 'other';
  }

  /** @throws LoweringError when a procedure calls an import that is no pure number function. */
  checkCall(module: ModuleSource, call: acorn.Node, from: string, name: string): void {
    const text = this.#text(from);
    if (text === undefined) return;
    const path = resolve(this.#folder, from);
    let target = this.#modules.get(path);
    if (target === undefined) {
      target = readModule(text, this.#display(path));
      this.#modules.set(path, target);
    }
    if (!target.functions.has(name)) {
      throw refusal(module, call, `${name} is not a plain function of ${from}`);
    }
    checkPureFunction(target, name);
  }

  #text(from: string): string | undefined {
    if (!from.startsWith('.')) return undefined;
    const path = resolve(this.#folder, from);
    if (!this.#texts.has(path)) {
      this.#texts.set(path, existsSync(path) ? readFileSync(path, 'utf8') : undefined);
    }
    return this.#texts.get(path);
  }
}
