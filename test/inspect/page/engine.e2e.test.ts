import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordedDocument } from '../../../src/cli/inspected.ts';
import { readRecorded, scenarioOf } from '../../../src/cli/recorded.ts';
import type { Scenario } from '../../../src/cli/scenario.ts';
import { Engine } from '../../../src/explore/engine.ts';
import type { Decisions } from '../../../src/explore/replay.ts';
import { type InspectDocument, readDocument } from '../../../src/inspect/document/document.ts';
import { type Rerun, rerunner } from '../../../src/inspect/rerun/rerun.ts';
import { builtEngine, builtPage } from '../../../src/inspect/server/built_page.ts';
import { reportFile } from '../../../src/inspect/server/report_file.ts';
import { loadZoo } from '../../../src/scenarios/zoo.ts';
import { browserPath, launch } from './browser.ts';
import { schedulePath } from './recorded.ts';

let folder = '';
let browser: Browser;
let scenario: Scenario;
let shown: InspectDocument;
let rerun: Rerun;
let engine = '';

beforeAll(async () => {
  const recorded = readRecorded(schedulePath('eeh-pe.T3.none'));
  scenario = await scenarioOf(recorded, {});
  shown = await recordedDocument(scenario, recorded, null, '');
  rerun = rerunner(scenario.system, await loadZoo());
  if (browserPath === undefined) return;
  engine = builtEngine('eeh-pe');
  folder = mkdtempSync(join(tmpdir(), 'hotrace-engine-'));
  writeFileSync(join(folder, 't3.html'), reportFile(shown, builtPage(), engine));
  browser = await launch();
});

afterAll(async () => {
  if (browserPath === undefined) return;
  await browser.close();
  rmSync(folder, { recursive: true });
});

/** The recorded run up to a position, then another actor that could have moved. */
function otherwise(position: number): Decisions {
  const mask = shown.steps.enabled[position] ?? 0;
  const taken = shown.steps.actor[position] ?? 0;
  const other = shown.actors.findIndex((_, i) => i !== taken && (mask & (1 << i)) !== 0);
  return { actors: [...shown.steps.actor.slice(0, position), other], choices: [] };
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

const positions = (): number[] => {
  const { enabled, actor } = shown.steps;
  const forks = enabled.flatMap((mask, p) => ((mask & ~(1 << (actor[p] ?? 0))) !== 0 ? [p] : []));
  return [forks[0] ?? 0, forks[forks.length >> 1] ?? 0, forks.at(-1) ?? 0];
};

describe('a schedule that is run again', () => {
  test('comes out as it was recorded', () => {
    const { actor } = shown.steps;
    const again = rerun(shown, { actors: [...actor.slice(0, shown.decided)], choices: [] });
    const { finding, memory, steps, moves, locks, verdict } = shown;
    expect(again).toMatchObject({ finding, memory, steps, moves, locks, verdict });
    expect(readDocument(plain(again))).toEqual(again);
  });

  test('goes another way where another actor moves', () => {
    const [at = 0] = positions();
    const again = rerun(shown, otherwise(at));
    expect(again.steps.actor.slice(0, at)).toEqual(shown.steps.actor.slice(0, at));
    expect(again.steps.actor[at]).not.toBe(shown.steps.actor[at]);
    const { token } = again.replay;
    const replayed = readRecorded(token).run(new Engine(scenario.program));
    expect(replayed.divergence).toBeUndefined();
    expect(replayed.decisions.actors).toEqual(again.steps.actor.slice(0, again.decided));
  });

  test('is refused where the actor cannot move', () => {
    const done = shown.actors.findIndex(({ name }) => name === 'PHB');
    const decisions = { actors: [...shown.steps.actor.slice(0, 300), done], choices: [] };
    expect(() => rerun(shown, decisions)).toThrow(/expected a step of PHB/);
  });
});

describe.skipIf(browserPath === undefined)('the engine in the page', () => {
  test('comes out word for word as in Node', async () => {
    const page = await browser.newPage();
    await page.addScriptTag({ content: engine });
    for (const position of positions()) {
      const decisions = otherwise(position);
      const inPage: unknown = await page.evaluate(
        ([document, wanted]) => {
          const run: unknown = Reflect.get(globalThis, 'hotraceEngine');
          if (typeof run !== 'function') throw new Error('no engine');
          return Reflect.apply(run, undefined, [document, wanted]);
        },
        [plain(shown), decisions] as const,
      );
      expect(inPage).toEqual(plain(rerun(shown, decisions)));
    }
    await page.close();
  });

  test('runs an alternative from a report on disk, and goes back', async () => {
    const context = await browser.newContext({ offline: true });
    const page = await context.newPage();
    const trouble: string[] = [];
    page.on('pageerror', (error) => trouble.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') trouble.push(message.text());
    });
    const [, position = 0] = positions();
    await page.goto(`${pathToFileURL(join(folder, 't3.html')).href}#step=${position}`);
    await page.locator('button.fork').first().click();
    await page.locator('.branch').waitFor();
    const { verdict } = rerun(shown, otherwise(position));
    expect(await page.locator('.verdict').innerText()).toContain(verdict);
    expect(await page.locator('.now .figures b').innerText()).toBe(String(position + 1));
    await page.getByRole('button', { name: 'back to what was recorded' }).click();
    await expect.poll(() => page.locator('.branch').count()).toBe(0);
    expect(await page.locator('.verdict').innerText()).toContain(shown.verdict);
    expect(trouble).toEqual([]);
    await context.close();
  });

  test('keeps the report small: its code below 400 kB, all of it below 600 kB', () => {
    const whole = Buffer.byteLength(reportFile(shown, builtPage(), engine));
    const data = /id="hotrace-data">([^<]*)</.exec(reportFile(shown, builtPage(), engine))?.[1];
    expect(whole - (data?.length ?? 0)).toBeLessThan(400_000);
    expect(whole).toBeLessThan(600_000);
  });
});
