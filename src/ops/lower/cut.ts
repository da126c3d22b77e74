/**
 * Cuts values back to int32 in code that keeps the source's shape, at the places where the flat
 * form stores a word or cuts back itself (int32.ts).
 */
import type * as acorn from 'acorn';
import type MagicString from 'magic-string';
import { comparesExactly, isInt32, negates, widens } from './int32.ts';
import { childrenOf } from './source.ts';

/** Call after everything that overwrites: only insertions are made around expressions here. */
export function cutToInt32(node: acorn.Node, code: string, out: MagicString): void {
  new Cutter(code, out).visit(node);
}

class Cutter {
  readonly #code: string;
  readonly #out: MagicString;

  constructor(code: string, out: MagicString) {
    this.#code = code;
    this.#out = out;
  }

  visit(node: acorn.Node): void {
    if (node.type === 'UpdateExpression') {
      this.#update(node as acorn.UpdateExpression);
      return;
    }
    for (const child of childrenOf(node)) this.visit(child);
    for (const value of keptBy(node)) this.#value(value);
    if (node.type === 'BinaryExpression' && widens(node as acorn.BinaryExpression)) {
      this.#wrap(node);
    } else if (node.type === 'UnaryExpression' && negates(node as acorn.UnaryExpression)) {
      this.#wrap(node);
    } else if (node.type === 'AssignmentExpression') {
      this.#compound(node as acorn.AssignmentExpression);
    }
  }

  #value(node: acorn.Node | null | undefined): void {
    if (node && !isInt32(node)) this.#wrap(node);
  }

  /** `x += e` becomes `x = (x + (e)) | 0`; the bitwise ones stay in int32 by themselves. */
  #compound(node: acorn.AssignmentExpression): void {
    const operator = node.operator.slice(0, -1);
    if (node.left.type !== 'Identifier' || /^(|\||&|\^|<<|>>)$/.test(operator)) return;
    const at = this.#code.indexOf(node.operator, node.left.end);
    this.#out.overwrite(at, at + node.operator.length, `= (${node.left.name} ${operator} (`);
    this.#out.appendLeft(node.end, ')) | 0');
  }

  #update(node: acorn.UpdateExpression): void {
    if (node.argument.type !== 'Identifier') return;
    const { name } = node.argument;
    const operator = node.operator === '++' ? '+' : '-';
    this.#out.overwrite(node.start, node.end, `${name} = (${name} ${operator} 1) | 0`);
  }

  #wrap(node: acorn.Node): void {
    this.#out.appendRight(node.start, '((');
    this.#out.appendLeft(node.end, ') | 0)');
  }
}

/** Values that a node keeps, hands on or compares exactly: they must be int32. */
function keptBy(node: acorn.Node): readonly (acorn.Node | null | undefined)[] {
  switch (node.type) {
    case 'BinaryExpression': {
      const comparison = node as acorn.BinaryExpression;
      return comparesExactly(comparison) ? [comparison.left, comparison.right] : [];
    }
    case 'CallExpression':
      return (node as acorn.CallExpression).arguments;
    case 'AssignmentExpression': {
      const { operator, right } = node as acorn.AssignmentExpression;
      return operator === '=' ? [right] : [];
    }
    case 'VariableDeclarator':
      return [(node as acorn.VariableDeclarator).init];
    case 'ReturnStatement':
      return [(node as acorn.ReturnStatement).argument];
    case 'SwitchStatement':
      return [(node as acorn.SwitchStatement).discriminant];
    case 'SwitchCase':
      return [(node as acorn.SwitchCase).test];
    default:
      return [];
  }
}
