/** What is outside the procedure language is refused, with file, line and the reason. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lower } from '../../../src/ops/lower/hooks.ts';
import { LoweringError } from '../../../src/ops/lower/source.ts';
import { LOWERINGS } from '../../../src/ops/lower/tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'hotrace-subset-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(
  join(folder, 'other.ts'),
  `import { read } from '#ops';
export let counter = 0;
export const FIVE = 5;
export const arrow = (x: number) => x + 1;
export function* far(p: number) { return yield read(p); }
export function half(x: number) { return (x / 2) | 0; }
export function next() { counter++; return counter; }
export function looks(p: number) { read(p); return 0; }
`,
);

const HEAD = `import { read, write, printk, spin_lock, smp_mb } from '#ops';
import { counter, FIVE, arrow, far, half, next, looks } from './other.ts';
let current_count = 0;
const table = { n: 1 };
function pure(x) { return x + 1; }
function impure() { return current_count; }
function bumps() { current_count = 1; return 0; }
function changes() { table.n = 2; return 0; }
function indirect() { return impure(); }
function* near(p) { return yield read(p); }
`;
/** Line of the first line of a body. */
const LINE = HEAD.split('\n').length + 1;
const FILE = join(folder, 'module.ts');

function refused(body: string): LoweringError {
  const source = `${HEAD}export function* victim(p, d) {\n${body}\n}\n`;
  for (const lowering of LOWERINGS) {
    try {
      lower(source, FILE, lowering);
    } catch (error) {
      if (error instanceof LoweringError) return error;
      throw error;
    }
  }
  throw new Error(`accepted: ${body}`);
}

describe('refused, each at its line', () => {
  test.each<readonly [what: string, body: string, reason: RegExp]>([
    ['a bare call of a procedure', 'near(p);', /procedure near called without yield\*/],
    ['a bare call of an imported procedure', 'far(p);', /procedure far called without yield\*/],
    ['a bare call of a parameter', 'd(p);', /procedure d called without yield\*/],
    ['a bare call through a record', 'd.run(p);', /only be called through yield\*/],
    ['an operation without yield', 'write(p, 1);', /operation write without yield/],
    ['an operation inside an expression', 'const x = read(p) + 1;', /operation read without yield/],
    ['an operation as a value', 'const x = read;', /operation read used as a value/],
    ['yield* of an operation', 'yield* read(p);', /without the asterisk/],
    ['yield of a procedure', 'yield near(p);', /call a procedure with yield\*/],
    ['yield of nothing', 'yield;', /needs a call behind it/],
    ['yield of a value', 'yield p;', /needs a call behind it/],
    ['yield* of an unknown name', 'yield* nobody(p);', /nobody is not a procedure/],
    ['indexing', 'const x = d[p];', /indexing is a shared access outside an operation/],
    ['assigning a member', 'd.x = 1;', /only a local variable can be assigned/],
    ['assigning an element', 'd[p] = 1;', /only a local variable can be assigned/],
    ['reading a module-level let', 'const x = current_count;', /captured mutable variable/],
    ['writing a module-level let', 'current_count = 1;', /captured mutable variable/],
    ['an imported let', 'const x = counter;', /exported with let by .*captured mutable variable/],
    ['a plain function that reads a let', 'const x = impure();', /in plain function impure/],
    ['a plain function that writes a let', 'const x = bumps();', /in plain function bumps/],
    ['a plain function that changes an object', 'const x = changes();', /not its own/],
    ['a plain function that calls such a one', 'const x = indirect();', /plain function impure/],
    ['an imported function with a state', 'const x = next();', /other\.ts:7.*not its own/],
    [
      'an imported function with an operation',
      'const x = looks(p);',
      /other\.ts:8.*operation read/,
    ],
    ['an imported arrow function', 'const x = arrow(p);', /arrow is not a plain function of/],
    ['an assignment in an expression', 'const x = (p = 1);', /only stand as a statement/],
    ['an increment in an expression', 'const x = p++;', /only stand as a statement/],
    ['a sequence', 'p = 1, p = 2;', /SequenceExpression/],
    ['try', 'try { p = 1; } finally { p = 2; }', /TryStatement/],
    ['throw', 'throw p;', /ThrowStatement/],
    ['a closure', 'const f = () => p;', /ArrowFunctionExpression/],
    ['a function inside', 'function inner() { return 1; }', /FunctionDeclaration/],
    ['a class', 'class A {}', /ClassDeclaration/],
    ['destructuring', 'const { x } = d;', /destructuring is not in the language/],
    ['array destructuring', 'const [x] = d;', /destructuring is not in the language/],
    ['an array', 'const x = [1];', /ArrayExpression/],
    ['an object', 'const x = { y: 1 };', /ObjectExpression/],
    ['new', 'const x = new Map();', /NewExpression/],
    ['spread', 'yield* near(...d);', /SpreadElement/],
    ['a template string', 'const x = `1`;', /TemplateLiteral/],
    ['a text', "const x = 'one';", /only numbers/],
    ['a text as operand of another operation', "yield write(p, 'one');", /only numbers/],
    ['a regular expression', 'const x = /a/;', /only numbers/],
    ['null', 'const x = null;', /only numbers/],
    ['a bigint', 'const x = 1n;', /only numbers/],
    ['a fraction', 'const x = 0.5;', /not an int32/],
    ['a number beyond int32', 'const x = 0xffffffff;', /0xffffffff is not an int32: write it \| 0/],
    ['undefined', 'const x = undefined;', /undefined is outside the procedure language/],
    ['a global', 'const x = Date.now();', /only be called through yield\*/],
    ['chance', 'const x = Math.random();', /only be called through yield\*/],
    ['a label', 'out: while (p) { break out; }', /labels? /i],
    ['for of', 'for (const x of d) p = x;', /ForOfStatement/],
    ['for in', 'for (const x in d) p = 1;', /ForInStatement/],
    ['await', 'await near(p);', /await/i],
    ['this', 'const x = this;', /ThisExpression/],
    ['optional chaining', 'const x = d?.y;', /ChainExpression/],
    ['??', 'const x = p ?? 1;', /\?\? is not in the procedure language/],
    ['||=', 'p ||= yield read(p);', /\|\|= is not in the procedure language/],
    ['&&=', 'p &&= 1;', /&&= is not in the procedure language/],
    ['typeof', 'const x = typeof p;', /typeof is not in the procedure language/],
    ['void', 'const x = void 0;', /void is not in the procedure language/],
    ['in', 'const x = p in d;', /in is not in the procedure language/],
    ['instanceof', 'const x = p instanceof d;', /instanceof is not in the procedure language/],
    ['var', 'var x = 1;', /var is not in the language/],
    ['assigning a const', 'const x = 1; x = 2;', /x is const/],
    ['hiding a local', 'const x = 1; { const x = 2; }', /x hides another local/],
    ['hiding a parameter', '{ let p = 2; }', /p hides another local/],
    ['hiding an operation', 'const read = 1;', /read hides what is called/],
    ['hiding a procedure', 'const near = 1;', /near hides what is called/],
    ['the result of a write', 'const x = yield write(p, 1);', /write has no result/],
    ['the result of a lock', 'if (yield spin_lock(p)) p = 1;', /spin_lock has no result/],
    ['the result of a barrier', 'return yield smp_mb();', /smp_mb has no result/],
    ['an unsigned value kept', 'return (p >>> 0) > (yield read(p)) ? 1 : 0;', /unsigned value/],
    ['debugger', 'debugger;', /DebuggerStatement/],
  ])('%s', (_what, body, reason) => {
    const error = refused(body);
    expect(error.message).toMatch(reason);
    // A plain function is refused where it stands, everything else where it is used.
    const elsewhere = /in plain function/.test(error.message);
    if (!elsewhere) expect(error.line, error.message).toBe(LINE);
    expect(error.message).toMatch(/^[^:]*(module|other)\.ts:\d+:\d+: /);
    expect(error.message.startsWith(`${error.file}:${error.line}:`)).toBe(true);
  });

  test.each<readonly [what: string, source: string, reason: RegExp]>([
    ['a default value', 'export function* v(p = 1) { yield read(p); }', /plain name/],
    ['a rest parameter', 'export function* v(...p) { yield read(p); }', /plain name/],
    ['an async procedure', 'export async function* v(p) { yield read(p); }', /async/],
    ['a procedure kept in a const', 'export const v = function* (p) { yield read(p); };', /named/],
    [
      'a procedure as a method',
      'export const d = { *v(p) { yield read(p); } };',
      /named function\*/,
    ],
    ['a default export', 'export default function* v(p) { yield read(p); }', /named function\*/],
    ['a syntax error', 'export function* v(p) { yield read(p; }', /Unexpected token/],
  ])('%s', (_what, line, reason) => {
    const source = `import { read } from '#ops';\n${line}\n`;
    expect(() => lower(source, join(folder, 'shape.js'), 'explored')).toThrow(reason);
    try {
      lower(source, join(folder, 'shape.js'), 'explored');
    } catch (error) {
      expect(error).toMatchObject({ name: 'LoweringError', line: 2 });
    }
  });
});

describe('accepted', () => {
  test.each([
    ['calls of pure functions', 'return pure(half(p)) + Math.imul(p, 3) + Math.min(p, FIVE);'],
    ['constants', 'const x = FIVE; return x + table.n;'],
    ['records', 'yield* d.run(p); return d.number;'],
    ['a procedure handed on', 'return yield* d(p);'],
    ['a record handed on', 'return yield* near(d);'],
    [
      'the same name in two scopes',
      'for (let i = 0; i < 2; i++) p = i; for (let i = 3; i; i--) p = i;',
    ],
    ['texts for the log', "yield printk('%d of %s', p, 'many');"],
    ['word literals under bit operators', 'return (p & 0xffff0000) | (~0x80000000);'],
    ['conditions that yield', 'return (yield read(p)) && !(yield read(p + 1)) ? 1 : 0;'],
    ['results that are dropped', 'yield read(p); yield* near(p);'],
    ['an empty body', ''],
  ])('%s', (_what, body) => {
    const source = `${HEAD}export function* victim(p, d) {\n${body}\n}\n`;
    for (const lowering of LOWERINGS) expect(lower(source, FILE, lowering).code).toBeDefined();
  });
});
