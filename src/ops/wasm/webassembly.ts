/** The engine's WebAssembly, as far as it is used: TypeScript describes it only for browsers. */

export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
}

interface Opaque {
  readonly [Symbol.toStringTag]: string;
}

/** A compiled module; it may be sent to other threads. */
export interface WasmModule extends Opaque {
  readonly [Symbol.toStringTag]: 'WebAssembly.Module';
}

interface WasmGlobal {
  value: number;
}

interface WebAssemblyApi {
  readonly Memory: new (limits: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: true;
  }) => WasmMemory;
  readonly Global: new (
    type: { readonly value: 'i32'; readonly mutable: true },
    value: number,
  ) => WasmGlobal;
  readonly Module: {
    new (bytes: Uint8Array): WasmModule;
    readonly imports: (module: WasmModule) => readonly { name: string; kind: string }[];
    readonly customSections: (module: WasmModule, name: string) => readonly ArrayBuffer[];
  };
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

// Node has it; what is used of it is described above.
export const webAssembly = Reflect.get(globalThis, 'WebAssembly') as WebAssemblyApi;

/** Bytes of a WebAssembly page. */
const PAGE_BYTES = 65536;

/** A memory of at least so many words for all threads; it never grows. */
export function sharedMemory(words: number): WasmMemory {
  const pages = Math.max(1, Math.ceil((words * 4) / PAGE_BYTES));
  return new webAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}
