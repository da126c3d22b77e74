/**
 * Operations in the WebAssembly form: accesses are instructions on the shared memory, bookkeeping
 * of the lab is plain, and what waits or allocates is the native form's own function, imported.
 */

import { CTX_REGISTERS, type OpName } from '../vocabulary.ts';
import type { Binaryen, BinaryenModule } from '../wasm/binaryen.ts';
import { hasResult } from './language.ts';
import type { WasmSources } from './wasm_modules.ts';
import { byteOf } from './wasm_routines.ts';
import type { WasmValues } from './wasm_values.ts';

export interface WasmOptions {
  /**
   * `import`: sleepers and wakers are those of the native form, with its virtual time.
   * `wait32`: WebAssembly's own wait and notify; for words that only such modules wait on.
   */
  readonly futex?: 'import' | 'wait32';
  /**
   * A turn of a spin loop. `import`: the native form's cpu_relax, that can be stopped and lets the
   * clock move; `pause`: Atomics.pause; `none`: nothing.
   */
  readonly relax?: 'import' | 'pause' | 'none';
  /** Modules beside those of the entries that procedures in arguments may come from (URLs). */
  readonly modules?: readonly string[];
  /**
   * `import`: every operation is a function of the instantiating thread, for who wants to see them
   * all; `inline`: those on memory are instructions.
   */
  readonly accesses?: 'inline' | 'import';
  /** Modules that were read already, for who compiles more than once. */
  readonly sources?: WasmSources;
  /** Without binaryen's optimiser: faster to write, slower to run. */
  readonly optimize?: boolean;
}

/** Answers the code of one operation; its operands are words. */
type Lowering = (ops: WasmOps, operands: readonly number[]) => number;

const load: Lowering = ({ m }, [at = 0]) => m.i32.atomic.load(0, byteOf(m, at));
const store: Lowering = ({ m }, [at = 0, value = 0]) => m.i32.atomic.store(0, byteOf(m, at), value);
const plainLoad: Lowering = ({ m }, [at = 0]) => m.i32.load(0, 4, byteOf(m, at));
const plainStore: Lowering = ({ m }, [at = 0, value = 0]) =>
  m.i32.store(0, 4, byteOf(m, at), value);
const fence: Lowering = ({ values }) => values.routines.call('fence', []);
const add: Lowering = ({ m }, [at = 0, delta = 0]) => m.i32.atomic.rmw.add(0, byteOf(m, at), delta);

/** By name: an operation that the vocabulary does not have (yet) does no harm here. */
const LOWERINGS: ReadonlyMap<string, Lowering> = new Map<string, Lowering>([
  ['read', plainLoad],
  ['write', plainStore],
  ['READ_ONCE', load],
  ['WRITE_ONCE', store],
  ['smp_load_acquire', load],
  ['smp_store_release', store],
  ['readl', load],
  ['writel', store],
  ['xchg', ({ m }, [at = 0, value = 0]) => m.i32.atomic.rmw.xchg(0, byteOf(m, at), value)],
  [
    'cmpxchg',
    ({ m }, [at = 0, old = 0, next = 0]) => m.i32.atomic.rmw.cmpxchg(0, byteOf(m, at), old, next),
  ],
  ['atomic_fetch_add', add],
  ['atomic_fetch_or', ({ m }, [at = 0, bits = 0]) => m.i32.atomic.rmw.or(0, byteOf(m, at), bits)],
  ['atomic_fetch_and', ({ m }, [at = 0, bits = 0]) => m.i32.atomic.rmw.and(0, byteOf(m, at), bits)],
  ['smp_mb', fence],
  ['smp_rmb', fence],
  ['smp_wmb', fence],
  ['refcount_set', store],
  ['refcount_read', load],
  ['refcount_inc', (ops, [at = 0]) => ops.m.drop(add(ops, [at, ops.m.i32.const(1)]))],
  ['refcount_inc_not_zero', ({ values }, [at = 0]) => values.routines.call('incNotZero', [at])],
  ['refcount_dec_and_test', decrement],
  // Bookkeeping must not order the procedure's own accesses; counts of several actors must add up.
  ['ghost_read', plainLoad],
  ['ghost_write', plainStore],
  ['ghost_add', ({ values }, operands) => values.routines.call('ghostAdd', operands)],
  ['current', (ops) => ops.owner()],
  ['ctx_get', (ops, [index = 0]) => ops.imported('ctx_get', [register(ops, index)])],
  [
    'ctx_set',
    (ops, [index = 0, value = 0]) => ops.imported('ctx_set', [register(ops, index), value]),
  ],
  // Only the sanitized form checks these, and only it keeps a log.
  ['lockdep_assert_held', nothing],
  ['might_sleep', nothing],
  ['printk', nothing],
  ['cpu_relax', relax],
  ['delay', delay],
  ['futex_wait', futexWait],
  ['futex_wake', futexWake],
]);

export class WasmOps {
  readonly m: BinaryenModule;
  readonly binaryen: Binaryen;
  readonly values: WasmValues;
  readonly options: WasmOptions;
  readonly #imports = new Set<string>();

  constructor(
    binaryen: Binaryen,
    module: BinaryenModule,
    values: WasmValues,
    options: WasmOptions,
  ) {
    this.binaryen = binaryen;
    this.m = module;
    this.values = values;
    this.options = options;
  }

  /** The code of an operation; answers a word where the operation has a result, else nothing. */
  lower(op: OpName, operands: readonly number[]): number {
    const lowering = this.options.accesses === 'import' ? undefined : LOWERINGS.get(op);
    return lowering === undefined ? this.imported(op, operands) : lowering(this, operands);
  }

  /** A call of the native form's function. */
  imported(op: OpName, operands: readonly number[]): number {
    return this.call(op, operands, hasResult(op));
  }

  /** Who runs the instance. */
  owner(): number {
    const { i32 } = this.binaryen;
    if (!this.#imports.has('owner')) this.m.addGlobalImport('owner', 'env', 'owner', i32, true);
    this.#imports.add('owner');
    return this.m.global.get('owner', i32);
  }

  /** A call of a function of the thread's, of words; it answers one or nothing. */
  call(name: string, operands: readonly number[], answers: boolean): number {
    const { i32, none, createType } = this.binaryen;
    const result = answers ? i32 : none;
    // printk takes as many as it is given: an import for each number of them, of one function.
    const inner = `$ops.${name}.${operands.length}`;
    if (!this.#imports.has(inner)) {
      this.#imports.add(inner);
      const params = createType(operands.map(() => i32));
      this.m.addFunctionImport(inner, 'env', name, params, result);
    }
    return this.m.call(inner, operands, result);
  }
}

function register({ m }: WasmOps, index: number): number {
  return m.i32.and(index, m.i32.const(CTX_REGISTERS - 1));
}

function decrement({ m }: WasmOps, [at = 0]: readonly number[]): number {
  const one = m.i32.const(1);
  return m.i32.eq(m.i32.atomic.rmw.sub(0, byteOf(m, at), one), m.i32.const(1));
}

function nothing({ m }: WasmOps, operands: readonly number[]): number {
  return operands.length === 0
    ? m.nop()
    : m.block(
        null,
        operands.map((o) => m.drop(o)),
      );
}

function relax(ops: WasmOps): number {
  const how = ops.options.relax ?? 'import';
  if (how === 'none') return ops.m.nop();
  return how === 'import'
    ? ops.call('cpu_relax', [], false)
    : ops.values.routines.call('pause', []);
}

/** delay(count): count pauses, for backoff. */
function delay(ops: WasmOps, [count = 0]: readonly number[]): number {
  const how = ops.options.relax ?? 'import';
  if (how === 'import') return ops.call('delay', [count], false);
  return ops.values.routines.call(how === 'pause' ? 'delayPausing' : 'delayCounting', [count]);
}

function futexWait(ops: WasmOps, operands: readonly number[]): number {
  const { m } = ops;
  if (ops.options.futex !== 'wait32') return ops.imported('futex_wait', operands);
  const [at = 0, expected = 0] = operands;
  // Answers 0 (woken) or 1 (it differed), as the operation does; without a timeout never 2.
  return m.memory.atomic.wait32(byteOf(m, at), expected, m.i64.const(-1n));
}

function futexWake(ops: WasmOps, operands: readonly number[]): number {
  const { m } = ops;
  if (ops.options.futex !== 'wait32') return ops.imported('futex_wake', operands);
  const [at = 0, count = 0] = operands;
  return m.memory.atomic.notify(byteOf(m, at), count);
}
