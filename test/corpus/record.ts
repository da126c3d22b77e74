/**
 * Writes the corpus anew: one schedule for each cell whose source says that it fails. Run it when a
 * model has changed on purpose (and say so in the changelog: Breaks recorded schedules):
 *
 *   node test/corpus/record.ts
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runMatrix } from '../../src/cli/matrix_command.ts';
import { makeOutput } from '../../src/cli/output.ts';

const folder = fileURLToPath(new URL('./schedules/', import.meta.url));

const options = { mode: 'explore', time: 900, bound: 2, jobs: 2 } as const;
const { cells } = await runMatrix(undefined, options, makeOutput());
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) rmSync(`${folder}${file}`);
let saved = 0;
for (const { scenario, explore } of cells) {
  const { system, race, design, expectation } = scenario;
  const schedule = explore?.explanation?.schedule;
  if (expectation.verdict === 'open' || schedule === undefined) continue;
  writeFileSync(`${folder}${system.id}.${race.id}.${design.id}.schedule`, schedule);
  saved++;
}
process.stdout.write(`${saved} schedules of ${cells.length} cells\n`);
