/** What is gathered while one function of the WebAssembly form is written. */
import type * as acorn from 'acorn';
import { LoweringError, type ModuleSource, positionOf, refusal } from './source.ts';
import type { ProcedureRef, WasmSource } from './wasm_modules.ts';
import type { Wanted, WasmUnit } from './wasm_unit.ts';
import { joined, type Kind, type Value } from './wasm_values.ts';

/** Procedures compute with words, cut back at every step; plain functions as JavaScript does. */
export type Mode =
  | { readonly kind: 'procedure' }
  | { readonly kind: 'pure'; readonly wanted: Wanted };

/** It hangs on an argument that an entry did not give: with the record or procedure it may do. */
export class OpenArgumentError extends LoweringError {}

interface Local {
  readonly index: number;
  readonly kind: Kind;
}

export class WasmFunction {
  readonly unit: WasmUnit;
  readonly module: WasmSource;
  readonly source: ModuleSource;
  readonly mode: Mode;
  /** Parameters whose record or procedure is known. */
  readonly statics = new Map<string, unknown>();
  readonly breaks: string[] = [];
  readonly continues: string[] = [];
  /** A refusal that stands if the kinds of all locals do. */
  doubt: LoweringError | undefined;
  resultKind: Kind;
  /** Kinds that an earlier pass found assigned to the locals of a plain function. */
  readonly #found: Map<string, Kind>;
  readonly #locals = new Map<string, Local>();
  readonly #types: number[] = [];
  #grew = false;
  #labels = 0;

  constructor(
    unit: WasmUnit,
    module: WasmSource,
    mode: Mode,
    found: Map<string, Kind> = new Map(),
    resultKind: Kind = mode.kind === 'pure' && mode.wanted === 'value' ? 'bool' : 'i32',
  ) {
    this.unit = unit;
    this.module = module;
    this.source = module.source;
    this.mode = mode;
    this.#found = found;
    this.resultKind = resultKind;
  }

  get isPure(): boolean {
    return this.mode.kind === 'pure';
  }

  /** The next pass over the same plain function, with what this one has learnt. */
  again(): WasmFunction {
    return new WasmFunction(this.unit, this.module, this.mode, this.#found, this.resultKind);
  }

  settled(): boolean {
    return !this.#grew;
  }

  localTypes(): number[] {
    return [...this.#types];
  }

  declare(name: string, kind: Kind): void {
    if (this.#locals.has(name)) return;
    const real = joined(this.#found.get(name), kind);
    this.#locals.set(name, { index: this.#types.length, kind: real });
    this.#found.set(name, real);
    this.#types.push(this.unit.values.typeOf(real));
  }

  has(name: string): boolean {
    return this.#locals.has(name) || this.statics.has(name);
  }

  local(name: string): Value | undefined {
    const local = this.#locals.get(name);
    if (local === undefined) return undefined;
    const { m, values } = this.unit;
    return { code: m.local.get(local.index, values.typeOf(local.kind)), kind: local.kind };
  }

  /** Assigns; in a plain function the local may turn out to be of another kind: one more pass. */
  assign(name: string, value: Value): number {
    const local = this.#locals.get(name);
    if (local === undefined) throw new Error(`[hotrace bug] no local ${name}`);
    const kind = joined(local.kind, value.kind);
    if (kind !== local.kind && this.isPure) {
      this.#found.set(name, kind);
      this.#grew = true;
    }
    return this.unit.m.local.set(local.index, this.unit.values.as(value, local.kind));
  }

  /** Index of a new local that no name stands for. */
  temporary(kind: Kind): number {
    this.#types.push(this.unit.values.typeOf(kind));
    return this.#types.length - 1;
  }

  newLabel(): string {
    return `$${this.#labels++}`;
  }

  /** Returns a value, or without one what a function without a result answers. */
  leave(value?: Value): number {
    const { m, values } = this.unit;
    if (this.mode.kind === 'procedure' || this.mode.wanted === 'word') {
      return m.return(value === undefined ? m.i32.const(0) : values.word(value));
    }
    const answer = value ?? { code: m.f64.const(Number.NaN), kind: 'f64' as const };
    const kind = joined(this.resultKind, answer.kind);
    if (kind !== this.resultKind) this.#grew = true;
    const code = values.as(answer, this.resultKind);
    this.resultKind = kind;
    return m.return(code);
  }

  /**
   * The value of a constant, a chain of members of one, or a known argument; undefined for what is
   * known only at run time.
   */
  known(node: acorn.Node): { readonly value: unknown } | undefined {
    if (node.type === 'ParenthesizedExpression') {
      return this.known((node as acorn.ParenthesizedExpression).expression);
    }
    if (node.type === 'Identifier') return this.#knownName((node as acorn.Identifier).name);
    if (node.type !== 'MemberExpression') return undefined;
    const { object, property, computed } = node as acorn.MemberExpression;
    const record = this.known(object);
    if (record === undefined || computed || property.type !== 'Identifier') return undefined;
    const { value } = record;
    if (typeof value !== 'object' || value === null) {
      throw refusal(this.source, node, `${property.name} of what is not a record`);
    }
    return { value: Reflect.get(value, property.name) };
  }

  #knownName(name: string): { readonly value: unknown } | undefined {
    if (this.statics.has(name)) return { value: this.statics.get(name) };
    if (this.#locals.has(name)) return undefined;
    const { source, module, unit } = this;
    if (source.procedures.has(name)) return { value: module.procedure(name) };
    const from = source.imports.get(name);
    if (from?.from.startsWith('.')) {
      const there = unit.sources.get(module.importedFrom(from.from));
      if (there?.source.procedures.has(from.name)) return { value: there.procedure(from.name) };
    }
    return module.scope.has(name) ? { value: module.scope.get(name) } : undefined;
  }

  /** Refuses what cannot be compiled before an argument is known. */
  open(node: acorn.Node): LoweringError {
    const text = this.source.code.slice(node.start, node.end);
    if (this.isPure) return refusal(this.source, node, `${text} has no form in WebAssembly`);
    const message = `${text} is known only at run time: give the record or procedure in args`;
    return new OpenArgumentError(message, { file: this.source.file, position: positionOf(node) });
  }

  /** The procedure that a callee names. @throws LoweringError when it is not known here. */
  procedureAt(callee: acorn.Node): ProcedureRef {
    const known = this.known(callee);
    const ref = known && this.unit.sources.procedureOf(known.value);
    if (ref !== undefined) return ref;
    if (known === undefined) throw this.open(callee);
    const text = this.source.code.slice(callee.start, callee.end);
    const why = 'not a procedure of a module that was read: name its module in options.modules';
    throw refusal(this.source, callee, `${text}: ${why}`);
  }
}
