import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { recordedDocument } from '../../../src/cli/inspected.ts';
import { readRecorded, scenarioOf } from '../../../src/cli/recorded.ts';
import type { Scenario } from '../../../src/cli/scenario.ts';
import { type InspectDocument, readDocument } from '../../../src/inspect/document/document.ts';
import { Run } from '../../../src/inspect/page/run/run.ts';
import { rerunner } from '../../../src/inspect/rerun/rerun.ts';
import { loadZoo } from '../../../src/scenarios/zoo.ts';
import { schedulePath } from '../page/recorded.ts';

const folder = new URL('../../corpus/schedules/', import.meta.url);
const all = readdirSync(folder)
  .filter((name) => name.endsWith('.schedule'))
  .map((name) => name.replace('.schedule', ''));

/** One schedule of each race: designs differ little in what a document must hold. */
const names = [...new Map(all.map((name) => [name.split('.', 2).join('.'), name])).values()];

describe.each(names)('the document of %s', (name) => {
  let scenario: Scenario;
  let inspected: InspectDocument;
  beforeAll(async () => {
    const recorded = readRecorded(schedulePath(name));
    scenario = await scenarioOf(recorded, {});
    inspected = await recordedDocument(scenario, recorded, null, '');
  });

  test('can be read', () => {
    expect(readDocument(JSON.parse(JSON.stringify(inspected)))).toEqual(inspected);
  });

  test('has one holder for a lock at a time, or readers', () => {
    const run = new Run(inspected);
    for (const lock of run.locks.locks) {
      for (let position = 0; position <= run.count; position += 3) {
        const { holders } = run.locks.at(lock, position);
        expect(holders.length < 2 || holders.every((hold) => hold.shared)).toBe(true);
      }
    }
  });

  test('comes out the same when it is run again from itself', async () => {
    const { actor } = inspected.steps;
    const rerun = rerunner(scenario.system, await loadZoo());
    const decisions = {
      actors: [...actor.slice(0, inspected.decided)],
      choices: inspected.choices,
    };
    const { schedule: _, ...replay } = inspected.replay;
    expect(rerun(inspected, decisions)).toEqual({
      ...inspected,
      replay: { ...replay, schedule: '' },
    });
  });
});
