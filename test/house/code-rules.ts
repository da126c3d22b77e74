/** House rules on code: comments and strings do not count, syntax does. */
import type { AnonymousFunctionDeclaration, Function as FunctionNode, Node } from 'acorn';
import { CASTING, LONG_FUNCTIONS } from './exceptions.ts';
import { complain, file, type Rule } from './rule.ts';
import { codeOnly, isCode, lineAt, parseModule, type SourceFile, walk } from './tree.ts';

const FUNCTION_LINES_MAX = 70;
/** Code but the file that has to spell what it forbids. */
const code = (name: string): boolean => isCode(name) && name !== 'test/house/code-rules.ts';
const typescript = (name: string): boolean => code(name) && name.endsWith('.ts');

const functionLength: Rule = {
  name: `a function has at most ${FUNCTION_LINES_MAX} lines`,
  applies: isCode,
  check: (source) =>
    longFunctions(source)
      .filter(({ name }) => !(`${source.path}:${name}` in LONG_FUNCTIONS))
      .map(({ name, line, lines }) => `line ${line}: ${name} has ${lines} lines`),
  canaries: [
    file('src/a.ts', 'function a() {', ...Array.from({ length: 69 }, () => '  b();'), '}'),
    file('src/a.ts', 'const a = () => {', ...Array.from({ length: 69 }, () => '  b();'), '};'),
  ],
  innocents: [
    file('src/a.ts', 'function a() {', ...Array.from({ length: 68 }, () => '  b();'), '}'),
    file('test/a.test.ts', "describe('a', () => {", ...Array.from({ length: 99 }, () => ''), '});'),
  ],
};

/** Functions over the limit; the callback of describe() is a chapter, not a function. */
export function longFunctions(source: SourceFile): { name: string; line: number; lines: number }[] {
  const found: { name: string; line: number; lines: number }[] = [];
  for (const [node, parent] of walk(parseModule(source).program)) {
    if (!isFunction(node) || isDescribe(parent)) continue;
    const line = lineAt(source.text, node.start);
    const lines = lineAt(source.text, node.end) - line + 1;
    if (lines > FUNCTION_LINES_MAX) found.push({ name: nameOf(node, parent), line, lines });
  }
  return found;
}

function isFunction(node: Node): node is FunctionNode | AnonymousFunctionDeclaration {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
}

function isDescribe(node: Node | undefined): boolean {
  if (node?.type !== 'CallExpression' || !('callee' in node)) return false;
  return /^describe\b/.test(calleeOf(node.callee));
}

function calleeOf(node: unknown): string {
  if (typeof node !== 'object' || node === null) return '';
  if ('name' in node) return String(node.name);
  if ('object' in node) return calleeOf(node.object);
  return 'callee' in node ? calleeOf(node.callee) : '';
}

function nameOf(node: Node, parent: Node | undefined): string {
  for (const holder of [node, parent]) {
    if (holder === undefined) continue;
    for (const key of ['id', 'key']) {
      const id: unknown = Reflect.get(holder, key);
      if (typeof id === 'object' && id !== null && 'name' in id) return String(id.name);
    }
  }
  return 'a function';
}

const noAny: Rule = {
  name: 'no any without a reason, no @ts-ignore, no @ts-nocheck',
  applies: typescript,
  check: (source) => {
    const lines = source.text.split('\n');
    const anys = [...codeOnly(source).matchAll(/(?<=[:<|&,=[(]\s*|\bas )any\b/g)]
      .map((match) => lineAt(source.text, match.index))
      .filter((line) => !/biome-ignore [\w/]*noExplicitAny: \w/.test(lines[line - 2] ?? ''))
      .map((line) => `line ${line}: any`);
    return [...anys, ...complain(source.text, /@ts-(ignore|nocheck)/g, 'mend the type')];
  },
  canaries: [
    file('src/a.ts', 'const a: any = 1;'),
    file('src/a.ts', 'const a = b as any;'),
    file('src/a.ts', 'const a: Map<string, any> = b;'),
    file('src/a.ts', '// @ts-ignore'),
  ],
  innocents: [
    file('src/a.ts', '// any: any', "const any = 'a: any';"),
    file('src/a.ts', '// biome-ignore lint/suspicious/noExplicitAny: why', 'const a: any = 1;'),
  ],
};

const reasonedIgnores: Rule = {
  name: 'a silenced lint rule gives its reason',
  applies: code,
  check: ({ text }) => complain(text, /biome-ignore(?! [\w/]+: \S+ \S+).*/g, 'say why'),
  canaries: [
    file('src/a.ts', '// biome-ignore lint/a/b: ok'),
    file('src/a.ts', '// biome-ignore lint'),
  ],
  innocents: [file('src/a.ts', '// biome-ignore lint/a/b: parameters differ here')],
};

const casts: Rule = {
  name: 'a cast has its reason in a comment beside it',
  applies: (name) => /^(src|actors|machines)\/.*\.ts$/.test(name) && !casting(name),
  check: (source) => {
    const lines = source.text.split('\n');
    const text = codeOnly(source).replace(/^(import|export)\b[^;]*;/gm, (statement) =>
      statement.includes(' from ') ? statement.replace(/\bas\b/g, '  ') : statement,
    );
    return [...text.matchAll(/(?<=[\w)\]}]\s+)as (?!const\b)(?=[\w{[(])/g)]
      .map((match) => lineAt(text, match.index))
      .filter((line) => !lines.slice(Math.max(0, line - 4), line).some(hasComment))
      .map((line) => `line ${line}: as`);
  },
  canaries: [
    file('src/a.ts', 'const a = b as string;'),
    file('actors/a.ts', 'f(b as unknown as C);'),
  ],
  innocents: [
    file('src/a.ts', 'const a = [1] as const;'),
    file('src/a.ts', "import { a as b } from './c.ts';"),
    file('src/a.ts', '// JSON border: checked just above.', 'const a = b as string;'),
  ],
};

function casting(name: string): boolean {
  return Object.keys(CASTING).some((folder) => name.startsWith(folder));
}

function hasComment(line: string): boolean {
  return /(^|\s)(\/\/|\/?\*)/.test(line);
}

const noChance: Rule = {
  name: 'models, strategies and oracles know no chance and no clock',
  applies: (name) =>
    typescript(name) &&
    /^(actors|machines|src\/(memory|ops|sync|actor|explore|oracles|scenarios|topology))\//.test(
      name,
    ),
  check: (source) =>
    complain(
      codeOnly(source),
      /\bMath\.random\b|\b(new )?Date\b(?=[.(])|\brandom(UUID|Bytes|Int)\b|\bgetRandomValues\b/g,
      'hand in a Prng or a Clock',
    ),
  canaries: [
    file('src/explore/a.ts', 'const a = Math.random();'),
    file('actors/pci/a.ts', 'const a = Date.now();'),
    file('machines/a.ts', 'const a = new Date();'),
  ],
  innocents: [file('src/explore/a.ts', '// Math.random() would not replay', 'const Dates = 1;')],
};

const noTimers: Rule = {
  name: 'models and oracles set no timer',
  applies: (name) => /^(actors|machines|src\/(memory|sync|oracles|scenarios))\/.*\.ts$/.test(name),
  check: (source) => complain(codeOnly(source), /\bset(Timeout|Interval|Immediate)\b/g, 'a timer'),
  canaries: [file('actors/a.ts', 'setTimeout(a, 1);'), file('machines/a.ts', 'setInterval(a);')],
  innocents: [file('actors/a.ts', 'function* set_timeout() { yield msleep(1); }')],
};

const saidThrows: Rule = {
  name: 'a public function that throws at its caller says so: @throws',
  applies: (name) => /^src\/.*\.ts$/.test(name),
  check: (source) =>
    throwers(source).map(({ name, line }) => `line ${line}: ${name} throws and has no @throws`),
  canaries: [file('src/a.ts', 'export function a() {', "  throw new UserError('no');", '}')],
  innocents: [
    file('src/a.ts', '/** @throws UserError always. */', 'export function a() { throw new B(); }'),
    file('src/a.ts', "export function a() { throw new Error('[hotrace bug] b'); }"),
    file('src/a.ts', 'function a() { throw new B(); }'),
    file('src/a.ts', 'export function a() { try { b(); } catch (error) { throw error; } }'),
  ],
};

function throwers(source: SourceFile): { name: string; line: number }[] {
  const { program, comments } = parseModule(source);
  return program.body.flatMap((node) => {
    const declared = node.type === 'ExportNamedDeclaration' ? node.declaration : null;
    if (declared?.type !== 'FunctionDeclaration' || !throwsAtCaller(declared.body)) return [];
    const before = comments.findLast((comment) => comment.end <= node.start);
    const gap = source.text.slice(before?.end ?? 0, node.start);
    const said = gap.trim() === '' && before?.value.includes('@throws') === true;
    return said ? [] : [{ name: declared.id.name, line: lineAt(source.text, node.start) }];
  });
}

/** A `throw new X(...)` of the function itself; `[hotrace bug]` is our own fault, not an answer. */
function throwsAtCaller(node: Node): boolean {
  if (node.type === 'ThrowStatement' && 'argument' in node) {
    const thrown = node.argument;
    if (typeof thrown !== 'object' || thrown === null || !('arguments' in thrown)) return false;
    return !JSON.stringify(thrown.arguments).includes('[hotrace bug]');
  }
  if (isFunction(node)) return false;
  for (const [child, parent] of walk(node)) {
    if (parent === node && throwsAtCaller(child)) return true;
  }
  return false;
}

export const CODE_RULES: readonly Rule[] = [
  functionLength,
  noAny,
  reasonedIgnores,
  casts,
  noChance,
  noTimers,
  saidThrows,
];
