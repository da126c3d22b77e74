import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { coverageJson } from '../../../src/inspect/coverage/coverage_json.ts';
import type { InspectDocument } from '../../../src/inspect/document/document.ts';
import { runCoverage } from '../../../src/inspect/page/board/counts.ts';
import { builtPage } from '../../../src/inspect/server/built_page.ts';
import { reportFile } from '../../../src/inspect/server/report_file.ts';
import { browserPath, launch } from './browser.ts';
import { documentOf } from './recorded.ts';

let folder = '';
let browser: Browser;
let page: Page;
let inspected: InspectDocument;
let other: InspectDocument;

beforeAll(async () => {
  if (browserPath === undefined) return;
  folder = mkdtempSync(join(tmpdir(), 'hotrace-views-'));
  browser = await launch();
  inspected = await documentOf('eeh-pe.T3.none');
  other = await documentOf('eeh-pe.T3.refcount');
  const path = join(folder, 't3.html');
  writeFileSync(path, reportFile(inspected, builtPage()));
  writeFileSync(join(folder, 'other.html'), reportFile(other, builtPage()));
  const coverage = runCoverage(inspected);
  writeFileSync(join(folder, 'coverage.json'), coverageJson({ ...coverage, runs: 7 }));
  const viewport = { width: 1280, height: 800 };
  const context = await browser.newContext({ viewport, offline: true, reducedMotion: 'reduce' });
  page = await context.newPage();
  await page.goto(pathToFileURL(path).href);
  await page.locator('.panels').waitFor();
});

afterAll(async () => {
  if (browserPath === undefined) return;
  await browser.close();
  rmSync(folder, { recursive: true });
});

async function axeFinds(): Promise<unknown> {
  await page.evaluate(axe.source);
  return await page.evaluate('axe.run().then((result) => result.violations.map((v) => v.id))');
}

const position = (): Promise<string> => page.locator('.now .figures b').innerText();

describe.skipIf(browserPath === undefined)('the views of a report', () => {
  test('have one chart an actor, each with its current state and its last transition', async () => {
    const cards = page.locator('.board-card');
    expect(await cards.count()).toBe(inspected.actors.length);
    for (const card of await cards.all()) {
      expect(await card.locator('.state.current:not(.head)').count()).toBeGreaterThan(0);
    }
    expect(await cards.first().locator('.edge.last').count()).toBe(1);
    expect(await cards.first().locator('.edge.never').count()).toBeGreaterThan(5);
  });

  test('tell how often a transition was taken, and go to where it was', async () => {
    const first = page.locator('.board-card').first();
    const edge = first.locator('.edge.taken').first();
    await edge.focus();
    expect(await first.locator('.board-foot').innerText()).toMatch(/\d+ by now · \d+ in this run/);
    await page.keyboard.press('Enter');
    const at = inspected.moves.at.map(String);
    await expect.poll(() => position().then((text) => at.includes(text))).toBe(true);
  });

  test('sort what was covered, and take the coverage of other runs', async () => {
    await page.getByRole('button', { name: 'coverage', exact: true }).click();
    await page.getByRole('button', { name: /^count/ }).click();
    const counts = await page.locator('.coverage td.count').allInnerTexts();
    expect(counts.map(Number)).toEqual(counts.map(Number).toSorted((a, b) => b - a));
    await page.locator('.coverage-file input').setInputFiles(join(folder, 'coverage.json'));
    await page.getByRole('button', { name: '7 runs' }).waitFor();
    await page.locator('.coverage-file input').setInputFiles(join(folder, 'other.html'));
    expect(await page.getByRole('alert').innerText()).toContain('no coverage file');
    expect(await axeFinds()).toEqual([]);
    await page.getByRole('button', { name: 'charts', exact: true }).click();
  });

  test('zoom and move the lanes by keys, and go to the step that is clicked', async () => {
    const canvas = page.locator('.lanes-canvas');
    await canvas.focus();
    const window = page.locator('.lanes-window');
    const whole = await window.innerText();
    await page.keyboard.press('+');
    await expect.poll(() => window.innerText()).not.toBe(whole);
    await page.keyboard.press('Home');
    await expect.poll(() => window.innerText()).toBe(whole);
    await canvas.click({ position: { x: 100, y: 40 } });
    await expect.poll(async () => Number(await position())).toBeLessThan(inspected.steps.count / 2);
  });

  test('say in a table what the lanes show', async () => {
    await page.getByRole('button', { name: 'table', exact: true }).click();
    const rows = page.locator('.lanes-table tbody tr');
    await expect.poll(() => rows.count()).toBeGreaterThan(10);
    expect(await page.locator('.lanes-table').innerText()).toContain('held by eehd');
    await page.getByRole('button', { name: 'table', exact: true }).click();
  });

  test('have the alternatives of every step, and the files for other tools', async () => {
    await page.getByRole('button', { name: 'alternatives' }).click();
    expect(await page.locator('.instead tr.taken').count()).toBe(1);
    expect(await axeFinds()).toEqual([]);
    await page.getByRole('button', { name: 'files' }).click();
    const saved = page.waitForEvent('download');
    await page
      .getByRole('row', { name: /^perfetto/ })
      .getByRole('button')
      .click();
    expect((await saved).suggestedFilename()).toBe('eeh-pe.T3.none.perfetto.json');
  });

  test('compare it with another report at the first difference', async () => {
    await page.getByRole('button', { name: 'compare' }).click();
    await page.locator('.compare input').setInputFiles(join(folder, 'other.html'));
    await page.locator('.diff tr.first').first().waitFor();
    expect(await page.locator('.diff-head').innerText()).toContain('steps in common');
    expect(await axeFinds()).toEqual([]);
  });
});
