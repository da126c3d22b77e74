import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pciehpRecord } from '../../src/scenarios/record/pciehp.ts';
import { loadSystem, SYSTEMS } from '../../src/scenarios/registry.ts';
import type { System } from '../../src/scenarios/system.ts';
import { searched } from './pci_history_cell.ts';

const systems = new Map<string, System>();
for (const { id, url } of SYSTEMS) systems.set(id, await loadSystem(url));

/** The domain record, where it lies beside the checkout. */
const domain = new URL('../../../shared/domain/pciehp.md', import.meta.url);

/** The first column of the two tables of section 4. */
function rowsOf(text: string): readonly string[] {
  const section = text.slice(text.indexOf('\n# 4. '), text.indexOf('\n# 5. '));
  const rows: string[] = [];
  for (const [, first = ''] of section.matchAll(/^\| ((?:[OD]?\d+(?:, )?)+) \|/gm)) {
    rows.push(...first.split(', '));
  }
  return rows;
}

test.skipIf(!existsSync(domain))('every row of the tables is there once, in order', () => {
  expect(pciehpRecord.map(({ row }) => row)).toEqual(rowsOf(readFileSync(domain, 'utf8')));
});

test('the tables have 37 rows, and nine that are open', () => {
  const rows = pciehpRecord.map(({ row }) => row);
  expect(rows.filter((row) => /^\d+$/.test(row))).toHaveLength(37);
  expect(rows.filter((row) => !/^\d+$/.test(row)).join(' ')).toBe('O1 O2 O3 O4 O5 D1 D2 D3 D4');
  expect(new Set(rows).size).toBe(rows.length);
});

test('every cell names a race and designs that exist', () => {
  for (const { row, cells } of pciehpRecord) {
    for (const { target, before, after } of cells) {
      const [id = '', race] = target.split('/');
      const system = systems.get(id);
      const designs = system?.designs.map((design) => design.id);
      expect(
        system?.races.map((r) => r.id),
        `row ${row}`,
      ).toContain(race);
      expect(designs, `row ${row}`).toContain(before);
      if (after !== null) expect(designs, `row ${row}`).toContain(after);
    }
  }
});

test('a row has cells, or the reason why not', () => {
  for (const { row, cells, reason } of pciehpRecord) {
    expect(reason !== undefined, `row ${row}`).toBe(cells.length === 0);
  }
});

test('every race of pci-history is in the record', () => {
  const told = pciehpRecord.flatMap(({ cells }) => cells.map(({ target }) => target));
  for (const { id } of systems.get('pci-history')?.races ?? []) {
    expect(told).toContain(`pci-history/${id}`);
  }
});

for (const { row, cells } of pciehpRecord) {
  for (const { target, before, after } of cells) {
    const [id, race = ''] = target.split('/');
    if (id !== 'pci-history') continue;
    test(`row ${row}: ${race} is there before the fix, not after it`, () => {
      expect(searched(race, before).verdict).not.toMatch(/pass|limit-reached/);
      if (after !== null) expect(searched(race, after).verdict).toBe('pass');
    });
  }
}
