/** Small functions of the WebAssembly form, written into a module when first called. */
import type { Binaryen, BinaryenModule } from '../wasm/binaryen.ts';

type Types = readonly ('i32' | 'f64')[];

interface Routine<Needs> {
  readonly params: Types;
  readonly result: 'i32' | 'f64' | 'none';
  /** Another routine that the body calls. */
  readonly needs?: Needs;
  readonly vars?: readonly ('i32' | 'i64')[];
  /** The body; undefined for what the instantiating thread gives (wasm/instantiate.ts). */
  readonly body?: (m: BinaryenModule, b: Binaryen) => number;
}

const LEAST = -(2 ** 31);

const ROUTINES = {
  toInt32: { params: ['f64'], result: 'i32', vars: ['i64', 'i64', 'i32'], body: toInt32 },
  isTrue: {
    params: ['f64'],
    result: 'i32',
    // Neither 0 nor NaN.
    body: (m, { f64 }) => m.f64.gt(m.f64.abs(m.local.get(0, f64)), m.f64.const(0)),
  },
  divide: { params: ['i32', 'i32'], result: 'i32', body: divide },
  remainder: {
    params: ['i32', 'i32'],
    result: 'i32',
    body: (m, { i32 }) =>
      m.if(
        m.local.get(1, i32),
        m.i32.rem_s(m.local.get(0, i32), m.local.get(1, i32)),
        m.i32.const(0),
      ),
  },
  unsignedRemainder: {
    params: ['i32', 'i32'],
    result: 'i32',
    body: (m, { i32 }) =>
      m.if(
        m.local.get(1, i32),
        m.i32.rem_u(m.local.get(0, i32), m.local.get(1, i32)),
        m.i32.const(0),
      ),
  },
  least: { params: ['i32', 'i32'], result: 'i32', body: (m, b) => chosen(m, b, m.i32.lt_s) },
  greatest: { params: ['i32', 'i32'], result: 'i32', body: (m, b) => chosen(m, b, m.i32.gt_s) },
  absolute: {
    params: ['i32'],
    result: 'i32',
    body: (m, { i32 }) =>
      m.if(
        m.i32.lt_s(m.local.get(0, i32), m.i32.const(0)),
        m.i32.sub(m.i32.const(0), m.local.get(0, i32)),
        m.local.get(0, i32),
      ),
  },
  ghostAdd: {
    params: ['i32', 'i32'],
    result: 'i32',
    body: (m, { i32 }) =>
      m.i32.add(
        m.i32.atomic.rmw.add(0, byteOf(m, m.local.get(0, i32)), m.local.get(1, i32)),
        m.local.get(1, i32),
      ),
  },
  incNotZero: { params: ['i32'], result: 'i32', vars: ['i32'], body: incNotZero },
  delayPausing: {
    params: ['i32'],
    result: 'none',
    needs: 'pause',
    body: (m, b) => delay(m, b, [m.call('$pause', [], b.none)]),
  },
  delayCounting: { params: ['i32'], result: 'none', body: (m, b) => delay(m, b, []) },
  pause: { params: [], result: 'none' },
  // An import while binaryen optimises: see finish().
  fence: { params: [], result: 'none' },
  power: { params: ['f64', 'f64'], result: 'f64' },
  modulo: { params: ['f64', 'f64'], result: 'f64' },
} as const satisfies Record<string, Routine<string>>;

export type RoutineName = keyof typeof ROUTINES;

/** The byte that a word's address stands for. */
export function byteOf(m: BinaryenModule, word: number): number {
  return m.i32.shl(word, m.i32.const(2));
}

export class WasmRoutines {
  readonly #binaryen: Binaryen;
  readonly #m: BinaryenModule;
  readonly #written = new Set<string>();

  constructor(binaryen: Binaryen, module: BinaryenModule) {
    this.#binaryen = binaryen;
    this.#m = module;
  }

  call(name: RoutineName, operands: readonly number[]): number {
    this.#write(name);
    return this.#m.call(`$${name}`, operands, this.#binaryen[ROUTINES[name].result]);
  }

  /**
   * Call when the module is optimised. Binaryen 132 deletes atomic.fence (its precompute pass takes
   * it for an expression without effect), but not the call of a function that it does not see.
   */
  finish(): void {
    const { none, createType } = this.#binaryen;
    if (!this.#written.has('fence')) return;
    this.#m.removeFunction('$fence');
    this.#m.addFunction('$fence', createType([]), none, [], this.#m.atomic.fence());
  }

  #write(name: RoutineName): void {
    if (this.#written.has(name)) return;
    this.#written.add(name);
    const routine: Routine<RoutineName> = ROUTINES[name];
    if (routine.needs !== undefined) this.#write(routine.needs);
    const inner = `$${name}`;
    const { createType } = this.#binaryen;
    const result = this.#binaryen[routine.result];
    const params = createType(routine.params.map((type) => this.#binaryen[type]));
    const vars = (routine.vars ?? []).map((type) => this.#binaryen[type]);
    const body = routine.body?.(this.#m, this.#binaryen);
    if (body === undefined) this.#m.addFunctionImport(inner, 'env', name, params, result);
    else this.#m.addFunction(inner, params, result, vars, body);
  }
}

/** -2147483648 / -1 is 2147483648, whose word is the least one again; by 0 the word is 0. */
function divide(m: BinaryenModule, { i32 }: Binaryen): number {
  const [a, b] = [() => m.local.get(0, i32), () => m.local.get(1, i32)];
  const least = m.i32.eq(a(), m.i32.const(LEAST));
  const leaves = m.i32.and(least, m.i32.eq(b(), m.i32.const(-1)));
  const quotient = m.if(leaves, m.i32.const(LEAST), m.i32.div_s(a(), b()));
  return m.if(b(), quotient, m.i32.const(0));
}

/** ECMA-262 ToInt32. From 2^63 on the low bits come from the mantissa, 0 for what is not finite. */
function toInt32(m: BinaryenModule, { i32, i64, f64 }: Binaryen): number {
  const [BITS, SHIFT, LOW] = [1, 2, 3];
  const x = (): number => m.local.get(0, f64);
  const bits = (): number => m.local.get(BITS, i64);
  const shift = (): number => m.local.get(SHIFT, i64);
  const low = (): number => m.local.get(LOW, i32);
  const c64 = (value: bigint): number => m.i64.const(value);
  const mantissa = m.i64.or(m.i64.and(bits(), c64(0xf_ffff_ffff_ffffn)), c64(1n << 52n));
  const exponent = m.i64.and(m.i64.shr_u(bits(), c64(52n)), c64(0x7ffn));
  const large = m.block(
    null,
    [
      m.local.set(BITS, m.i64.reinterpret(x())),
      m.local.set(SHIFT, m.i64.sub(exponent, c64(1075n))),
      m.if(m.i64.gt_u(shift(), c64(31n)), m.return(m.i32.const(0))),
      m.local.set(LOW, m.i32.wrap(m.i64.shl(mantissa, shift()))),
      m.if(m.i64.lt_s(bits(), c64(0n)), m.i32.sub(m.i32.const(0), low()), low()),
    ],
    i32,
  );
  const fits = m.f64.lt(m.f64.abs(x()), m.f64.const(2 ** 63));
  return m.if(fits, m.i32.wrap(m.i64.trunc_s_sat.f64(x())), large);
}

/** The first of two words if it wins, else the second. */
function chosen(
  m: BinaryenModule,
  { i32 }: Binaryen,
  wins: (a: number, b: number) => number,
): number {
  const [a, b] = [() => m.local.get(0, i32), () => m.local.get(1, i32)];
  return m.if(wins(a(), b()), a(), b());
}

/** So many turns; the count may be 0 or less. */
function delay(m: BinaryenModule, { i32, none }: Binaryen, turn: readonly number[]): number {
  const left = (): number => m.local.get(0, i32);
  const body = m.block(
    'end',
    [
      m.br('end', m.i32.le_s(left(), m.i32.const(0))),
      ...turn,
      m.local.set(0, m.i32.sub(left(), m.i32.const(1))),
      m.br('again'),
    ],
    none,
  );
  return m.loop('again', body);
}

/** refcount_inc_not_zero(), as native.ts does it. */
function incNotZero(m: BinaryenModule, { i32, none }: Binaryen): number {
  const at = (): number => byteOf(m, m.local.get(0, i32));
  const old = (): number => m.local.get(1, i32);
  const next = m.i32.add(old(), m.i32.const(1));
  const swapped = m.i32.eq(m.i32.atomic.rmw.cmpxchg(0, at(), old(), next), old());
  const body = m.block(
    null,
    [
      m.local.set(1, m.i32.atomic.load(0, at())),
      m.if(m.i32.eqz(old()), m.return(m.i32.const(0))),
      m.if(swapped, m.return(m.i32.const(1))),
      m.br('again'),
    ],
    none,
  );
  return m.block(null, [m.loop('again', body), m.unreachable()], i32);
}
