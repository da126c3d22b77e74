import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hotraceJson, root } from '../cli/run.ts';

/** Every replay that a page shows must work as pasted. */
for (const page of ['README.md', 'CHANGELOG.md', 'docs/inspector.md']) {
  const text = readFileSync(`${root}${page}`, 'utf8');
  const tokens = new Set(text.match(/\bht1\.[\w.-]+/g) ?? []);

  test(`${page} shows replays`, () => {
    expect(tokens.size).toBeGreaterThan(0);
  });

  for (const token of tokens) {
    test(`${page}: ${token} replays to the bit`, () => {
      const again = hotraceJson('replay', token);
      expect(again).toMatchObject({ divergence: null, verdict: again['recorded'] });
    });
  }
}
