/**
 * The second native form: procedures as one WebAssembly module over the same shared words. Each
 * entry becomes an exported function of words; what its arguments are known to be (a design record,
 * a procedure) is compiled in, and the procedures it calls become direct calls that binaryen
 * inlines. Numbers, operations and refusals: wasm_expressions.ts, wasm_ops.ts. An address beyond
 * the memory traps, one that wraps around 2^30 words does not.
 */

import type { Binaryen, BinaryenModule } from '../wasm/binaryen.ts';
import { loadBinaryen } from '../wasm/binaryen.ts';
import { TEXTS_SECTION } from '../wasm/instantiate.ts';
import { LoweringError, positionOf } from './source.ts';
import { OpenArgumentError } from './wasm_function.ts';
import { type ProcedureRef, type WasmSource, WasmSources } from './wasm_modules.ts';
import type { WasmOptions } from './wasm_ops.ts';
import { WasmUnit } from './wasm_unit.ts';

export interface WasmEntry {
  /** URL of a procedure module, or of one that imports it. */
  readonly module: string;
  /** A procedure of that very module by name, or any as the value that this thread has. */
  readonly procedure: string | object;
  /** Its name among the exports; the procedure's where it is not given. */
  readonly name?: string;
  /**
   * Arguments known now, by position: records and procedures as the module's own code would get
   * them. Where it is undefined the exported function takes a word.
   */
  readonly args?: readonly unknown[];
}

/** A procedure that has no WebAssembly form, and why. */
export interface WasmRefusal {
  readonly procedure: string;
  readonly file: string;
  readonly line: number;
  readonly message: string;
  /** It is compiled once an entry gives the record or procedure that it takes. */
  readonly open: boolean;
}

/** Shared memories of any size may be imported. */
const PAGES_MAX = 65536;

/**
 * Compiles procedures. Each exported function takes the words that `args` leaves open.
 * @throws LoweringError for what has no exact WebAssembly form, at its place.
 * @throws MissingPackageError when binaryen is not installed.
 */
export async function compileToWasm(
  entries: readonly WasmEntry[],
  options: WasmOptions = {},
): Promise<Uint8Array> {
  const binaryen = await loadBinaryen();
  const sources = await sourcesOf(entries, options);
  const unit = newUnit(binaryen, sources, options);
  try {
    for (const entry of entries) addEntry(unit, entry);
    if (unit.m.validate() === 0) throw new Error('[hotrace bug] binaryen refuses what was written');
    const texts = JSON.stringify([...unit.texts.values()]);
    unit.m.addCustomSection(TEXTS_SECTION, new TextEncoder().encode(texts));
    if (options.optimize !== false) optimise(binaryen, unit.m);
    unit.values.routines.finish();
    return unit.m.emitBinary();
  } finally {
    unit.m.dispose();
  }
}

/** The procedures of a module that have no WebAssembly form by themselves. */
export async function wasmRefusals(
  module: string,
  options: WasmOptions = {},
): Promise<readonly WasmRefusal[]> {
  const binaryen = await loadBinaryen();
  const sources = await sourcesOf([{ module, procedure: '' }], options);
  const { source } = sourceAt(sources, module);
  const refusals: WasmRefusal[] = [];
  for (const [procedure, node] of source.procedures) {
    // A fresh one each: a refusal leaves functions half written.
    const unit = newUnit(binaryen, sources, options);
    try {
      addEntry(unit, { module, procedure });
    } catch (error) {
      if (!(error instanceof LoweringError)) throw error;
      const { message } = error;
      const open = error instanceof OpenArgumentError;
      const line = error.file === source.file ? error.line : positionOf(node).line;
      refusals.push({ procedure, file: source.file, line, message, open });
    } finally {
      unit.m.dispose();
    }
  }
  return refusals;
}

async function sourcesOf(
  entries: readonly WasmEntry[],
  { modules = [], sources = new WasmSources() }: WasmOptions,
): Promise<WasmSources> {
  await sources.load([...entries.map(({ module }) => module), ...modules]);
  return sources;
}

function newUnit(binaryen: Binaryen, sources: WasmSources, options: WasmOptions): WasmUnit {
  const unit = new WasmUnit(binaryen, sources, options);
  const has = binaryen.Features;
  const numbers = has.NontrappingFPToInt | has.SignExt;
  unit.m.setFeatures(has.Atomics | has.MutableGlobals | has.BulkMemory | numbers);
  unit.m.setMemory(1, PAGES_MAX, null, [], true);
  unit.m.addMemoryImport('0', 'env', 'memory', true);
  return unit;
}

function sourceAt(sources: WasmSources, url: string): WasmSource {
  const module = sources.get(url);
  if (module === undefined) throw new Error(`[hotrace bug] no source of ${url} was found`);
  return module;
}

function addEntry(unit: WasmUnit, entry: WasmEntry): void {
  const ref = procedureOf(unit.sources, entry);
  const node = ref.module.source.procedures.get(ref.name);
  const known = node?.params.map((_, i) => entry.args?.[i]) ?? [];
  unit.m.addFunctionExport(unit.procedure(ref, known), entry.name ?? ref.name);
}

function procedureOf(sources: WasmSources, { module, procedure }: WasmEntry): ProcedureRef {
  const { source } = sourceAt(sources, module);
  const value =
    typeof procedure !== 'string'
      ? procedure
      : source.procedures.has(procedure) && sourceAt(sources, module).procedure(procedure);
  const ref = sources.procedureOf(value);
  if (ref !== undefined) return ref;
  const name = typeof procedure === 'function' ? procedure.name : String(procedure);
  const position = { line: 1, column: 0 };
  throw new LoweringError(`no procedure ${name}`, { file: source.file, position });
}

function optimise(binaryen: Binaryen, module: BinaryenModule): void {
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(0);
  // A lock's spin loop must not keep the lock from being inlined.
  binaryen.setAllowInliningFunctionsWithLoops(true);
  module.optimize();
}
