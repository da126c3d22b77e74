/**
 * Numbers in the WebAssembly form. A procedure's words are int32; between two cuts (int32.ts) an
 * expression may still be a truth, an unsigned number or a double, and is computed as what it is,
 * so that every bit comes out as in JavaScript.
 */
import type { Binaryen, BinaryenModule } from '../wasm/binaryen.ts';
import { WasmRoutines } from './wasm_routines.ts';

/** `bool` is 0 or 1, `u32` an unsigned number in 32 bits: both are i32 to WebAssembly. */
export type Kind = 'bool' | 'i32' | 'u32' | 'f64';

export interface Value {
  readonly code: number;
  readonly kind: Kind;
  /** Where it is known: lets a comparison or a product be done in 32 bits. */
  readonly constant?: number;
}

/** Products with a factor up to here are exact doubles, whatever the other word. */
const EXACT_FACTOR = 2 ** 21;

/** The kind that holds both. */
export function joined(a: Kind | undefined, b: Kind): Kind {
  if (a === undefined || a === b) return b;
  const signed = (k: Kind): boolean => k === 'i32' || k === 'bool';
  if (signed(a) && signed(b)) return 'i32';
  const unsigned = (k: Kind): boolean => k === 'u32' || k === 'bool';
  return unsigned(a) && unsigned(b) ? 'u32' : 'f64';
}

export class WasmValues {
  readonly routines: WasmRoutines;
  readonly #binaryen: Binaryen;
  readonly #m: BinaryenModule;

  constructor(binaryen: Binaryen, module: BinaryenModule) {
    this.#binaryen = binaryen;
    this.#m = module;
    this.routines = new WasmRoutines(binaryen, module);
  }

  /** A number as JavaScript has it. */
  number(value: number): Value {
    if (value === (value | 0)) {
      return { code: this.#m.i32.const(value), kind: 'i32', constant: value };
    }
    if (value === value >>> 0) return { code: this.#m.i32.const(value | 0), kind: 'u32' };
    return { code: this.#m.f64.const(value), kind: 'f64' };
  }

  typeOf(kind: Kind): number {
    return kind === 'f64' ? this.#binaryen.f64 : this.#binaryen.i32;
  }

  /** ToInt32. */
  word({ code, kind }: Value): number {
    return kind === 'f64' ? this.routines.call('toInt32', [code]) : code;
  }

  as(value: Value, kind: Kind): number {
    return kind === 'f64' ? this.#double(value) : this.word(value);
  }

  #double({ code, kind }: Value): number {
    if (kind === 'f64') return code;
    const { convert_s, convert_u } = this.#m.f64;
    return kind === 'u32' ? convert_u.i32(code) : convert_s.i32(code);
  }

  /** An i32 that is not 0 where JavaScript finds the value true. */
  truth({ code, kind }: Value): number {
    return kind === 'f64' ? this.routines.call('isTrue', [code]) : code;
  }

  /** `a operator b` as JavaScript computes it; undefined for an operator that is not here. */
  binary(operator: string, a: Value, b: Value): Value | undefined {
    const bits = this.#bits(operator, a, b);
    if (bits !== undefined) return { code: bits, kind: operator === '>>>' ? 'u32' : 'i32' };
    const truth = this.#comparison(operator, a, b);
    if (truth !== undefined) return { code: truth, kind: 'bool' };
    return this.#arithmetic(operator, a, b);
  }

  /** ToInt32(a operator b) for the operators that may leave int32. */
  binaryWord(operator: string, a: Value, b: Value): number | undefined {
    const { i32 } = this.#m;
    const whole = a.kind !== 'f64' && b.kind !== 'f64';
    const signed = isSigned(a) && isSigned(b);
    switch (operator) {
      // Sums of two words are exact doubles: their low 32 bits are those of the wrapped sum.
      case '+':
        if (whole) return i32.add(a.code, b.code);
        break;
      case '-':
        if (whole) return i32.sub(a.code, b.code);
        break;
      case '*':
        if (whole && (isSmall(a) || isSmall(b))) return i32.mul(a.code, b.code);
        break;
      case '/':
        if (signed) return this.#divided('divide', i32.div_s, a, b);
        break;
      case '%':
        if (signed) return this.#divided('remainder', i32.rem_s, a, b);
        if (!isUnsigned(a) || !isUnsigned(b)) break;
        return this.routines.call('unsignedRemainder', [a.code, b.code]);
      default:
        break;
    }
    const value = this.#arithmetic(operator, a, b);
    return value === undefined ? undefined : this.word(value);
  }

  #divided(
    name: 'divide' | 'remainder',
    plain: (l: number, r: number) => number,
    a: Value,
    b: Value,
  ): number {
    const by = b.constant ?? 0;
    // Neither 0 nor the -1 that takes the least word out of int32.
    return by > 0 || by < -1 ? plain(a.code, b.code) : this.routines.call(name, [a.code, b.code]);
  }

  #arithmetic(operator: string, a: Value, b: Value): Value | undefined {
    const { f64 } = this.#m;
    const by = b.constant ?? 0;
    // Its -0 is 0 here, which only a division by it could tell.
    if (operator === '%' && isSigned(a) && by !== 0) {
      return { code: this.#divided('remainder', this.#m.i32.rem_s, a, b), kind: 'i32' };
    }
    const [l, r] = [() => this.#double(a), () => this.#double(b)];
    switch (operator) {
      case '+':
        return { code: f64.add(l(), r()), kind: 'f64' };
      case '-':
        return { code: f64.sub(l(), r()), kind: 'f64' };
      case '*':
        return { code: f64.mul(l(), r()), kind: 'f64' };
      case '/':
        return { code: f64.div(l(), r()), kind: 'f64' };
      case '**':
        return { code: this.routines.call('power', [l(), r()]), kind: 'f64' };
      case '%':
        return { code: this.routines.call('modulo', [l(), r()]), kind: 'f64' };
      default:
        return undefined;
    }
  }

  #bits(operator: string, a: Value, b: Value): number | undefined {
    const { i32 } = this.#m;
    const [l, r] = [() => this.word(a), () => this.word(b)];
    switch (operator) {
      case '|':
        return i32.or(l(), r());
      case '&':
        return i32.and(l(), r());
      case '^':
        return i32.xor(l(), r());
      case '<<':
        return i32.shl(l(), r());
      case '>>':
        return i32.shr_s(l(), r());
      case '>>>':
        return i32.shr_u(l(), r());
      default:
        return undefined;
    }
  }

  #comparison(operator: string, a: Value, b: Value): number | undefined {
    const name = COMPARISONS[operator];
    if (name === undefined) return undefined;
    const { i32, f64 } = this.#m;
    if (isSigned(a) && isSigned(b)) return i32[SIGNED[name]](a.code, b.code);
    if (isUnsigned(a) && isUnsigned(b)) return i32[UNSIGNED[name]](a.code, b.code);
    return f64[name](this.#double(a), this.#double(b));
  }
}

const COMPARISONS: Readonly<Record<string, keyof typeof SIGNED>> = {
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  '===': 'eq',
  '==': 'eq',
  '!==': 'ne',
  '!=': 'ne',
};
const SIGNED = { lt: 'lt_s', le: 'le_s', gt: 'gt_s', ge: 'ge_s', eq: 'eq', ne: 'ne' } as const;
const UNSIGNED = { lt: 'lt_u', le: 'le_u', gt: 'gt_u', ge: 'ge_u', eq: 'eq', ne: 'ne' } as const;

function isSigned({ kind }: Value): boolean {
  return kind === 'i32' || kind === 'bool';
}

function isUnsigned({ kind, constant }: Value): boolean {
  return kind === 'u32' || kind === 'bool' || (constant !== undefined && constant >= 0);
}

function isSmall({ constant }: Value): boolean {
  return constant !== undefined && Math.abs(constant) <= EXACT_FACTOR;
}
