/** The project's files as the house rules read them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Comment, type Node, type Program, parse } from 'acorn';

/** The project's top, with a slash at its end. */
export const TOP = fileURLToPath(new URL('../../', import.meta.url));

/** A text file: its path from the top, with slashes, and what is in it. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const TEXT = /(^|\/)(\.ci\/run|LICENSE|\.[a-z]+|.*\.(tsx?|js|json|md|css|html|svg|yml))$/;
/** Inputs and recorded outputs: they are what they are. */
const DATA = /^test\/(.*\/)?(fixtures|corpus|golden)\//;

/** Every file that is, or would be, in the repository. */
export function paths(): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const listed = execFileSync('git', args, { cwd: TOP, encoding: 'utf8' });
  return listed.split('\0').filter((path) => path !== '' && existsSync(TOP + path));
}

export function read(path: string): SourceFile {
  return { path, text: readFileSync(TOP + path, 'utf8') };
}

/** Our own text files; data that tests read is left out. */
export function textFiles(): SourceFile[] {
  return paths()
    .filter((path) => TEXT.test(path) && !DATA.test(path) && path !== 'package-lock.json')
    .map(read);
}

/** True for code that the rules on code apply to. */
export function isCode(path: string): boolean {
  return /^(src|actors|machines|test|bin)\/.*\.(ts|js)$/.test(path) && !DATA.test(path);
}

/** A module as JavaScript: types are blanks, so lines and columns are the file's own. */
export interface Parsed {
  readonly program: Program;
  readonly comments: readonly Comment[];
}

export function parseModule(file: SourceFile): Parsed {
  const comments: Comment[] = [];
  const code = file.path.endsWith('.ts') ? stripTypeScriptTypes(file.text) : file.text;
  const program = parse(code, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    locations: true,
    allowHashBang: true,
    onComment: comments,
  });
  return { program, comments };
}

/** A node and all nodes below it, each with its parent. */
export function* walk(node: Node, parent?: Node): Generator<[Node, Node | undefined]> {
  yield [node, parent];
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield* walk(child, node);
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** The file with comments, strings and regular expressions blanked out, types still there. */
export function codeOnly(file: SourceFile): string {
  const { program, comments } = parseModule(file);
  const ranges: { start: number; end: number }[] = [...comments];
  for (const [node] of walk(program)) {
    const text = node.type === 'TemplateElement';
    const literal = node.type === 'Literal' && /^['"/]/.test(file.text.slice(node.start));
    if (text || literal) ranges.push(node);
  }
  const code = file.text.split('');
  for (const { start, end } of ranges) {
    for (let i = start; i < end; i++) if (code[i] !== '\n') code[i] = ' ';
  }
  // What is left are comments and string types inside of types.
  return code.join('').replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'[^'\n]*'/g, blank);
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

/** 1-based line of an index in a text. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
