/**
 * Expressions of the flat form. A yield in an expression ends a step; what was computed before it
 * is kept in temporaries, so order of evaluation stays that of the source.
 */
import type * as acorn from 'acorn';
import { ACB, STEP } from '../flat.ts';
import { textId } from '../sites.ts';
import { CTX_REGISTERS, OPS } from '../vocabulary.ts';
import type { Constants } from './constants.ts';
import { containsYield, type ModuleSource, positionOf, refusal } from './source.ts';

/** First word of a frame that holds a parameter. */
export const FRAME_HEADER = 3;

/** What is gathered while one procedure is compiled. */
export class FlatBody {
  readonly module: ModuleSource;
  readonly constants: Constants;
  readonly locals: ReadonlySet<string>;
  readonly texts: Map<number, string>;
  /** Source line of each label; 0 for labels nothing waits at. */
  readonly lines: number[] = [0];
  readonly #slots = new Map<string, number>();
  readonly #code: string[] = [];
  #temporaries = 0;
  #freeTemporaries: number[] = [];

  constructor(
    module: ModuleSource,
    constants: Constants,
    locals: ReadonlySet<string>,
    texts: Map<number, string>,
  ) {
    this.module = module;
    this.constants = constants;
    this.locals = locals;
    this.texts = texts;
    for (const name of locals) this.#slots.set(name, FRAME_HEADER + this.#slots.size);
  }

  emit(text: string): void {
    this.#code.push(text);
  }

  text(): string {
    return this.#code.join('\n');
  }

  slot(name: string): string {
    return `W[f+${this.#slots.get(name) ?? 0}]`;
  }

  /** Words of the frame: header, locals, temporaries. */
  frameWords(): number {
    return FRAME_HEADER + this.#slots.size + this.#temporaries;
  }

  newLabel(line = 0): number {
    this.lines.push(line);
    return this.lines.length - 1;
  }

  place(label: number): void {
    this.emit(`case ${label}:`);
  }

  jump(label: number): string {
    return `{pc=${label};continue L;}`;
  }

  takeTemporary(): string {
    const index = this.#freeTemporaries.pop() ?? this.#temporaries++;
    return `W[f+${FRAME_HEADER + this.#slots.size + index}]`;
  }

  /** All temporaries are free again once a statement ends. */
  releaseTemporaries(): void {
    this.#freeTemporaries = Array.from({ length: this.#temporaries }, (_, i) => i).reverse();
  }
}

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
      return `(${operator} ${expression(body, argument)})`;
    }
    case 'BinaryExpression': {
      const { left, operator, right } = node as acorn.BinaryExpression;
      const l = keep(body, expression(body, left), right);
      return `(${l} ${operator} ${expression(body, right)})`;
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

/** A value that must survive the steps of `later` moves to a temporary if it is not constant. */
function keep(body: FlatBody, value: string, later: acorn.Node): string {
  if (!containsYield(later) || /^(-?\d+|\$k\d+|W\[f\+\d+\])$/.test(value)) return value;
  const temporary = body.takeTemporary();
  body.emit(`${temporary}=${value};`);
  return temporary;
}

function list(body: FlatBody, nodes: readonly acorn.Node[]): string[] {
  const values: string[] = [];
  nodes.forEach((node, i) => {
    const value = expression(body, node);
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
      return `(${operator} ${pure(body, argument)})`;
    }
    case 'BinaryExpression':
    case 'LogicalExpression': {
      const { left, operator, right } = node as acorn.BinaryExpression;
      return `(${pure(body, left)} ${operator} ${pure(body, right)})`;
    }
    case 'ConditionalExpression': {
      const { test, consequent, alternate } = node as acorn.ConditionalExpression;
      return `(${pure(body, test)}?${pure(body, consequent)}:${pure(body, alternate)})`;
    }
    case 'CallExpression': {
      const { callee, arguments: args } = node as acorn.CallExpression;
      return `${pureCallee(body, callee)}(${args.map((a) => pure(body, a)).join(',')})`;
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
