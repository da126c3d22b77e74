/**
 * Which expressions are int32 as they stand. Locals, memory and results are int32 words; what
 * JavaScript would make a double, an unsigned number or a boolean of is cut back by every lowering
 * at the same places, so that all forms compute the same bits.
 */
import type * as acorn from 'acorn';

/** Operators whose result may leave int32. `>>>` is not among them: see isInt32. */
const WIDENING = new Set(['+', '-', '*', '/', '%', '**']);
/** Bit operators whose result is signed. */
const SIGNED = new Set(['|', '&', '^', '<<', '>>']);

/** True for a binary operation that is cut back where it stands. */
export function widens(node: acorn.BinaryExpression): boolean {
  return WIDENING.has(node.operator);
}

/** True for a unary minus that is cut back where it stands: not for `-1`. */
export function negates(node: acorn.UnaryExpression): boolean {
  return node.operator === '-' && node.argument.type !== 'Literal';
}

/** True for operators that compare without converting: both sides must be numbers. */
export function comparesExactly(node: acorn.BinaryExpression): boolean {
  return node.operator === '===' || node.operator === '!==';
}

/** True where the value is an int32 already (or a record or procedure that is handed on). */
export function isInt32(node: acorn.Node): boolean {
  switch (node.type) {
    case 'Literal': {
      const { value } = node as acorn.Literal;
      return typeof value === 'string' || (typeof value === 'number' && value === (value | 0));
    }
    case 'Identifier':
    case 'MemberExpression':
    case 'YieldExpression':
      return true;
    case 'ParenthesizedExpression':
      return isInt32((node as acorn.ParenthesizedExpression).expression);
    case 'UnaryExpression': {
      const { operator, argument } = node as acorn.UnaryExpression;
      return operator === '~' || operator === '-' || (operator === '+' && isInt32(argument));
    }
    case 'BinaryExpression': {
      const { operator } = node as acorn.BinaryExpression;
      return SIGNED.has(operator) || WIDENING.has(operator);
    }
    case 'LogicalExpression': {
      const { left, right } = node as acorn.LogicalExpression;
      return isInt32(left) && isInt32(right);
    }
    case 'ConditionalExpression': {
      const { consequent, alternate } = node as acorn.ConditionalExpression;
      return isInt32(consequent) && isInt32(alternate);
    }
    default:
      return false;
  }
}
