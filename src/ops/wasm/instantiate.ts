/** A compiled module made ready in one thread, over the memory that all threads share. */
import * as native from '../native.ts';
import { registerText, textOf } from '../sites.ts';
import { type WasmMemory, type WasmModule, webAssembly } from './webassembly.ts';

/** Custom section with the texts of printk and WARN_ON, as JSON. */
export const TEXTS_SECTION = 'hotrace.texts';

export type WasmFunctions = Readonly<Record<string, (...words: number[]) => number>>;

export interface WasmInstance {
  /** The entries, by name. */
  readonly functions: WasmFunctions;
  /** What `current` answers from now on: an actor's id + 1. */
  readonly setCurrent: (owner: number) => void;
}

type Operation = (...operands: never[]) => unknown;

/**
 * Instantiates what compileToWasm() wrote. Operations that it imports are by default those of the
 * native form: attach() must have been given the words of this very memory.
 */
export function instantiate(
  compiled: Uint8Array | WasmModule,
  memory: WasmMemory,
  operations: Readonly<Record<string, unknown>> = native,
): WasmInstance {
  const module = compiled instanceof Uint8Array ? new webAssembly.Module(compiled) : compiled;
  const owner = new webAssembly.Global({ value: 'i32', mutable: true }, 0);
  const env: Record<string, unknown> = { memory, owner };
  const [texts] = webAssembly.Module.customSections(module, TEXTS_SECTION);
  if (texts !== undefined) {
    // compileToWasm() wrote it: an array of texts.
    const known = JSON.parse(new TextDecoder().decode(texts)) as readonly string[];
    for (const text of known) registerText(text);
  }
  for (const { name, kind } of webAssembly.Module.imports(module)) {
    if (kind === 'function') env[name] = imported(name, operations);
    if (kind === 'global') owner.value = Number(functionOf('current', operations)());
  }
  const { exports } = new webAssembly.Instance(module, { env });
  return {
    // Only functions of words are exported.
    functions: exports as WasmFunctions,
    setCurrent: (id) => {
      owner.value = id;
    },
  };
}

function imported(name: string, operations: Readonly<Record<string, unknown>>): Operation {
  if (name === 'pause') return () => Atomics.pause();
  if (name === 'power') return (base: number, exponent: number) => base ** exponent;
  if (name === 'modulo') return (dividend: number, by: number) => dividend % by;
  const plain = functionOf(name, operations);
  if (name !== 'WARN_ON') return plain;
  return (condition: number, text: number) => plain(condition, textOf(text) ?? '');
}

function functionOf(
  name: string,
  operations: Readonly<Record<string, unknown>>,
): (...operands: (number | string)[]) => unknown {
  const operation = operations[name];
  if (typeof operation !== 'function') {
    throw new Error(`[hotrace bug] the WebAssembly form needs the operation ${name}`);
  }
  // Lowered operations are plain functions of words; a text comes as its id.
  return operation as (...operands: (number | string)[]) => unknown;
}
