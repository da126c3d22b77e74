import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import { eehRecord } from '../../src/scenarios/record/eeh.ts';
import type { Expectation, System } from '../../src/scenarios/system.ts';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { buildMachine } from '../../src/topology/machine.ts';

installLowering('explored');
const { explore } = await import('../../src/explore/explore.ts');
const { loadSystem, SYSTEMS } = await import('../../src/scenarios/registry.ts');

const needed = new Set(eehRecord.flatMap(({ cells }) => cells.map((c) => systemOf(c.target))));
const systems = new Map<string, System>();
for (const { id, url } of SYSTEMS) if (needed.has(id)) systems.set(id, await loadSystem(url));

/** Enough for every finding, and for every proof that is short. */
const EXECUTIONS_MAX = 6000;

function systemOf(target: string): string {
  return target.split('/')[0] ?? '';
}

function expectationOf(target: string, design: string): Expectation | undefined {
  const race = systems.get(systemOf(target))?.races.find(({ id }) => target.endsWith(`/${id}`));
  return race?.expected[design];
}

function verdictOf(target: string, design: string): string {
  const system = systems.get(systemOf(target));
  if (system === undefined) throw new Error(`no system for ${target}`);
  const race = target.slice(target.indexOf('/') + 1);
  const machine = buildMachine(defaultTopology, system.platformDefault(race));
  const program = system.build({ race, design, machine, machineName: 'default', quarantine: 8 });
  return explore(program, {
    strategy: 'dfs',
    bound: 2,
    beyondMs: 0,
    depth: 3,
    seed: 0,
    limits: { executions: EXECUTIONS_MAX, steps: 20_000, millis: 60_000 },
    reduce: true,
    subtree: undefined,
    minimiseTries: 0,
    // Nothing here depends on time: the limit is of executions.
    now: () => 0,
    stopped: () => false,
    progress: () => undefined,
  }).verdict;
}

describe('the record of eeh.md 3', () => {
  const document = new URL('../../../shared/domain/eeh.md', import.meta.url);
  test.skipIf(!existsSync(document))('has every row of the table once', () => {
    const text = readFileSync(document, 'utf8');
    const section = text.slice(text.indexOf('## 3. Further'), text.indexOf('## 4. State'));
    const rows = [...section.matchAll(/^\| (\d+) \|/gm)].map((match) => `#${match[1]}`);
    expect(rows.length).toBeGreaterThan(30);
    expect(eehRecord.map(({ row }) => row).toSorted()).toEqual(rows.toSorted());
  });

  test('names each row once, with what it leaves out; without a cell, the reason why', () => {
    expect(new Set(eehRecord.map(({ row }) => row)).size).toBe(eehRecord.length);
    for (const { row, what, source, kernels, abstracted, cells, reason } of eehRecord) {
      for (const text of [what, source, kernels, abstracted]) expect(text, row).not.toBe('');
      expect(cells.length === 0, row).toBe(reason !== undefined);
    }
  });

  test('names each race of eeh-history', () => {
    const named = eehRecord.flatMap(({ cells }) => cells.map(({ target }) => target));
    const races = systems.get('eeh-history')?.races.map(({ id }) => `eeh-history/${id}`) ?? [];
    expect(races.filter((race) => !named.includes(race))).toEqual([]);
  });
});

for (const { row, cells } of eehRecord) {
  describe(`row ${row}`, () => {
    for (const { target, before, after } of cells) {
      const sides = after === null ? [before] : [before, after];
      test.each(sides)(`${target} --design %s ends as the record expects`, (design) => {
        const expected = expectationOf(target, design);
        const found = verdictOf(target, design);
        if (expected === undefined) throw new Error(`no cell ${target} --design ${design}`);
        // A longer proof is the business of the system's own test.
        if (expected.verdict === 'open' || found === 'limit-reached') return;
        expect(expected.verdict).toContain(found);
      });

      test(`${target} fails on one side of the fix`, () => {
        const verdicts = sides.map((design) => verdictOf(target, design));
        expect(verdicts.some((found) => found !== 'pass' && found !== 'limit-reached')).toBe(true);
      });
    }
  });
}
