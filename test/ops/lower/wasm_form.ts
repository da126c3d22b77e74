/** Procedures given as text, compiled to WebAssembly and run as forms.ts runs the other forms. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installLowering } from '../../../src/ops/lower/hooks.ts';
import { compileToWasm, type WasmEntry } from '../../../src/ops/lower/wasm.ts';
import type { WasmOptions } from '../../../src/ops/lower/wasm_ops.ts';
import { instantiate, type WasmFunctions } from '../../../src/ops/wasm/instantiate.ts';
import { sharedMemory } from '../../../src/ops/wasm/webassembly.ts';
import type { Exports } from './forms.ts';

// What the modules export is then what a native run would hand around.
installLowering('native');

export const folder = mkdtempSync(join(tmpdir(), 'hotrace-wasm-'));
let unique = 0;

/** Writes a module; answers its URL. */
export function moduleOf(source: string, name = `p${unique++}.js`): string {
  const path = join(folder, name);
  writeFileSync(path, source);
  return pathToFileURL(path).href;
}

/** The exports of a module, lowered to native JavaScript. */
export async function nativeExports(url: string): Promise<Exports> {
  // What import() answers is a namespace object.
  return (await import(url)) as Exports;
}

const WORDS = 64;
const memory = sharedMemory(WORDS);
const words = new Int32Array(memory.buffer, 0, WORDS);
const registers = new Int32Array(16);

const OPERATIONS = {
  ctx_get: (index: number): number => registers[index & 15] ?? 0,
  ctx_set: (index: number, value: number): void => {
    registers[index & 15] = value;
  },
};

export async function compiled(
  entries: readonly WasmEntry[],
  options: WasmOptions = {},
): Promise<WasmFunctions> {
  return instantiate(await compileToWasm(entries, options), memory, OPERATIONS).functions;
}

/** Runs a function over a fresh memory; answers result and memory as run() of forms.ts does. */
export function runWasm(functions: WasmFunctions, name: string, args: readonly number[]): string {
  registers.fill(0);
  words.forEach((_, i) => {
    words[i] = (i * 7919) ^ (i << 9);
  });
  const result = functions[name]?.(...args);
  return `${result} | ${words.join(' ')}`;
}
