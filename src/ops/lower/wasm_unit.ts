/** One WebAssembly module while it is written: each function specialised for what is known. */
import type * as acorn from 'acorn';
import { textId } from '../sites.ts';
import type { Binaryen, BinaryenModule } from '../wasm/binaryen.ts';
import { refusal } from './source.ts';
import { WasmFunction } from './wasm_function.ts';
import type { ProcedureRef, WasmSource, WasmSources } from './wasm_modules.ts';
import { WasmOps, type WasmOptions } from './wasm_ops.ts';
import { statements } from './wasm_statements.ts';
import { type Kind, WasmValues } from './wasm_values.ts';

/** What a caller wants of a plain function: the number it answers, or that number cut to int32. */
export type Wanted = 'word' | 'value';

interface PureFunction {
  readonly name: string;
  /** Undefined while its body is being read. */
  kind: Kind | undefined;
}

/** Kinds of a function's locals grow until nothing changes; there are four, so soon. */
const PASSES_MAX = 16;

export class WasmUnit {
  readonly binaryen: Binaryen;
  readonly m: BinaryenModule;
  readonly sources: WasmSources;
  readonly values: WasmValues;
  readonly ops: WasmOps;
  readonly texts = new Map<number, string>();
  readonly #procedures = new Map<string, string>();
  readonly #pure = new Map<string, PureFunction>();
  readonly #ids = new Map<unknown, number>();

  constructor(binaryen: Binaryen, sources: WasmSources, options: WasmOptions) {
    this.binaryen = binaryen;
    this.m = new binaryen.Module();
    this.sources = sources;
    this.values = new WasmValues(binaryen, this.m);
    this.ops = new WasmOps(binaryen, this.m, this.values, options);
  }

  text(text: string): number {
    const id = textId(text);
    this.texts.set(id, text);
    return id;
  }

  /**
   * The function that a procedure is, given what is known of its arguments (undefined: a word).
   * @throws LoweringError for what WebAssembly cannot be made of.
   */
  procedure(ref: ProcedureRef, known: readonly unknown[]): string {
    const key = `${ref.module.url} ${ref.name} ${known.map((k) => this.#idOf(k)).join(',')}`;
    const before = this.#procedures.get(key);
    if (before !== undefined) return before;
    const name = `${ref.name}.${this.#procedures.size}`;
    // First, so that a procedure may call itself.
    this.#procedures.set(key, name);
    ref.module.check();
    const node = ref.module.source.procedures.get(ref.name);
    if (node === undefined) throw new Error(`[hotrace bug] no procedure ${ref.name}`);
    const { i32 } = this.binaryen;
    const f = new WasmFunction(this, ref.module, { kind: 'procedure' });
    for (const [i, param] of node.params.entries()) {
      if (param.type !== 'Identifier') throw refusal(f.source, param, 'not a plain parameter');
      if (known[i] === undefined) f.declare(param.name, 'i32');
      else if (isWhole(known[i])) f.statics.set(param.name, known[i]);
    }
    const params = this.binaryen.createType(f.localTypes());
    const first = f.localTypes().length;
    const given = this.#given(f, node, known);
    const code = [...given, ...statements(f, node.body.body), this.m.i32.const(0)];
    const body = this.m.block(null, code, i32);
    this.m.addFunction(name, params, i32, f.localTypes().slice(first), body);
    return name;
  }

  /** Words that are known are locals with a first value: procedures may assign them. */
  #given(f: WasmFunction, node: acorn.FunctionDeclaration, known: readonly unknown[]): number[] {
    return node.params.flatMap((param, i) => {
      const value = known[i];
      if (param.type !== 'Identifier' || value === undefined || isWhole(value)) return [];
      f.declare(param.name, 'i32');
      return [f.assign(param.name, this.values.number(Number(value) | 0))];
    });
  }

  /** A plain function for arguments of some kinds. @throws LoweringError as procedure() does. */
  pure(
    module: WasmSource,
    name: string,
    kinds: readonly Kind[],
    wanted: Wanted,
    at: { readonly from: WasmSource; readonly node: acorn.Node },
  ): { readonly name: string; readonly kind: Kind } {
    const key = `${module.url} ${name} ${kinds.join(',')} ${wanted}`;
    const before = this.#pure.get(key);
    if (before !== undefined) {
      const { kind } = before;
      if (kind !== undefined) return { name: before.name, kind };
      throw refusal(at.from.source, at.node, `${name}: a plain function that calls itself`);
    }
    const entry: PureFunction = { name: `${name}.pure${this.#pure.size}`, kind: undefined };
    this.#pure.set(key, entry);
    if (wanted === 'word') entry.kind = 'i32';
    entry.kind = this.#writePure(module, name, kinds, wanted, entry.name);
    return { name: entry.name, kind: entry.kind };
  }

  #writePure(
    module: WasmSource,
    name: string,
    kinds: readonly Kind[],
    wanted: Wanted,
    wasmName: string,
  ): Kind {
    const node = module.source.functions.get(name);
    if (node === undefined) throw new Error(`[hotrace bug] no function ${name}`);
    let f = new WasmFunction(this, module, { kind: 'pure', wanted });
    for (let pass = 0; pass < PASSES_MAX; pass++) {
      node.params.forEach((param, i) => {
        if (param.type !== 'Identifier') throw refusal(f.source, param, 'not a plain parameter');
        f.declare(param.name, kinds[i] ?? 'f64');
      });
      const first = node.params.length;
      const code = statements(f, node.body.body);
      const last = node.body.body.at(-1);
      code.push(last?.type === 'ReturnStatement' ? this.m.unreachable() : f.leave());
      if (f.settled()) {
        if (f.doubt !== undefined) throw f.doubt;
        const result = this.values.typeOf(f.resultKind);
        const types = f.localTypes();
        const body = this.m.block(null, code, result);
        const params = this.binaryen.createType(types.slice(0, first));
        this.m.addFunction(wasmName, params, result, types.slice(first), body);
        return f.resultKind;
      }
      f = f.again();
    }
    throw new Error(`[hotrace bug] the kinds of ${name} do not settle`);
  }

  #idOf(value: unknown): string {
    if (value === undefined) return '';
    const ref = this.sources.procedureOf(value) ?? value;
    const known = this.#ids.get(ref) ?? this.#ids.size + 1;
    this.#ids.set(ref, known);
    return String(known);
  }
}

/** A record or procedure, not a number. */
function isWhole(value: unknown): boolean {
  return typeof value === 'object' || typeof value === 'function';
}
