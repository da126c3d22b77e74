/** Numbers at their edges: WebAssembly computes what the native form does in JavaScript. */
import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { compiled, folder, moduleOf, nativeExports } from './wasm_form.ts';

afterAll(() => rmSync(folder, { recursive: true }));

const EDGES = [
  ...[0, 1, -1, 2, -2, 3, 7, -7, 31, 32, 33, 255, 65_535, 65_536, 46_341, -46_341],
  ...[0x1fffff, 0x200001, 0x7ffffffe, 0x7fffffff, -0x7fffffff, -0x80000000, 0x55555555],
];

/** Plain functions compute as JavaScript does, with doubles: nothing is cut inside. */
const FUNCTIONS = `
const THIRD = 1 / 3;
const WIDE = 0xffffffff;
const LIMITS = Object.freeze({ high: 4000000000, on: true });
function half(x) { return x / 2; }
function product(a, b) { return a * b; }
function mean(a, b) { const sum = a + b; return sum / 2; }
function scaled(a) { return a * THIRD; }
function wide(a) { return (a >>> 0) + WIDE; }
function less(a, b) { return a < b; }
function clamp(a, b) { if (a > b) return b; return a >>> 0 > LIMITS.high ? LIMITS.high : a; }
function gcd(a, b) {
  let x = a & 0xffff;
  let y = b & 0xffff;
  while (y !== 0) { const r = x % y; x = y; y = r; }
  return x;
}
function steps(a) {
  let n = 0;
  for (let i = a & 7; i > 0; i--) n += i / 2;
  return n;
}
function kind(a) {
  switch (a & 3) { case 0: return 10; case 1: case 2: return 20.5; default: return a; }
}
function grows(a) { let x = a > 3; if (a > 100) x = a; if (a < 0) x = a / 4; return x; }
function falls(a) { if (a > 0) return 3; }
function descend(n) { return n < 2 ? n : descend(n - 1); }
`;

const EXPRESSIONS = [
  ...['a + b', 'a - b', 'a * b', 'a / b', 'a % b', 'a ** b', 'a * 3', 'a * -2097152'],
  ...[
    'a * 2097153',
    'a * 2147483647',
    'a * -1431655765',
    'a / 7',
    'a / -1',
    'a / 0',
    'a % 7',
    'a % -1',
    'a % 0',
    '-a',
    '~a',
    '+a',
  ],
  ...['a << b', 'a >> b', 'a >>> b', 'a & b', 'a | b', 'a ^ b', 'a | 0xffffffff'],
  ...['(a >>> 0) > b', '(a >>> 0) < (b >>> 0)', '(a >>> b) >= 5', '(a >>> 0) == a', '!(a >>> b)'],
  ...['(a >>> 0) / 3', '(a >>> 0) * (b >>> 0)', '(a >>> 1) % 10', '(a >>> 0) + (b >>> 0)'],
  ...['(a >>> 0) / (b >>> 0)', '(a >>> 0) % (b >>> 0)', '(a >>> 0) - b', '-(a >>> 0)'],
  ...['a < b', 'a <= b', 'a > b', 'a >= b', 'a === b', 'a != b', '(a < b) + (a > b)'],
  ...['(a < b) === (b < a)', '(a < b) * b', '(a > b) / 2', '(a && b) + (a || b)', 'a > 0 && b'],
  ...['(a >>> 0 || b) > 3', '(a ? b : a >>> 0) > 1', '!a', '!(a + b)', 'a + b < a'],
  ...['Math.imul(a, b)', 'Math.min(a, b, 3)', 'Math.max(a, b)', 'Math.clz32(a)'],
  ...['Math.abs(a) > b', 'Math.abs(a) + 1', 'Math.trunc(a) + Math.floor(b) + Math.ceil(a)'],
  ...[
    'half(a) + half(b)',
    'half(a) < half(b)',
    'half(a) === half(b)',
    'half(a) || b',
    'half(a) * b',
  ],
  ...['product(a, b)', 'product(a, b) + 1', 'product(a, b) > b', 'product(product(a, b), b)'],
  ...['mean(a, b)', 'mean(a, b) == b', 'scaled(a)', 'wide(a)', 'wide(a) > 5', 'wide(a) * wide(b)'],
  ...['less(a, b)', 'less(a, b) + 1', 'less(a, b) ? a : b', 'clamp(a, b)', 'clamp(a, b) / 3'],
  ...['gcd(a, b)', 'steps(a)', 'steps(a) * 3', 'kind(a)', 'kind(a) + kind(b)', 'grows(a)'],
  ...['grows(a) + 1', 'grows(a) ? 1 : 2', 'falls(a)', 'falls(a) + 1', 'falls(a) ? 1 : 2'],
  'descend(a & 31)',
  'mean(a, b) % half(b)',
];

test(`${EXPRESSIONS.length} expressions of all pairs of ${EDGES.length} words`, async () => {
  const source = EXPRESSIONS.map((e, i) => `export function* e${i}(a, b) { return ${e}; }`);
  const module = moduleOf(`import { read } from '#ops';\n${FUNCTIONS}${source.join('\n')}\n`);
  const entries = EXPRESSIONS.map((_, i) => ({ module, procedure: `e${i}` }));
  const functions = await compiled(entries);
  const plain = await nativeExports(module);
  const wrong: string[] = [];
  for (const [i, expression] of EXPRESSIONS.entries()) {
    const native = plain[`e${i}`];
    if (typeof native !== 'function') throw new Error(`no ${expression}`);
    for (const a of EDGES) {
      for (const b of EDGES) {
        const [found, wanted] = [functions[`e${i}`]?.(a, b), Number(native(a, b)) | 0];
        if (found !== wanted) wrong.push(`${expression} of ${a}, ${b}: ${found}, not ${wanted}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});
