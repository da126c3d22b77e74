/** Locks in the second native form: the whole loop as one WebAssembly module, compiled once. */

import { LoweringError } from '../../ops/lower/source.ts';
import { compileToWasm, type WasmEntry } from '../../ops/lower/wasm.ts';
import { WasmSources } from '../../ops/lower/wasm_modules.ts';
import { webAssembly } from '../../ops/wasm/webassembly.ts';
import type { BenchLock } from './cell.ts';

const ROUNDS = new URL('../../sync/bench/rounds.ts', import.meta.url).href;
const NO_LOCK = new URL('../../sync/bench/no_lock.ts', import.meta.url).href;
const ZOO = new URL('../../sync/zoo.ts', import.meta.url).href;
/** What a file of one's own has from `hotrace`: queue nodes are procedures, too. */
const NODES = new URL('../../sync/node.ts', import.meta.url).href;
const TWINS = new URL('../../sync/broken/index.ts', import.meta.url).href;

export interface WasmLocks {
  readonly locks: readonly BenchLock[];
  /** Those that have no such form, and why. */
  readonly refused: readonly { readonly lock: BenchLock; readonly why: string }[];
}

/**
 * Spinners pause by a call of the engine's; sleepers and wakers are the benchmark's own, which
 * count. Neither is called where nobody waits.
 * @throws MissingPackageError when binaryen is not installed.
 */
export async function wasmLocks(locks: readonly BenchLock[]): Promise<WasmLocks> {
  const sources = new WasmSources();
  const done: BenchLock[] = [];
  const refused: { lock: BenchLock; why: string }[] = [];
  for (const lock of locks) {
    const { from } = lock.ref;
    const own = from === 'none' ? [NO_LOCK] : from === 'zoo' ? [ZOO, TWINS] : [from, NODES];
    try {
      const entries = entriesOf(lock, await proceduresOf(lock));
      const options = { futex: 'import', relax: 'pause', modules: own, sources } as const;
      const bytes = await compileToWasm(entries, options);
      const wasm = new webAssembly.Module(bytes);
      done.push({ ...lock, ref: { ...lock.ref, wasm } });
    } catch (error) {
      if (!(error instanceof LoweringError)) throw error;
      refused.push({ lock, why: `no WebAssembly form: ${error.message}` });
    }
  }
  return { locks: done, refused };
}

async function proceduresOf({ ref, algorithm }: BenchLock): Promise<object> {
  if (ref.from === 'none') return (await import('../../sync/bench/no_lock.ts')).NO_LOCK;
  if (algorithm === undefined) throw new Error(`[hotrace bug] ${ref.key} has no algorithm`);
  return algorithm.procedures;
}

function entriesOf({ ref }: BenchLock, procedures: object): WasmEntry[] {
  const exclusive = ref.kind === 'exclusive';
  const procedure = exclusive ? 'exclusive_rounds' : 'readers_writer_rounds';
  const words = Array.from({ length: 5 }, () => undefined);
  const names = exclusive ? ['lock', 'unlock'] : ['down_read', 'up_read', 'down_write', 'up_write'];
  const whole: WasmEntry = {
    module: ROUNDS,
    procedure,
    name: 'rounds',
    args: [...words, procedures],
  };
  const single = names.map((name): WasmEntry => {
    // Of a record of procedures.
    const value = Reflect.get(procedures, name) as object;
    return { module: ROUNDS, procedure: value, name };
  });
  return [whole, ...single];
}
