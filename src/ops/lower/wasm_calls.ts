/** Operations, calls of procedures, plain functions and Math in the WebAssembly form. */
import type * as acorn from 'acorn';
import { MATH, TEXT_OPS } from './language.ts';
import { containsYield, refusal } from './source.ts';
import type { WasmFunction } from './wasm_function.ts';
import type { WasmSource } from './wasm_modules.ts';
import type { Wanted } from './wasm_unit.ts';
import type { Value } from './wasm_values.ts';

/**
 * A plain function of numbers, or one of Math's.
 * @throws LoweringError for one that cannot be computed exactly.
 */
export function call(
  f: WasmFunction,
  node: acorn.CallExpression,
  args: readonly Value[],
  wanted: Wanted,
): Value {
  const { callee } = node;
  if (callee.type === 'MemberExpression') return math(f, node, callee, args);
  const name = callee.type === 'Identifier' ? callee.name : '';
  const [module, real] = functionAt(f, node, name);
  const params = module.source.functions.get(real)?.params.length ?? 0;
  if (params !== args.length) throw refusal(f.source, node, `${name} takes ${params} numbers`);
  const kinds = args.map(({ kind }) => kind);
  const made = f.unit.pure(module, real, kinds, wanted, { from: f.module, node });
  const codes = args.map(({ code }) => code);
  const { m, values } = f.unit;
  return { code: m.call(made.name, codes, values.typeOf(made.kind)), kind: made.kind };
}

function functionAt(
  f: WasmFunction,
  node: acorn.Node,
  name: string,
): readonly [module: WasmSource, name: string] {
  if (f.source.functions.has(name) && !f.has(name)) return [f.module, name];
  const from = f.source.imports.get(name);
  if (from?.from.startsWith('.')) {
    const there = f.unit.sources.get(f.module.importedFrom(from.from));
    if (there?.source.functions.has(from.name)) return [there, from.name];
  }
  throw refusal(f.source, node, `${name} is not a plain function of a module that can be read`);
}

function math(
  f: WasmFunction,
  node: acorn.CallExpression,
  callee: acorn.MemberExpression,
  args: readonly Value[],
): Value {
  const { m, values } = f.unit;
  const name = callee.property.type === 'Identifier' ? callee.property.name : '';
  const onMath = callee.object.type === 'Identifier' && callee.object.name === 'Math';
  const words = args.map((a) => values.word(a));
  const [x = m.i32.const(0), y = m.i32.const(0)] = words;
  if (onMath && name === 'imul') return { code: m.i32.mul(x, y), kind: 'i32' };
  if (onMath && name === 'clz32') return { code: m.i32.clz(x), kind: 'i32' };
  const signed = args.every(({ kind }) => kind === 'i32' || kind === 'bool');
  if (onMath && MATH.has(name) && signed && args.length > 0) {
    if (name === 'min')
      return { code: words.reduce((a, b) => extreme(f, 'lt_s', a, b)), kind: 'i32' };
    if (name === 'max')
      return { code: words.reduce((a, b) => extreme(f, 'gt_s', a, b)), kind: 'i32' };
    if (name === 'abs') return { code: values.routines.call('absolute', [x]), kind: 'u32' };
    // trunc, floor, ceil: a word is whole.
    return { code: x, kind: 'i32' };
  }
  const text = f.source.code.slice(callee.start, callee.end);
  throw refusal(f.source, node, `${text} of these has no form in WebAssembly`);
}

function extreme(f: WasmFunction, wins: 'lt_s' | 'gt_s', a: number, b: number): number {
  return f.unit.values.routines.call(wins === 'lt_s' ? 'least' : 'greatest', [a, b]);
}

/**
 * One operation or call; answers its word, or code without a value for one without a result.
 * `word`: how its arguments become words.
 * @throws LoweringError for a procedure that is not known when compiling.
 */
export function yielded(
  f: WasmFunction,
  node: acorn.YieldExpression,
  word: (f: WasmFunction, node: acorn.Node) => number,
): number {
  const { m, ops, binaryen } = f.unit;
  const { callee, arguments: args } = node.argument as acorn.CallExpression;
  if (!node.delegate) {
    const op = callee.type === 'Identifier' ? f.source.ops.get(callee.name) : undefined;
    if (op === undefined) throw refusal(f.source, callee, 'not an operation');
    const texts = TEXT_OPS.has(op);
    const operands = args.map((a) => {
      const text =
        texts && a.type === 'Literal' && typeof a.value === 'string' ? a.value : undefined;
      return text === undefined ? word(f, a) : m.i32.const(f.unit.text(text));
    });
    return ops.lower(op, operands);
  }
  const ref = f.procedureAt(callee);
  const takes = ref.module.source.procedures.get(ref.name)?.params.length ?? 0;
  const known: unknown[] = [];
  const operands: number[] = [];
  args.slice(0, takes).forEach((a, i) => {
    const whole = f.known(a)?.value;
    if (typeof whole === 'object' || typeof whole === 'function') known[i] = whole;
    else operands.push(word(f, a));
  });
  for (let i = args.length; i < takes; i++) operands.push(m.i32.const(0));
  const filled = Array.from({ length: takes }, (_, i) => known[i]);
  const name = f.unit.procedure(ref, filled);
  // What the procedure does not take still happens, after what it takes.
  const lost = args.slice(takes).filter(containsYield);
  if (lost.length === 0) return m.call(name, operands, binaryen.i32);
  const kept = operands.map((code) => [f.temporary('i32'), code] as const);
  const before = kept.map(([index, code]) => m.local.set(index, code));
  const dropped = lost.map((a) => m.drop(word(f, a)));
  const given = kept.map(([index]) => m.local.get(index, binaryen.i32));
  return m.block(null, [...before, ...dropped, m.call(name, given, binaryen.i32)], binaryen.i32);
}
