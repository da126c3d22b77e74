/** Expressions of the WebAssembly form, with what they are as numbers (wasm_values.ts). */
import type * as acorn from 'acorn';
import { comparesExactly, negates, widens } from './int32.ts';
import { containsYield, refusal } from './source.ts';
import { call, yielded } from './wasm_calls.ts';
import type { WasmFunction } from './wasm_function.ts';
import type { Wanted } from './wasm_unit.ts';
import { joined, type Value } from './wasm_values.ts';

/**
 * An expression as the number that it is.
 * @throws LoweringError for what cannot be computed exactly.
 */
export function value(f: WasmFunction, node: acorn.Node): Value {
  switch (node.type) {
    case 'ParenthesizedExpression':
      return value(f, (node as acorn.ParenthesizedExpression).expression);
    case 'Literal':
      return literal(f, node as acorn.Literal);
    case 'Identifier':
    case 'MemberExpression':
      return named(f, node);
    case 'UnaryExpression':
      return unary(f, node as acorn.UnaryExpression);
    case 'BinaryExpression':
      return binary(f, node as acorn.BinaryExpression);
    case 'LogicalExpression':
      return logical(f, node as acorn.LogicalExpression);
    case 'ConditionalExpression':
      return conditional(f, node as acorn.ConditionalExpression);
    case 'CallExpression':
      return called(f, node as acorn.CallExpression, 'value');
    case 'YieldExpression':
      return { code: yielded(f, node as acorn.YieldExpression, word), kind: 'i32' };
    default:
      throw refusal(f.source, node, `${node.type} has no form in WebAssembly`);
  }
}

/**
 * An expression cut to int32.
 * @throws LoweringError as value() does.
 */
export function word(f: WasmFunction, node: acorn.Node): number {
  const { m, values } = f.unit;
  switch (node.type) {
    case 'ParenthesizedExpression':
      return word(f, (node as acorn.ParenthesizedExpression).expression);
    case 'BinaryExpression': {
      const { left, operator, right } = node as acorn.BinaryExpression;
      if (!widens(node as acorn.BinaryExpression)) break;
      const code = values.binaryWord(operator, value(f, left), value(f, right));
      if (code !== undefined) return code;
      throw refusal(f.source, node, `${operator} has no form in WebAssembly`);
    }
    case 'ConditionalExpression': {
      const { test, consequent, alternate } = node as acorn.ConditionalExpression;
      return m.if(condition(f, test), word(f, consequent), word(f, alternate));
    }
    case 'CallExpression':
      return values.word(called(f, node as acorn.CallExpression, 'word'));
    default:
      break;
  }
  return values.word(value(f, node));
}

/** An i32 that is 0 where JavaScript finds the expression false. */
export function condition(f: WasmFunction, node: acorn.Node): number {
  const { m, values } = f.unit;
  if (node.type === 'LogicalExpression') {
    const { left, operator, right } = node as acorn.LogicalExpression;
    if (operator === '&&') return m.if(condition(f, left), condition(f, right), m.i32.const(0));
    if (operator === '||') return m.if(condition(f, left), m.i32.const(1), condition(f, right));
  }
  if (node.type === 'UnaryExpression' && (node as acorn.UnaryExpression).operator === '!') {
    return m.i32.eqz(condition(f, (node as acorn.UnaryExpression).argument));
  }
  return values.truth(value(f, node));
}

/** An expression for its effect alone. */
export function effect(f: WasmFunction, node: acorn.Expression): number {
  const { m, values, binaryen } = f.unit;
  if (node.type === 'YieldExpression') {
    const code = yielded(f, node, word);
    return binaryen.getExpressionType(code) === binaryen.none ? code : m.drop(code);
  }
  if (node.type === 'UpdateExpression') {
    const operator = node.operator === '++' ? '+' : '-';
    return assign(f, node, node.argument, operator, () => values.number(1));
  }
  if (node.type === 'AssignmentExpression') {
    const operator = node.operator.slice(0, -1);
    if (operator === '') {
      const { right } = node;
      const given = f.isPure ? value(f, right) : { code: word(f, right), kind: 'i32' as const };
      return f.assign(assigned(f, node.left), given);
    }
    return assign(f, node, node.left, operator, () => value(f, node.right));
  }
  if (!containsYield(node)) return m.nop();
  return m.drop(value(f, node).code);
}

/** `left = left operator right`. */
function assign(
  f: WasmFunction,
  node: acorn.Node,
  target: acorn.Node,
  operator: string,
  right: () => Value,
): number {
  const name = assigned(f, target);
  const before = f.local(name);
  if (before === undefined) throw refusal(f.source, node, `${name} is known when compiling`);
  return f.assign(name, combined(f, node, operator, before, right()));
}

function assigned(f: WasmFunction, target: acorn.Node): string {
  const name = target.type === 'Identifier' ? (target as acorn.Identifier).name : '';
  if (f.local(name) !== undefined) return name;
  throw refusal(f.source, target, 'only a local number can be assigned');
}

/** A binary operation, cut back to int32 where a procedure's is (int32.ts). */
function combined(
  f: WasmFunction,
  node: acorn.Node,
  operator: string,
  left: Value,
  right: Value,
): Value {
  const { values } = f.unit;
  const cut = !f.isPure && /^(\+|-|\*\*?|\/|%)$/.test(operator);
  const code = cut ? values.binaryWord(operator, left, right) : undefined;
  const result: Value | undefined =
    code === undefined ? values.binary(operator, left, right) : { code, kind: 'i32' };
  if (result === undefined || (cut && code === undefined)) {
    throw refusal(f.source, node, `${operator} has no form in WebAssembly`);
  }
  return result;
}

function literal(f: WasmFunction, node: acorn.Literal): Value {
  const { value: given } = node;
  if (typeof given === 'number') return f.unit.values.number(given);
  if (typeof given === 'boolean') return { ...f.unit.values.number(Number(given)), kind: 'bool' };
  throw refusal(f.source, node, 'only numbers have a form in WebAssembly');
}

function named(f: WasmFunction, node: acorn.Node): Value {
  if (node.type === 'Identifier') {
    const local = f.local((node as acorn.Identifier).name);
    if (local !== undefined) return local;
  }
  const known = f.known(node);
  if (known === undefined) throw f.open(node);
  const { value: given } = known;
  const text = f.source.code.slice(node.start, node.end);
  if (typeof given === 'number') return f.unit.values.number(f.isPure ? given : given | 0);
  if (typeof given === 'boolean') return { ...f.unit.values.number(Number(given)), kind: 'bool' };
  throw refusal(f.source, node, `${text} is not a number (a record is passed on whole, or not)`);
}

function unary(f: WasmFunction, node: acorn.UnaryExpression): Value {
  const { m, values } = f.unit;
  const { operator, argument } = node;
  switch (operator) {
    case '~':
      return { code: m.i32.xor(word(f, argument), m.i32.const(-1)), kind: 'i32' };
    case '!':
      return { code: m.i32.eqz(condition(f, argument)), kind: 'bool' };
    case '+': {
      const given = value(f, argument);
      return given.kind === 'bool' ? { ...given, kind: 'i32' } : given;
    }
    case '-': {
      const constant = argument.type === 'Literal' ? argument.value : undefined;
      if (typeof constant === 'number') return values.number(-constant);
      if (negates(node) && !f.isPure) {
        return { code: m.i32.sub(m.i32.const(0), word(f, argument)), kind: 'i32' };
      }
      return { code: m.f64.neg(values.as(value(f, argument), 'f64')), kind: 'f64' };
    }
    default:
      throw refusal(f.source, node, `${operator} has no form in WebAssembly`);
  }
}

function binary(f: WasmFunction, node: acorn.BinaryExpression): Value {
  const { left, operator, right } = node;
  if (!f.isPure && comparesExactly(node)) {
    const [l, r] = [word(f, left), word(f, right)];
    const { eq, ne } = f.unit.m.i32;
    return { code: (operator === '===' ? eq : ne)(l, r), kind: 'bool' };
  }
  const [l, r] = [value(f, left), value(f, right)];
  if (comparesExactly(node) && (l.kind === 'bool') !== (r.kind === 'bool')) {
    f.doubt = refusal(f.source, node, 'a truth is compared with a number: never the same');
  }
  return combined(f, node, operator, l, r);
}

function logical(f: WasmFunction, node: acorn.LogicalExpression): Value {
  const { m, values } = f.unit;
  if (node.operator === '??') throw refusal(f.source, node, '?? has no form in WebAssembly');
  const left = value(f, node.left);
  const right = value(f, node.right);
  const kind = joined(left.kind, right.kind);
  const type = values.typeOf(left.kind);
  const kept = f.temporary(left.kind);
  const keep = { code: m.local.tee(kept, left.code, type), kind: left.kind };
  const again = values.as({ code: m.local.get(kept, type), kind: left.kind }, kind);
  const other = values.as(right, kind);
  const [yes, no] = node.operator === '&&' ? [other, again] : [again, other];
  return { code: m.if(values.truth(keep), yes, no), kind };
}

function conditional(f: WasmFunction, node: acorn.ConditionalExpression): Value {
  const { m, values } = f.unit;
  const test = condition(f, node.test);
  const [yes, no] = [value(f, node.consequent), value(f, node.alternate)];
  const kind = joined(yes.kind, no.kind);
  return { code: m.if(test, values.as(yes, kind), values.as(no, kind)), kind };
}

function called(f: WasmFunction, node: acorn.CallExpression, wanted: Wanted): Value {
  const args = node.arguments.map((a): Value => {
    return f.isPure ? value(f, a) : { code: word(f, a), kind: 'i32' };
  });
  return call(f, node, args, wanted);
}
