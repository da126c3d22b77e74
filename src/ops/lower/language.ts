/** What the procedure language has: statements, expressions, operators, results. */
import type * as acorn from 'acorn';
import type { OpName } from '../vocabulary.ts';

export const STATEMENTS: ReadonlySet<string> = new Set([
  'BlockStatement',
  'BreakStatement',
  'ContinueStatement',
  'DoWhileStatement',
  'EmptyStatement',
  'ExpressionStatement',
  'ForStatement',
  'IfStatement',
  'ReturnStatement',
  'SwitchStatement',
  'SwitchCase',
  'VariableDeclaration',
  'VariableDeclarator',
  'WhileStatement',
]);
export const EXPRESSIONS: ReadonlySet<string> = new Set([
  'AssignmentExpression',
  'BinaryExpression',
  'CallExpression',
  'ConditionalExpression',
  'Identifier',
  'Literal',
  'LogicalExpression',
  'MemberExpression',
  'ParenthesizedExpression',
  'UnaryExpression',
  'UpdateExpression',
  'YieldExpression',
]);
export const SCOPES: ReadonlySet<string> = new Set([
  'BlockStatement',
  'ForStatement',
  'SwitchStatement',
]);
export const MATH: ReadonlySet<string> = new Set([
  'imul',
  'min',
  'max',
  'abs',
  'trunc',
  'floor',
  'ceil',
  'clz32',
]);
export const TEXT_OPS: ReadonlySet<string> = new Set(['printk', 'WARN_ON']);

export const BITWISE: ReadonlySet<string> = new Set(['|', '&', '^', '<<', '>>', '>>>']);

/** Two operands: arithmetic, bits, comparisons, logic. Not `in`, `instanceof`, `??`. */
export const COMPUTING: ReadonlySet<string> = new Set([
  ...BITWISE,
  ...['+', '-', '*', '/', '%', '**'],
  ...['<', '<=', '>', '>=', '===', '!==', '==', '!='],
  ...['&&', '||'],
]);

export const UNARY: ReadonlySet<string> = new Set(['+', '-', '~', '!']);

/** True for 0 .. 0xffffffff: as an operand of bits, the number that it would be as a word. */
export function isWordLiteral(node: acorn.Node): boolean {
  if (node.type !== 'Literal') return false;
  const { value } = node as acorn.Literal;
  return typeof value === 'number' && value === value >>> 0;
}

const ANSWERING: ReadonlySet<OpName> = new Set<OpName>([
  ...(['read', 'READ_ONCE', 'smp_load_acquire', 'xchg', 'cmpxchg', 'readl'] as const),
  ...(['atomic_fetch_add', 'atomic_fetch_or', 'atomic_fetch_and', 'kzalloc'] as const),
  ...(['refcount_read', 'refcount_inc_not_zero', 'refcount_dec_and_test'] as const),
  ...(['spin_trylock', 'mutex_trylock', 'schedule_timeout', 'futex_wait', 'futex_wake'] as const),
  ...(['wake_up', 'wake_up_all', 'ktime_ms', 'queue_work', 'queue_delayed_work'] as const),
  ...(['cancel_work_sync', 'cancel_work', 'choose', 'BUG_ON', 'WARN_ON'] as const),
  ...(['ctx_get', 'ghost_read', 'ghost_add', 'current'] as const),
]);

/** True for operations whose result a procedure may use (reference.ts). */
export function hasResult(op: OpName): boolean {
  return ANSWERING.has(op);
}
