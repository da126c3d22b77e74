import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { installLowering } from '../../src/ops/lower/hooks.ts';

installLowering('explored');
const { DeviationPicker } = await import('../../src/explore/deviations.ts');
const { Engine } = await import('../../src/explore/engine.ts');
const { DecisionLog, execute } = await import('../../src/explore/execute.ts');
const { replay } = await import('../../src/explore/replay.ts');
const { decodeToken } = await import('../../src/explore/token.ts');
const { makeScenario, readTopologyFile } = await import('../../src/cli/scenario.ts');

const STEPS_LIMIT = 100_000;
const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const topology = readTopologyFile(undefined);

/** What a token's run ends with, and the hash of its operations. */
async function replayed(token: string): Promise<string> {
  const { target, design, deviations } = decodeToken(token);
  const { program } = await makeScenario({ target, design, topology, quarantine: 8 });
  const engine = new Engine(program);
  const log = new DecisionLog(STEPS_LIMIT);
  const picker = new DeviationPicker(deviations);
  picker.start();
  execute(engine, picker, log);
  if (picker.divergence() !== undefined) return `diverged at ${picker.divergence()?.step}`;
  const actors = [...log.actors.subarray(0, log.length)];
  const again = replay(engine, { actors, choices: log.choices }, STEPS_LIMIT);
  return `${again.finding?.verdict ?? 'pass'} ops=${again.opsHash}`;
}

for (const page of ['matrix.md', 'findings.md', 'record.md']) {
  const tokens = [...new Set(readFileSync(docs + page, 'utf8').match(/\bht1\.[\w.-]+/g) ?? [])];

  test(`docs/${page} shows replays, and every one works as pasted`, async () => {
    expect(tokens.length).toBeGreaterThan(20);
    const broken: string[] = [];
    for (const token of tokens) {
      const { verdict, opsHash } = decodeToken(token);
      const found = await replayed(token);
      if (found !== `${verdict} ops=${opsHash}`) broken.push(`${token}: ${found}`);
    }
    expect(broken).toEqual([]);
  });
}
