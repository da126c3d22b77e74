/** Statements of the flat form: structured JavaScript where nothing yields, labels elsewhere. */
import type * as acorn from 'acorn';
import { ACB, STEP } from '../flat.ts';
import type { FlatBody } from './flat_body.ts';
import { asInt32, expression, pure } from './flat_expressions.ts';
import { containsYield, refusal } from './source.ts';

/** Where break and continue go: a label, or `native` inside a structured loop or switch. */
interface Targets {
  readonly onBreak: number | 'native';
  readonly onContinue: number | 'native';
}

export const NO_TARGETS: Targets = { onBreak: 'native', onContinue: 'native' };

/**
 * Compiles a statement: emits its steps.
 * @throws LoweringError for a statement that the flat form has no place for.
 */
export function statement(body: FlatBody, node: acorn.Node, targets: Targets): void {
  body.releaseTemporaries();
  if (!containsYield(node)) {
    body.emit(structured(body, node, targets));
    return;
  }
  switch (node.type) {
    case 'BlockStatement':
      for (const s of (node as acorn.BlockStatement).body) statement(body, s, targets);
      break;
    case 'ExpressionStatement':
      effect(body, (node as acorn.ExpressionStatement).expression);
      break;
    case 'VariableDeclaration':
      for (const d of (node as acorn.VariableDeclaration).declarations) declare(body, d);
      break;
    case 'ReturnStatement': {
      const { argument } = node as acorn.ReturnStatement;
      body.emit(returns(argument ? expression(body, argument) : '0'));
      break;
    }
    case 'IfStatement':
      ifStatement(body, node as acorn.IfStatement, targets);
      break;
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'ForStatement':
      loop(body, node as acorn.WhileStatement | acorn.DoWhileStatement | acorn.ForStatement);
      break;
    case 'SwitchStatement':
      switchStatement(body, node as acorn.SwitchStatement, targets);
      break;
    default:
      throw refusal(body.module, node, `cannot compile ${node.type}`);
  }
}

function returns(value: string): string {
  const pop = `{const p=W[f+2];W[c+${ACB.frame}]=p;`;
  return `W[c+${ACB.result}]=${value};${pop}return p===0?${STEP.DONE}:${STEP.CALL};}`;
}

function declare(body: FlatBody, node: acorn.VariableDeclarator): void {
  if (node.id.type !== 'Identifier' || !node.init) return;
  const value = expression(body, node.init);
  body.emit(`${body.slot(node.id.name)}=${value};`);
}

function effect(body: FlatBody, node: acorn.Expression): void {
  if (node.type === 'AssignmentExpression' && node.left.type === 'Identifier') {
    const value = expression(body, node.right);
    body.emit(`${body.slot(node.left.name)}${node.operator}${value};`);
  } else {
    expression(body, node);
  }
}

function ifStatement(body: FlatBody, node: acorn.IfStatement, targets: Targets): void {
  const otherwise = body.newLabel();
  body.emit(`if(!(${expression(body, node.test)}))${body.jump(otherwise)}`);
  statement(body, node.consequent, targets);
  if (node.alternate) {
    const end = body.newLabel();
    body.emit(body.jump(end));
    body.place(otherwise);
    statement(body, node.alternate, targets);
    body.place(end);
  } else {
    body.place(otherwise);
  }
}

function loop(
  body: FlatBody,
  node: acorn.WhileStatement | acorn.DoWhileStatement | acorn.ForStatement,
): void {
  const start = body.newLabel();
  const next = body.newLabel();
  const end = body.newLabel();
  if (node.type === 'ForStatement' && node.init) initialise(body, node.init);
  body.place(start);
  if (node.type !== 'DoWhileStatement' && node.test) {
    body.emit(`if(!(${expression(body, node.test)}))${body.jump(end)}`);
  }
  statement(body, node.body, { onBreak: end, onContinue: next });
  body.place(next);
  body.releaseTemporaries();
  if (node.type === 'ForStatement' && node.update) update(body, node.update);
  if (node.type === 'DoWhileStatement') {
    body.emit(`if(!(${expression(body, node.test)}))${body.jump(end)}`);
  }
  body.emit(body.jump(start));
  body.place(end);
}

function initialise(body: FlatBody, node: acorn.VariableDeclaration | acorn.Expression): void {
  if (node.type === 'VariableDeclaration') for (const d of node.declarations) declare(body, d);
  else update(body, node);
}

function update(body: FlatBody, node: acorn.Expression): void {
  if (containsYield(node)) effect(body, node);
  else body.emit(`${pureEffect(body, node)};`);
}

function switchStatement(body: FlatBody, node: acorn.SwitchStatement, targets: Targets): void {
  const value = body.takeTemporary();
  body.emit(`${value}=${expression(body, node.discriminant)};`);
  const end = body.newLabel();
  const labels = node.cases.map(() => body.newLabel());
  node.cases.forEach((c, i) => {
    if (!c.test) return;
    const test = asInt32(c.test, expression(body, c.test));
    body.emit(`if(${value}===${test})${body.jump(labels[i] ?? end)}`);
  });
  const fallback = node.cases.findIndex((c) => !c.test);
  body.emit(body.jump(labels[fallback] ?? end));
  node.cases.forEach((c, i) => {
    body.place(labels[i] ?? end);
    for (const s of c.consequent) {
      statement(body, s, { onBreak: end, onContinue: targets.onContinue });
    }
  });
  body.place(end);
}

/** A statement without yields, as JavaScript of the same shape. */
function structured(body: FlatBody, node: acorn.Node, targets: Targets): string {
  const inner: Targets = { onBreak: 'native', onContinue: 'native' };
  switch (node.type) {
    case 'BlockStatement': {
      const { body: statements } = node as acorn.BlockStatement;
      return `{${statements.map((s) => structured(body, s, targets)).join('')}}`;
    }
    case 'EmptyStatement':
      return ';';
    case 'ExpressionStatement':
      return `${pureEffect(body, (node as acorn.ExpressionStatement).expression)};`;
    case 'VariableDeclaration':
      return (node as acorn.VariableDeclaration).declarations
        .map((d) => pureDeclaration(body, d))
        .join('');
    case 'ReturnStatement': {
      const { argument } = node as acorn.ReturnStatement;
      return `{${returns(argument ? pure(body, argument) : '0')}}`;
    }
    case 'IfStatement': {
      const { test, consequent, alternate } = node as acorn.IfStatement;
      const otherwise = alternate ? `else{${structured(body, alternate, targets)}}` : '';
      return `if(${pure(body, test)}){${structured(body, consequent, targets)}}${otherwise}`;
    }
    case 'WhileStatement': {
      const { test, body: inside } = node as acorn.WhileStatement;
      return `while(${pure(body, test)}){${structured(body, inside, inner)}}`;
    }
    case 'DoWhileStatement': {
      const { test, body: inside } = node as acorn.DoWhileStatement;
      return `do{${structured(body, inside, inner)}}while(${pure(body, test)});`;
    }
    case 'ForStatement':
      return structuredFor(body, node as acorn.ForStatement);
    case 'SwitchStatement':
      return structuredSwitch(body, node as acorn.SwitchStatement, targets);
    case 'BreakStatement':
      return targets.onBreak === 'native' ? 'break;' : body.jump(targets.onBreak);
    case 'ContinueStatement':
      return targets.onContinue === 'native' ? 'continue;' : body.jump(targets.onContinue);
    default:
      throw refusal(body.module, node, `cannot compile ${node.type}`);
  }
}

function structuredFor(body: FlatBody, node: acorn.ForStatement): string {
  const inner: Targets = { onBreak: 'native', onContinue: 'native' };
  let init = '';
  if (node.init?.type === 'VariableDeclaration') {
    init = node.init.declarations.map((d) => pureDeclaration(body, d)).join('');
  } else if (node.init) init = `${pureEffect(body, node.init)};`;
  const test = node.test ? pure(body, node.test) : '';
  const step = node.update ? pureEffect(body, node.update) : '';
  return `${init}for(;${test};${step}){${structured(body, node.body, inner)}}`;
}

function structuredSwitch(body: FlatBody, node: acorn.SwitchStatement, targets: Targets): string {
  // A break inside belongs to this switch; a continue to the loop around it.
  const inner: Targets = { onBreak: 'native', onContinue: targets.onContinue };
  const cases = node.cases.map((c) => {
    const head = c.test ? `case ${asInt32(c.test, pure(body, c.test))}:` : 'default:';
    return `${head}{${c.consequent.map((s) => structured(body, s, inner)).join('')}}`;
  });
  const value = asInt32(node.discriminant, pure(body, node.discriminant));
  return `switch(${value}){${cases.join('')}}`;
}

function pureDeclaration(body: FlatBody, node: acorn.VariableDeclarator): string {
  if (node.id.type !== 'Identifier' || !node.init) return '';
  return `${body.slot(node.id.name)}=${pure(body, node.init)};`;
}

function pureEffect(body: FlatBody, node: acorn.Expression): string {
  if (node.type === 'AssignmentExpression' && node.left.type === 'Identifier') {
    return `${body.slot(node.left.name)}${node.operator}${pure(body, node.right)}`;
  }
  if (node.type === 'UpdateExpression' && node.argument.type === 'Identifier') {
    return `${body.slot(node.argument.name)}${node.operator}`;
  }
  return pure(body, node);
}
