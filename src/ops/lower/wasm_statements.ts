/** Statements of the WebAssembly form: the same structure, in blocks and loops. */
import type * as acorn from 'acorn';
import { refusal } from './source.ts';
import { condition, effect, value, word } from './wasm_expressions.ts';
import type { WasmFunction } from './wasm_function.ts';

/** @throws LoweringError for what WebAssembly cannot be made of. */
export function statements(f: WasmFunction, nodes: readonly acorn.Node[]): number[] {
  return nodes.map((node) => statement(f, node));
}

function block(f: WasmFunction, nodes: readonly acorn.Node[]): number {
  return f.unit.m.block(null, statements(f, nodes));
}

function statement(f: WasmFunction, node: acorn.Node): number {
  const { m } = f.unit;
  switch (node.type) {
    case 'BlockStatement':
      return block(f, (node as acorn.BlockStatement).body);
    case 'EmptyStatement':
      return m.nop();
    case 'ExpressionStatement':
      return effect(f, (node as acorn.ExpressionStatement).expression);
    case 'VariableDeclaration':
      return declaration(f, node as acorn.VariableDeclaration);
    case 'ReturnStatement':
      return returned(f, node as acorn.ReturnStatement);
    case 'IfStatement': {
      const { test, consequent, alternate } = node as acorn.IfStatement;
      const [when, then] = [condition(f, test), statement(f, consequent)];
      return alternate ? m.if(when, then, statement(f, alternate)) : m.if(when, then);
    }
    case 'WhileStatement': {
      const { test, body } = node as acorn.WhileStatement;
      return loop(f, { test, body });
    }
    case 'ForStatement':
      return forLoop(f, node as acorn.ForStatement);
    case 'DoWhileStatement':
      return doLoop(f, node as acorn.DoWhileStatement);
    case 'SwitchStatement':
      return switched(f, node as acorn.SwitchStatement);
    case 'BreakStatement':
      return jump(f, node, f.breaks.at(-1));
    case 'ContinueStatement':
      return jump(f, node, f.continues.at(-1));
    default:
      throw refusal(f.source, node, `${node.type} has no form in WebAssembly`);
  }
}

function jump(f: WasmFunction, node: acorn.Node, label: string | undefined): number {
  if (label === undefined || ('label' in node && node.label)) {
    throw refusal(f.source, node, 'labels have no form in WebAssembly');
  }
  return f.unit.m.br(label);
}

function returned(f: WasmFunction, { argument }: acorn.ReturnStatement): number {
  if (!argument) return f.leave();
  const words = f.mode.kind === 'procedure' || f.mode.wanted === 'word';
  return f.leave(words ? { code: word(f, argument), kind: 'i32' } : value(f, argument));
}

function declaration(f: WasmFunction, node: acorn.VariableDeclaration): number {
  const codes = node.declarations.map(({ id, init }) => {
    if (id.type !== 'Identifier') throw refusal(f.source, id, 'not a plain name');
    const whole = init ? f.known(init)?.value : undefined;
    if (node.kind === 'const' && (typeof whole === 'object' || typeof whole === 'function')) {
      f.statics.set(id.name, whole);
      return f.unit.m.nop();
    }
    if (f.isPure && f.local(id.name) !== undefined) {
      throw refusal(f.source, id, `${id.name} is declared twice in a plain function: rename it`);
    }
    f.statics.delete(id.name);
    // Of a plain function's local the first pass only knows that it is some number.
    f.declare(id.name, f.isPure ? 'bool' : 'i32');
    if (!init) return f.assign(id.name, { ...f.unit.values.number(0), kind: 'bool' });
    return f.assign(id.name, f.isPure ? value(f, init) : { code: word(f, init), kind: 'i32' });
  });
  return f.unit.m.block(null, codes);
}

interface Loop {
  readonly test?: acorn.Node | null | undefined;
  readonly update?: acorn.Expression | null | undefined;
  readonly body: acorn.Node;
}

function loop(f: WasmFunction, { test, update, body }: Loop): number {
  const { m } = f.unit;
  const [start, next, end] = [f.newLabel(), f.newLabel(), f.newLabel()];
  const leave = test ? [m.br(end, m.i32.eqz(condition(f, test)))] : [];
  const inside = m.block(next, [within(f, next, end, body)]);
  const step = update ? [effect(f, update)] : [];
  return m.block(end, [m.loop(start, m.block(null, [...leave, inside, ...step, m.br(start)]))]);
}

function forLoop(f: WasmFunction, { init, test, update, body }: acorn.ForStatement): number {
  const { m } = f.unit;
  let first = m.nop();
  if (init?.type === 'VariableDeclaration') first = declaration(f, init);
  else if (init) first = effect(f, init);
  return m.block(null, [first, loop(f, { test, update, body })]);
}

function doLoop(f: WasmFunction, { test, body }: acorn.DoWhileStatement): number {
  const { m } = f.unit;
  const [start, next, end] = [f.newLabel(), f.newLabel(), f.newLabel()];
  const inside = m.block(next, [within(f, next, end, body)]);
  const again = m.br(start, condition(f, test));
  return m.block(end, [m.loop(start, m.block(null, [inside, again]))]);
}

function within(f: WasmFunction, next: string, end: string, body: acorn.Node): number {
  f.breaks.push(end);
  f.continues.push(next);
  const code = statement(f, body);
  f.breaks.pop();
  f.continues.pop();
  return code;
}

/** Tests one after the other, each a jump into the run of cases; a case falls into the next. */
function switched(f: WasmFunction, node: acorn.SwitchStatement): number {
  const { m, binaryen } = f.unit;
  const end = f.newLabel();
  const labels = node.cases.map(() => f.newLabel());
  const what = f.temporary('i32');
  const head = [m.local.set(what, word(f, node.discriminant))];
  node.cases.forEach(({ test }, i) => {
    if (!test) return;
    const same = m.i32.eq(m.local.get(what, binaryen.i32), word(f, test));
    head.push(m.br(labels[i] ?? end, same));
  });
  const fallback = node.cases.findIndex(({ test }) => !test);
  head.push(m.br(labels[fallback] ?? end));
  f.breaks.push(end);
  let code = head;
  node.cases.forEach(({ consequent }, i) => {
    code = [m.block(labels[i] ?? end, code), ...statements(f, consequent)];
  });
  f.breaks.pop();
  return m.block(end, code);
}
