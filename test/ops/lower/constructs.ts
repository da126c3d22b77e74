/** One construct of the language at a time, as bodies of `root(at)`, with what they must answer. */

export const HEAD = `import { read, write, xchg } from '#ops';
const ONES = 0xffffffff;
const D = Object.freeze({ inner: Object.freeze({ seven: 7 }), flag: true });
function half(x) { return x / 2; }
function* add(a, b) { return a + b; }
function* pass(p, x) { return yield* p(x, 1); }
function* name(d, x) { return yield* d.add(x, d.one); }
`;

type Construct = readonly [what: string, body: string, value: number];

/** What every lowered form answers. */
export const VALUES: readonly Construct[] = [
  ['a sum wraps', 'return 2147483647 + at + 1;', -2147483648],
  ['a wrapped sum compares as an int32', 'return 2147483647 + 1 < 0 ? 1 : 0;', 1],
  ['a quotient is cut', 'const q = -7 / 2; return q * 2;', -6],
  ['division by zero is 0', 'const q = 1 / at; return q;', 0],
  ['a comparison kept is 0 or 1', 'const t = 1 < 2; return t === 1 ? 5 : 6;', 5],
  ['two truths are the same', 'const t = 1 < 2; return t === (3 > 2) ? 5 : 6;', 5],
  ['true is 1', 'const t = true; return t === 1 ? t + 1 : 9;', 2],
  ['a negation kept is 0 or 1', 'const t = !at; return t === 1 ? 5 : 6;', 5],
  ['an unsigned shift kept is signed', 'const u = -1 >>> 0; return u === -1 ? 1 : 0;', 1],
  ['an unsigned shift compares unsigned', 'return (-1 >>> 0) > 5 ? 1 : 0;', 1],
  ['a constant beyond int32 is its word', 'return ONES === -1 ? 1 : 0;', 1],
  ['a word literal in a mask', 'return -1 & 0xffffff00;', -256],
  ['a frozen record of constants', 'return D.inner.seven + D.flag;', 8],
  ['a pure function sees what is passed', 'const h = half(7); return h;', 3],
  ['arguments are words', 'return yield* add(1 < 2, 7 / 2);', 4],
  ['a procedure by name', 'return yield* pass(add, 41);', 42],
  ['logic keeps its value', 'return (at || 3) + (5 && 4);', 7],
  ['a switch on a comparison', 'switch (1 < 2) { case 1: return 7; default: return 8; }', 7],
  ['cases fall through', 'let x = 0; switch (1) { case 1: x += 1; case 2: x += 2; } return x;', 3],
  ['a ternary of comparisons', 'const t = at ? 1 < 2 : 2 < 3; return t;', 1],
  ['remainder of zero', 'const r = 5 % at; return r;', 0],
  ['compound assignment wraps', 'let x = 2147483647; x += 1; return x;', -2147483648],
  ['increment wraps', 'let x = 2147483647; x++; return x;', -2147483648],
  ['for counts', 'let s = 0; for (let i = 0, k = 9; i < 3; i++) s += k - i; return s;', 24],
  [
    'nested continue',
    'let s = 0; for (let i = 0; i < 4; i++) { if (i & 1) continue; s += i; } return s;',
    2,
  ],
  ['no return answers 0', 'if (at) return 5;', 0],
  ['unary plus', 'return +(1 < 2) + 1;', 2],
];

/** And what the first words hold then: the order of evaluation. */
export const EFFECTS: readonly (readonly [...Construct, words: readonly number[]])[] = [
  [
    'what stands left of a yield is read before it',
    'yield write(1, 5); return (yield xchg(1, 6)) * 10 + (yield read(1));',
    56,
    [0, 6],
  ],
  [
    'an inner yield comes first',
    'yield write(1, 2); yield write(yield read(1), 9); return 0;',
    0,
    [0, 2, 9],
  ],
  [
    '&& stops',
    'yield write(1, 0); return (yield read(1)) && (yield xchg(2, 7));',
    0,
    [0, 0, 15838 ^ 1024],
  ],
  ['|| stops', 'yield write(1, 4); return (yield read(1)) || (yield xchg(2, 7));', 4, [0, 4]],
  [
    'one branch runs',
    'return at ? yield xchg(1, 3) : yield xchg(2, 4);',
    15838 ^ 1024,
    [0, 7919 ^ 512, 4],
  ],
  [
    '+= reads its left side first',
    'let x = 1; x += yield xchg(1, 3); return x;',
    (7919 ^ 512) + 1,
    [0, 3],
  ],
  [
    'a loop that yields in its test and update',
    'let i = 0; yield write(1, 0); for (; (yield read(1)) < 3; yield write(1, i)) i++; return i;',
    3,
    [0, 3],
  ],
  [
    'do while yields in its test',
    'let i = 0; yield write(1, 2); do { i++; } while (i < (yield read(1))); return i;',
    2,
    [0, 2],
  ],
  [
    'a switch that yields in its discriminant, with default in the middle',
    `yield write(1, 3); switch (yield read(1)) {
         case 1: return 1; default: yield write(2, 8); break; case 2: return 2; } return 4;`,
    4,
    [0, 3, 8],
  ],
  [
    'break out of a yielding loop from a switch without yields',
    `let n = 0; while (true) { yield write(1, n);
         switch (n) { case 2: break; default: n++; continue; } break; } return n;`,
    2,
    [0, 2],
  ],
];
