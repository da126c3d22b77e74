/**
 * The procedure language, enforced: what is outside it is refused with its place, because a flat
 * state machine of int32 words (or WebAssembly) could not be made of it.
 */
import type * as acorn from 'acorn';
import { OPERANDS_MAX } from '../vocabulary.ts';
import type { Imports } from './imports.ts';
import {
  BITWISE,
  COMPUTING,
  EXPRESSIONS,
  hasResult,
  isWordLiteral,
  MATH,
  STATEMENTS,
  TEXT_OPS,
  UNARY,
} from './language.ts';
import { Locals } from './locals.ts';
import { checkPureFunction } from './pure_function.ts';
import { childrenOf, type ModuleSource, refusal } from './source.ts';

/** @throws LoweringError at the first thing in any procedure that the language does not have. */
export function checkSubset(module: ModuleSource, imported: Imports): void {
  checkShape(module, module.program);
  for (const [name, node] of module.procedures) new Checker(module, imported, name).run(node);
}

/** Every generator of the module must be one that is compiled: a declaration at its top. */
function checkShape(module: ModuleSource, node: acorn.Node): void {
  if ('generator' in node && node.generator === true) {
    if (![...module.procedures.values()].some((p) => p === node)) {
      throw refusal(module, node, 'a procedure must be a named function* at the top of its module');
    }
    if ('async' in node && node.async === true) {
      throw refusal(module, node, 'async is not in the procedure language');
    }
  }
  for (const child of childrenOf(node)) checkShape(module, child);
}

class Checker {
  readonly #module: ModuleSource;
  readonly #imported: Imports;
  readonly #name: string;
  readonly #locals: Locals;

  constructor(module: ModuleSource, imported: Imports, name: string) {
    this.#module = module;
    this.#imported = imported;
    this.#name = name;
    this.#locals = new Locals(module, name);
  }

  run(node: acorn.FunctionDeclaration): void {
    this.#locals.of(node);
    this.#statement(node.body);
  }

  #statement(node: acorn.Node): void {
    if (node.type === 'ExpressionStatement') {
      this.#effect((node as acorn.ExpressionStatement).expression);
      return;
    }
    if (node.type === 'ForStatement') {
      const loop = node as acorn.ForStatement;
      if (loop.init) this.#effectOrDeclaration(loop.init);
      if (loop.test) this.#expression(loop.test);
      if (loop.update) this.#effect(loop.update);
      this.#statement(loop.body);
      return;
    }
    if (node.type === 'VariableDeclarator') {
      const { init } = node as acorn.VariableDeclarator;
      if (init) this.#expression(init);
      return;
    }
    if ('label' in node && node.label) this.#refuse(node, 'labels are not in the language');
    if (STATEMENTS.has(node.type)) {
      for (const child of childrenOf(node)) this.#statement(child);
    } else {
      this.#expression(node);
    }
  }

  #effectOrDeclaration(node: acorn.Node): void {
    if (node.type === 'VariableDeclaration') this.#statement(node);
    else this.#effect(node);
  }

  /** An expression for its effect: the only place for assignments. */
  #effect(node: acorn.Node): void {
    if (node.type === 'AssignmentExpression') {
      const { left, operator, right } = node as acorn.AssignmentExpression;
      if (/^(&&|\|\||\?\?)=$/.test(operator)) {
        this.#refuse(node, `${operator} is not in the procedure language: use if`);
      }
      this.#target(left);
      this.#expression(right);
    } else if (node.type === 'UpdateExpression') {
      this.#target((node as acorn.UpdateExpression).argument);
    } else if (node.type === 'YieldExpression') {
      this.#yield(node as acorn.YieldExpression);
    } else {
      this.#expression(node);
    }
  }

  #target(node: acorn.Node): void {
    if (node.type !== 'Identifier') {
      this.#refuse(node, 'only a local variable can be assigned: shared words need write()');
    }
    const { name } = node as acorn.Identifier;
    if (!this.#locals.has(name)) {
      this.#refuse(node, `${name} is not local to ${this.#name}: captured mutable variable`);
    }
    if (this.#locals.isConst(name)) this.#refuse(node, `${name} is const`);
  }

  #expression(node: acorn.Node): void {
    if (!EXPRESSIONS.has(node.type)) {
      const what = STATEMENTS.has(node.type) ? 'statement' : 'construct';
      this.#refuse(node, `${node.type} is not in the procedure language (${what})`);
    }
    if (node.type === 'AssignmentExpression' || node.type === 'UpdateExpression') {
      this.#refuse(node, 'an assignment may only stand as a statement');
    }
    switch (node.type) {
      case 'YieldExpression':
        this.#result(node as acorn.YieldExpression);
        this.#yield(node as acorn.YieldExpression);
        break;
      case 'BinaryExpression':
      case 'LogicalExpression':
        this.#operation(node as acorn.BinaryExpression);
        break;
      case 'UnaryExpression':
        this.#unary(node as acorn.UnaryExpression);
        break;
      case 'CallExpression':
        this.#plainCall(node as acorn.CallExpression);
        break;
      case 'MemberExpression':
        this.#member(node as acorn.MemberExpression);
        break;
      case 'Identifier':
        this.#name_(node as acorn.Identifier);
        break;
      case 'Literal':
        this.#literal(node as acorn.Literal);
        break;
      default:
        for (const child of childrenOf(node)) this.#expression(child);
    }
  }

  #operation(node: acorn.BinaryExpression | acorn.LogicalExpression): void {
    const { left, operator, right } = node;
    if (!COMPUTING.has(operator)) {
      this.#refuse(node, `${operator} is not in the procedure language`);
    }
    for (const side of [left, right]) {
      if (!BITWISE.has(operator) || !isWordLiteral(side)) this.#expression(side);
    }
  }

  #unary(node: acorn.UnaryExpression): void {
    const { operator, argument } = node;
    if (!UNARY.has(operator)) this.#refuse(node, `${operator} is not in the procedure language`);
    if (operator !== '~' || !isWordLiteral(argument)) this.#expression(argument);
  }

  /** The value of an operation that answers nothing differs from one lowering to the next. */
  #result(node: acorn.YieldExpression): void {
    const call = node.argument;
    if (node.delegate || call?.type !== 'CallExpression' || call.callee.type !== 'Identifier') {
      return;
    }
    const op = this.#module.ops.get(call.callee.name);
    if (op !== undefined && !hasResult(op)) this.#refuse(node, `${op} has no result`);
  }

  #yield(node: acorn.YieldExpression): void {
    const call = node.argument;
    if (call?.type !== 'CallExpression') {
      this.#refuse(node, `${node.delegate ? 'yield*' : 'yield'} needs a call behind it`);
    }
    const callee = call.callee;
    const op = callee.type === 'Identifier' ? this.#module.ops.get(callee.name) : undefined;
    if (node.delegate && op !== undefined) {
      this.#refuse(node, `${op} is an operation: yield it, without the asterisk`);
    }
    if (!node.delegate && op === undefined) {
      this.#refuse(node, 'only an operation can be yielded: call a procedure with yield*');
    }
    if (node.delegate) this.#procedureName(callee);
    if (call.arguments.length > OPERANDS_MAX) {
      this.#refuse(call, `at most ${OPERANDS_MAX} operands or arguments`);
    }
    for (const argument of call.arguments) {
      const text = argument.type === 'Literal' && typeof argument.value === 'string';
      if (text && op !== undefined && TEXT_OPS.has(op)) continue;
      this.#expression(argument);
    }
  }

  #procedureName(callee: acorn.Node): void {
    if (callee.type === 'MemberExpression') {
      this.#member(callee as acorn.MemberExpression);
      return;
    }
    if (callee.type !== 'Identifier') this.#refuse(callee, 'yield* needs a name or record.name');
    const { name } = callee as acorn.Identifier;
    if (this.#locals.has(name) || this.#module.procedures.has(name)) return;
    const from = this.#module.imports.get(name);
    if (from === undefined) this.#refuse(callee, `${name} is not a procedure`);
  }

  #plainCall(node: acorn.CallExpression): void {
    const { callee } = node;
    if (callee.type === 'Identifier') {
      const { name } = callee;
      if (this.#module.ops.has(name)) {
        this.#refuse(node, `operation ${name} without yield: it would not happen`);
      }
      if (this.#module.procedures.has(name) || this.#locals.has(name)) {
        this.#refuse(node, `procedure ${name} called without yield*: it would not run`);
      }
      const from = this.#module.imports.get(name);
      if (from !== undefined && this.#imported.kind(from.from, from.name) === 'procedure') {
        this.#refuse(node, `procedure ${name} called without yield*: it would not run`);
      }
      if (from === undefined && !this.#module.functions.has(name)) {
        this.#refuse(node, `${name} is not a function of this module or an import`);
      }
      if (from === undefined) checkPureFunction(this.#module, name);
      else this.#imported.checkCall(this.#module, node, from.from, from.name);
    } else if (!this.#isMath(callee)) {
      this.#refuse(node, 'a record member can only be called through yield*');
    }
    for (const argument of node.arguments) this.#expression(argument);
  }

  #isMath(callee: acorn.Node): boolean {
    if (callee.type !== 'MemberExpression') return false;
    const { object, property, computed } = callee as acorn.MemberExpression;
    const named = property.type === 'Identifier' && MATH.has(property.name) && !computed;
    return named && object.type === 'Identifier' && object.name === 'Math';
  }

  #member(node: acorn.MemberExpression): void {
    if (node.computed) {
      this.#refuse(node, 'indexing is a shared access outside an operation: use read() or write()');
    }
    if (node.object.type === 'MemberExpression') this.#member(node.object);
    else if (node.object.type === 'Identifier') this.#name_(node.object);
    else this.#refuse(node, 'only a named record has members');
  }

  #name_(node: acorn.Identifier): void {
    const { name } = node;
    if (this.#locals.has(name)) return;
    if (this.#module.mutables.has(name)) {
      this.#refuse(node, `${name} is a module-level variable: captured mutable variable`);
    }
    const from = this.#module.imports.get(name);
    if (from !== undefined) {
      if (this.#imported.kind(from.from, from.name) === 'mutable') {
        this.#refuse(
          node,
          `${name} is exported with let by ${from.from}: captured mutable variable`,
        );
      }
      return;
    }
    const m = this.#module;
    if (m.constants.has(name) || m.procedures.has(name) || m.functions.has(name)) return;
    if (m.ops.has(name)) this.#refuse(node, `operation ${name} used as a value`);
    this.#refuse(node, `${name} is outside the procedure language (only locals, constants, calls)`);
  }

  #literal(node: acorn.Literal): void {
    if (typeof node.value === 'boolean') return;
    if (typeof node.value === 'number') {
      if (node.value === (node.value | 0)) return;
      this.#refuse(node, `${node.raw ?? 'the number'} is not an int32: write it | 0`);
    }
    this.#refuse(node, 'only numbers: texts are operands of printk and WARN_ON');
  }

  #refuse(node: acorn.Node, message: string): never {
    const place = `in procedure ${this.#name}`;
    throw refusal(this.#module, node, `${message} (${place})`);
  }
}
