/**
 * Writes the corpus anew: one schedule for each cell that exploration finds a violation in. Run it
 * when a model has changed on purpose (and say so in the changelog: Breaks recorded schedules):
 *
 *   node test/corpus/record.ts
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hotrace, hotraceJson } from '../cli/run.ts';

const folder = fileURLToPath(new URL('./schedules/', import.meta.url));

interface Listed {
  readonly id: string;
}

const { systems } = hotraceJson('list');
if (!Array.isArray(systems)) throw new Error('list gave no systems');
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) rmSync(`${folder}${file}`);
for (const system of systems) {
  // The list's JSON, as src/cli/list_command.ts writes it.
  const { id, races, designs } = system as Listed & { races: Listed[]; designs: Listed[] };
  for (const race of races) {
    for (const design of designs) {
      const args = ['explore', `${id}/${race.id}`, '--design', design.id, '--bound', '2'];
      const file = `${folder}${id}.${race.id}.${design.id}.schedule`;
      const { status } = hotrace(...args, '--save', file);
      process.stdout.write(`${id}/${race.id} ${design.id}: ${status === 1 ? 'saved' : 'passes'}\n`);
    }
  }
}
