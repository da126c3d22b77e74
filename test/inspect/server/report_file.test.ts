import { expect, test } from 'vitest';
import type { BenchResult } from '../../../src/inspect/bench/result.ts';
import { builtPage } from '../../../src/inspect/server/built_page.ts';
import { benchFile } from '../../../src/inspect/server/report_file.ts';

test('a benchmark is one file that runs nothing but its own script, and is small', () => {
  const result: BenchResult = {
    format: 'hotrace-bench',
    version: 1,
    environment: { cpu: '</script><script>alert(1)</script>', cores: 2, node: 'v24' },
    noise: [],
    cells: [],
  };
  const file = benchFile(result, builtPage());
  expect(file).not.toContain('alert(1)');
  expect(file).toMatch(/script-src 'sha256-[\w+/=]+'; style-src/);
  expect(file.match(/<script>/g)).toHaveLength(1);
  expect(Buffer.byteLength(file)).toBeLessThan(150_000);
});
