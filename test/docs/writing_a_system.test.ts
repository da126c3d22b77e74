import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { hotraceIn, root } from '../cli/run.ts';

const page = readFileSync(`${root}docs/writing-a-system.md`, 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'hotrace-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The page's blocks: "```ts FILE" are files, "```sh exit=N" commands with their exit code. */
function blocks(language: string): { readonly info: string; readonly text: string }[] {
  const found = page.matchAll(new RegExp(`\`\`\`${language} (\\S+)\n([\\s\\S]*?)\n\`\`\``, 'g'));
  return [...found].map(([, info = '', text = '']) => ({ info, text }));
}

for (const { info, text } of blocks('ts')) writeFileSync(join(folder, info), `${text}\n`);

test('the page has a file and commands to run', () => {
  expect(blocks('ts').map((b) => b.info)).toEqual(['open_vs_remove.ts']);
  expect(blocks('sh').length).toBeGreaterThanOrEqual(4);
});

for (const { info, text } of blocks('sh')) {
  test(`the page's command ends as it says: ${text}`, () => {
    const words = text.split(' ');
    expect(words.slice(0, 2)).toEqual(['npx', 'hotrace']);
    const { status, stderr } = hotraceIn(folder, ...words.slice(2));
    expect({ exit: `exit=${status}`, stderr }).toEqual({ exit: info, stderr: '' });
  });
}
