import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { calmDocument, recordedDocument } from '../../../src/cli/inspected.ts';
import { readRecorded, scenarioOf } from '../../../src/cli/recorded.ts';
import {
  makeScenario,
  QUARANTINE_DEFAULT,
  readTopologyFile,
  type Scenario,
} from '../../../src/cli/scenario.ts';
import { Engine } from '../../../src/explore/engine.ts';
import { replay } from '../../../src/explore/replay.ts';
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

test('locks with an algorithm behind them are taken and released as others are', async () => {
  const options = { mutex: 'futex', spinlock: 'ttas', rwsem: 'futex-rwsem' };
  const target = { target: 'eeh-pe/T11e', design: 'rescan-lock', quarantine: QUARANTINE_DEFAULT };
  const topology = readTopologyFile(undefined);
  const scenario = await makeScenario({ ...target, topology, locks: options });
  const again = replay(new Engine(scenario.program), { actors: [], choices: [] }, 10_000);
  const inspected = await calmDocument(scenario, again, null, 'pass', '');
  const run = new Run(readDocument(JSON.parse(JSON.stringify(inspected))));
  expect(run.locks.locks.length).toBeGreaterThan(4);
  // All of them are free once everybody is done.
  expect(
    run.locks.locks.filter((lock) => run.locks.at(lock, run.count).holders.length > 0),
  ).toEqual([]);
});
