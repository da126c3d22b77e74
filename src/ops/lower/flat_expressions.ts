/**
 * Expressions of the flat form. A yield in an expression ends a step; what was computed before it
 * is kept in temporaries, so order of evaluation stays that of the source.
 */
import type * as acorn from 'acorn';
import { ACB, STEP } from '../flat.ts';
import { textId } from '../sites.ts';
import { CTX_REGISTERS, OPS } from '../vocabulary.ts';
import { type FlatBody, FRAME_HEADER } from './flat_body.ts';
import { comparesExactly, isInt32, negates, widens } from './int32.ts';
import { containsYield, positionOf, refusal } from './source.ts';

/**
 * Compiles an expression: emits the steps it needs, answers a yield-free JavaScript text.
 * @throws LoweringError for a yield where none can stand.
 */
export function expression(body: FlatBody, node: acorn.Node): string {
  if (!containsYield(node)) return pure(body, node);
  switch (node.type) {
    case 'ParenthesizedExpression':
      return expression(body, (node as acorn.ParenthesizedExpression).expression);
    case 'UnaryExpression': {
      const { operator, argument } = node as acorn.UnaryExpression;
      return unary(node as acorn.UnaryExpression, `${operator} ${expression(body, argument)}`);
    }
    case 'BinaryExpression': {
      const { left, right } = node as acorn.BinaryExpression;
      const l = keep(body, expression(body, left), left, right);
      return binary(node as acorn.BinaryExpression, l, expression(body, right));
    }
    case 'LogicalExpression':
      return logical(body, node as acorn.LogicalExpression);
    case 'ConditionalExpression':
      return conditional(body, node as acorn.ConditionalExpression);
    case 'YieldExpression':
      return yieldExpression(body, node as acorn.YieldExpression);
    case 'CallExpression': {
      const { callee, arguments: args } = node as acorn.CallExpression;
      return `${pureCallee(body, callee)}(${list(body, args).join(',')})`;
    }
    default:
      throw refusal(body.module, node, `yield inside ${node.type}`);
  }
}

function unary(node: acorn.UnaryExpression, text: string): string {
  return negates(node) ? `(${text}|0)` : `(${text})`;
}

/** Cut back to int32 where JavaScript would go beyond, as plain.ts does it (int32.ts). */
function binary(node: acorn.BinaryExpression, left: string, right: string): string {
  if (widens(node)) return `(${left} ${node.operator} ${right}|0)`;
  if (!comparesExactly(node)) return `(${left} ${node.operator} ${right})`;
  return `(${asInt32(node.left, left)} ${node.operator} ${asInt32(node.right, right)})`;
}

/** The text of a node's value as an int32. */
export function asInt32(node: acorn.Node, text: string): string {
  return isInt32(node) ? text : `(${text}|0)`;
}

/** A value that must survive the steps of `later` moves to a temporary if it is not constant. */
function keep(body: FlatBody, value: string, node: acorn.Node, later: acorn.Node): string {
  if (!containsYield(later) || /^(-?\d+|\$k\d+|W\[f\+\d+\])$/.test(value)) return value;
  if (node.type === 'BinaryExpression' && (node as acorn.BinaryExpression).operator === '>>>') {
    // A temporary is an int32 word.
    throw refusal(body.module, node, 'an unsigned value cannot be kept over a yield: yield first');
  }
  const temporary = body.takeTemporary();
  body.emit(`${temporary}=${value};`);
  return temporary;
}

function list(body: FlatBody, nodes: readonly acorn.Node[]): string[] {
  const values: string[] = [];
  nodes.forEach((node, i) => {
    const value = asInt32(node, expression(body, node));
    const laterYields = nodes.slice(i + 1).some(containsYield);
    const mustKeep = laterYields && !/^(-?\d+|\$k\d+|W\[f\+\d+\])$/.test(value);
    if (mustKeep) {
      const temporary = body.takeTemporary();
      body.emit(`${temporary}=${value};`);
      values.push(temporary);
    } else values.push(value);
  });
  return values;
}

function logical(body: FlatBody, node: acorn.LogicalExpression): string {
  const result = body.takeTemporary();
  const end = body.newLabel();
  body.emit(`${result}=${expression(body, node.left)};`);
  const skip = node.operator === '&&' ? `!${result}` : result;
  body.emit(`if(${skip})${body.jump(end)}`);
  body.emit(`${result}=${expression(body, node.right)};`);
  body.place(end);
  return result;
}

function conditional(body: FlatBody, node: acorn.ConditionalExpression): string {
  const result = body.takeTemporary();
  const otherwise = body.newLabel();
  const end = body.newLabel();
  body.emit(`if(!(${expression(body, node.test)}))${body.jump(otherwise)}`);
  body.emit(`${result}=${expression(body, node.consequent)};${body.jump(end)}`);
  body.place(otherwise);
  body.emit(`${result}=${expression(body, node.alternate)};`);
  body.place(end);
  return result;
}

function yieldExpression(body: FlatBody, node: acorn.YieldExpression): string {
  const call = node.argument as acorn.CallExpression;
  const { line } = positionOf(call);
  const args = list(body, call.arguments);
  const resume = body.newLabel(line);
  if (node.delegate) {
    const parts = ['W[g]=0', `W[g+1]=${calleeId(body, call.callee)}`, 'W[g+2]=f'];
    args.forEach((a, i) => {
      parts.push(`W[g+${FRAME_HEADER + i}]=${a}`);
    });
    parts.push(`W[c+${ACB.frame}]=g`, `W[f]=${resume}`, `return ${STEP.CALL}`);
    body.emit(`{const g=f+$FRAME;${parts.join(';')};}`);
  } else {
    const name = opName(body, call.callee);
    if (name === 'ctx_get')
      return keepNow(body, `W[c+${ACB.ctx}+(${args[0]}&${CTX_REGISTERS - 1})]`);
    if (name === 'ctx_set') {
      body.emit(`W[c+${ACB.ctx}+(${args[0]}&${CTX_REGISTERS - 1})]=${args[1]};`);
      return '0';
    }
    const stores = args.map((a, i) => `W[c+${ACB.operands + i}]=${a};`);
    body.emit(`W[c]=${OPS[name].kind};${stores.join('')}W[f]=${resume};return ${STEP.OPERATION};`);
  }
  body.place(resume);
  return `W[c+${ACB.result}]`;
}

/** The register's value now: a later ctx_set in the same expression must not change it. */
function keepNow(body: FlatBody, value: string): string {
  const temporary = body.takeTemporary();
  body.emit(`${temporary}=${value};`);
  return temporary;
}

function opName(body: FlatBody, callee: acorn.Node): keyof typeof OPS {
  const name = callee.type === 'Identifier' ? (callee as acorn.Identifier).name : '';
  const op = body.module.ops.get(name);
  if (op === undefined) {
    throw refusal(body.module, callee, `${name} is not an operation`);
  }
  return op;
}

function calleeId(body: FlatBody, callee: acorn.Node): string {
  if (callee.type === 'Identifier') {
    const { name } = callee as acorn.Identifier;
    return body.locals.has(name) ? `$H[${body.slot(name)}].id` : `${name}.id`;
  }
  const { object, property } = callee as acorn.MemberExpression;
  const member = property.type === 'Identifier' ? property.name : '';
  if (object.type === 'Identifier' && body.locals.has(object.name)) {
    return `$H[${body.slot(object.name)}].${member}.id`;
  }
  return `${body.module.code.slice(callee.start, callee.end)}.id`;
}

function pureCallee(body: FlatBody, callee: acorn.Node): string {
  return body.module.code.slice(callee.start, callee.end);
}

/**
 * An expression without yields, with locals and constants in their places.
 * @throws LoweringError for an expression outside the procedure language.
 */
export function pure(body: FlatBody, node: acorn.Node): string {
  switch (node.type) {
    case 'ParenthesizedExpression':
      return `(${pure(body, (node as acorn.ParenthesizedExpression).expression)})`;
    case 'Literal':
      return literal(body, node as acorn.Literal);
    case 'Identifier':
      return identifier(body, (node as acorn.Identifier).name);
    case 'MemberExpression':
      return member(body, node as acorn.MemberExpression);
    case 'UnaryExpression': {
      const { operator, argument } = node as acorn.UnaryExpression;
      return unary(node as acorn.UnaryExpression, `${operator} ${pure(body, argument)}`);
    }
    case 'BinaryExpression': {
      const { left, right } = node as acorn.BinaryExpression;
      return binary(node as acorn.BinaryExpression, pure(body, left), pure(body, right));
    }
    case 'LogicalExpression': {
      const { left, operator, right } = node as acorn.LogicalExpression;
      return `(${pure(body, left)} ${operator} ${pure(body, right)})`;
    }
    case 'ConditionalExpression': {
      const { test, consequent, alternate } = node as acorn.ConditionalExpression;
      return `(${pure(body, test)}?${pure(body, consequent)}:${pure(body, alternate)})`;
    }
    case 'CallExpression': {
      const { callee, arguments: args } = node as acorn.CallExpression;
      const values = args.map((a) => asInt32(a, pure(body, a)));
      return `${pureCallee(body, callee)}(${values.join(',')})`;
    }
    default:
      throw refusal(body.module, node, `cannot compile ${node.type}`);
  }
}

function literal(body: FlatBody, node: acorn.Literal): string {
  if (typeof node.value === 'string') {
    const id = textId(node.value);
    body.texts.set(id, node.value);
    return String(id);
  }
  return node.value === true ? '1' : node.value === false ? '0' : String(node.value);
}

function identifier(body: FlatBody, name: string): string {
  if (body.locals.has(name)) return body.slot(name);
  return body.constants.name(name);
}

function member(body: FlatBody, node: acorn.MemberExpression): string {
  const { module, locals, constants } = body;
  const text = module.code.slice(node.start, node.end);
  if (constants.isConstant(node, locals)) return constants.name(text);
  const root = constants.rootOf(node);
  if (root === undefined) {
    throw refusal(module, node, `cannot compile ${text}`);
  }
  return `$toWord($H[${body.slot(root)}]${text.slice(root.length)})`;
}
