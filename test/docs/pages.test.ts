import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { hotraceIn, root } from '../cli/run.ts';

const PAGES = {
  'docs/writing-a-system.md': 'open_vs_remove.ts',
  'docs/writing-a-lock.md': 'baton.ts',
};

interface Block {
  readonly info: string;
  readonly text: string;
}

/** A page's blocks: "```ts FILE" are files, "```sh exit=N" commands with their exit code. */
function blocks(page: string, language: string): Block[] {
  const found = page.matchAll(new RegExp(`\`\`\`${language} (\\S+)\n([\\s\\S]*?)\n\`\`\``, 'g'));
  return [...found].map(([, info = '', text = '']) => ({ info, text }));
}

describe.each(Object.entries(PAGES))('%s', (path, file) => {
  const page = readFileSync(`${root}${path}`, 'utf8');
  const folder = mkdtempSync(join(tmpdir(), 'hotrace-docs-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  for (const { info, text } of blocks(page, 'ts')) writeFileSync(join(folder, info), `${text}\n`);

  test('the page has a file and commands to run', () => {
    expect(blocks(page, 'ts').map((b) => b.info)).toEqual([file]);
    expect(blocks(page, 'sh').length).toBeGreaterThanOrEqual(3);
  });

  test.each(blocks(page, 'sh'))('its command ends as it says: $text', ({ info, text }) => {
    const words = text.split(' ');
    expect(words.slice(0, 2)).toEqual(['npx', 'hotrace']);
    const { status, stderr } = hotraceIn(folder, ...words.slice(2));
    expect({ exit: `exit=${status}`, stderr }).toEqual({ exit: info, stderr: '' });
  });
});
