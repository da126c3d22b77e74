import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { knownMachines } from '../../src/cli/diagram_machines.ts';
import { machinesPage } from '../../src/cli/diagram_page.ts';
import { chartOf } from '../../src/inspect/chart/chart_of.ts';

test('docs/machines.md is what `hotrace diagram all --page docs/machines.md` writes', async () => {
  const charts = [...(await knownMachines()).values()].map(chartOf);
  const { text, notes } = machinesPage(charts);
  const page = readFileSync(new URL('../../docs/machines.md', import.meta.url), 'utf8');
  expect(page).toBe(text);
  expect(notes).toEqual([]);
});
