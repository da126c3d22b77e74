/**
 * House rules on the text of any file. This file keeps them too: `T[O]DO` does not match itself,
 * and canaries are put together from pieces.
 */
import { existsSync } from 'node:fs';
import { LONG_FILES } from './exceptions.ts';
import { complain, file, type Rule } from './rule.ts';
import { isCode, lineAt, read, type SourceFile, TOP } from './tree.ts';

const LINES_MAX = 300;
const COLUMNS_MAX = 100;

/** Code, and what only a browser runs. */
const isSource = (name: string): boolean => isCode(name) || /^src\/.*\.(tsx|css)$/.test(name);
const everywhere = (): boolean => true;

const fileLength: Rule = {
  name: `a file has at most ${LINES_MAX} lines`,
  applies: (name) => isSource(name) && !(name in LONG_FILES),
  check: ({ text }) => {
    const lines = text.trimEnd().split('\n').length;
    return lines > LINES_MAX ? [`${lines} lines`] : [];
  },
  canaries: [file('src/explore/a.ts', ...Array.from({ length: 301 }, () => '//'))],
  innocents: [file('src/explore/a.ts', ...Array.from({ length: 300 }, () => '//'))],
};

const lineLength: Rule = {
  name: `a line has at most ${COLUMNS_MAX} characters`,
  applies: (name) => isSource(name) || /^[^/]*\.ts$/.test(name),
  check: ({ text }) =>
    text.split('\n').flatMap((line, index) => {
      const columns = [...line].length;
      return columns > COLUMNS_MAX ? [`line ${index + 1}: ${columns} characters`] : [];
    }),
  canaries: [file('src/a.ts', `// ${'x'.repeat(98)}`)],
  innocents: [file('src/a.ts', `// ${'→'.repeat(97)}`)],
};

const cleanText: Rule = {
  name: 'text ends with one newline and has no tab, carriage return or space at the end of a line',
  applies: everywhere,
  check: ({ text }) => [
    ...complain(text, /[ \t]+$/gm, 'space at the end of a line'),
    ...complain(text, /\t|\r/g, 'tab or carriage return'),
    ...(/[^\n]\n$/.test(text) ? [] : ['must end with one newline']),
  ],
  canaries: [
    file('a.md', 'a '),
    file('a.md', 'a\tb'),
    file('a.md', 'a', ''),
    { path: 'a.md', text: 'a' },
  ],
  innocents: [file('a.md', 'a', '', 'b')],
};

const vagueNames: Rule = {
  name: 'no file is called utils, helpers, common, misc or types',
  applies: everywhere,
  check: ({ path: name }) =>
    /(^|[/._-])(utils?|helpers?|common|misc|types)([/._-]|$)/.test(name) ? ['a vague name'] : [],
  canaries: [file('src/trace/utils.ts'), file('src/helpers/a.ts'), file('test/a/common.test.ts')],
  innocents: [file('src/trace/columns.ts'), file('src/cli/command.ts')],
};

const machinePaths: Rule = {
  name: 'no path of somebody’s machine',
  applies: everywhere,
  check: ({ path: name, text }) => {
    const homes = complain(text, /(?<![\w.~-])\/(work|root|home|Users)\/[\w.-]*/g, 'machine path');
    const temporary = complain(text, /(?<![\w.~-])\/tmp\//g, 'use os.tmpdir()');
    return /^(src|actors|machines|bin)\//.test(name) ? [...homes, ...temporary] : homes;
  },
  canaries: [
    file('README.md', ['see ', 'work', 'x'].join('/')),
    file('src/a.ts', ['// ', 'tmp', 'x'].join('/')),
    file('docs/a.md', ['`', 'home', 'somebody`'].join('/')),
  ],
  innocents: [file('src/a.ts', "import { work } from './work/item.ts'; // sys/work/x")],
};

const registryHosts: Rule = {
  name: 'no host of a package registry',
  applies: everywhere,
  check: ({ text }) =>
    complain(
      text,
      /\b(registry\.\w+\.\w+|npmjs\.\w+|(deb|security)\.debian\.org|artifac[t]ory)/gi,
      'registries are reached through their clients as set up',
    ),
  canaries: [
    file('docs/a.md', ['https://registry', 'example', 'org/'].join('.')),
    file('.npmrc', ['https://www', 'npmjs', 'com'].join('.')),
  ],
  innocents: [file('docs/a.md', 'the struct registry.get(it). Debian’s')],
};

const ourTools: Rule = {
  name: 'no word about the tools the project is written with',
  applies: everywhere,
  check: ({ text }) => [
    ...complain(text, /\b(A[I]|LL[M]s?)\b/g, 'a tool'),
    ...complain(text, /\b(a[g]ents?|s[e]ssions?)\b/gi, 'a tool'),
  ],
  canaries: [
    file('a.md', ['written by an A', 'I'].join('')),
    file('src/a.ts', ['// the age', 'nt'].join('')),
    file('src/a.ts', ['// this Sess', 'ion'].join('')),
  ],
  innocents: [file('src/a.ts', '// reagents, FAIL, obsession, possessions')],
};

const unfinished: Rule = {
  name: 'nothing is marked as to be done',
  applies: everywhere,
  check: ({ text }) => complain(text, /\b(T[O]DO|FI[X]ME|X[X]X|H[A]CK)\b/g, 'do it'),
  canaries: [file('src/a.ts', ['// TO', 'DO: x'].join('')), file('a.md', ['FIX', 'ME'].join(''))],
  innocents: [file('src/a.ts', '// TODOS')],
};

const links: Rule = {
  name: 'links between our documents lead somewhere',
  applies: (name) => name.endsWith('.md'),
  check: (document) =>
    [...document.text.matchAll(/\]\((?!\w+:)([^)\s]+)\)/g)].flatMap((match) => {
      const why = brokenLink(document, match[1] ?? '');
      return why === undefined ? [] : [`line ${lineAt(document.text, match.index)}: ${why}`];
    }),
  canaries: [
    file('docs/a.md', '[x](missing-page.md)'),
    file('README.md', '# Here', '[x](#there)'),
    file('docs/a.md', '[x](../LICENSE.txt)'),
  ],
  innocents: [
    file('docs/a.md', '[x](../LICENSE) [y](mailto:a@b.c)'),
    file('a.md', '## Two words, `here`', '[x](#two-words-here)'),
  ],
};

/** Why a link of a document leads nowhere, if it does. */
function brokenLink(document: SourceFile, link: string): string | undefined {
  const [target = '', anchor] = link.split('#');
  const from = new URL(document.path, 'file:///');
  const name = decodeURIComponent(new URL(target === '' ? document.path : target, from).pathname);
  if (target !== '' && !existsSync(TOP + name.slice(1))) return `${link}: no such file`;
  if (anchor === undefined) return undefined;
  const text = target === '' ? document.text : read(name.slice(1)).text;
  const headings = [...text.matchAll(/^#+ +(.*)$/gm)].map(([, title]) => slug(title ?? ''));
  return headings.includes(anchor) ? undefined : `${link}: no such heading`;
}

/** A heading's anchor, as code hosts make it. */
function slug(title: string): string {
  const letters = title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '');
  return letters.trim().replaceAll(' ', '-');
}

export const TEXT_RULES: readonly Rule[] = [
  fileLength,
  lineLength,
  cleanText,
  vagueNames,
  machinePaths,
  registryHosts,
  ourTools,
  unfinished,
  links,
];
