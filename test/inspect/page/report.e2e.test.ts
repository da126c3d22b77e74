import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InspectDocument } from '../../../src/inspect/document/document.ts';
import { builtPage } from '../../../src/inspect/server/built_page.ts';
import { reportFile } from '../../../src/inspect/server/report_file.ts';
import { HOSTILE } from '../machines.ts';
import { browserPath, launch } from './browser.ts';
import { documentOf } from './recorded.ts';

let folder = '';
let browser: Browser;
let inspected: InspectDocument;

beforeAll(async () => {
  if (browserPath === undefined) return;
  folder = mkdtempSync(join(tmpdir(), 'hotrace-report-'));
  browser = await launch();
  inspected = await documentOf('eeh-pe.T3.none');
});

afterAll(async () => {
  if (browserPath === undefined) return;
  await browser.close();
  rmSync(folder, { recursive: true });
});

function written(name: string, shown: InspectDocument): string {
  const path = join(folder, `${name}.html`);
  writeFileSync(path, reportFile(shown, builtPage()));
  return pathToFileURL(path).href;
}

interface Opened {
  readonly page: Page;
  /** Whatever was asked for besides the file, and whatever went wrong. */
  readonly trouble: string[];
}

/** With the network off. */
async function open(
  url: string,
  colorScheme: 'light' | 'dark' = 'light',
  width = 1280,
): Promise<Opened> {
  const viewport = { width, height: 800 };
  const context = await browser.newContext({ viewport, colorScheme, offline: true });
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on('request', (request) => {
    if (!/^(file|data|blob):/.test(request.url())) trouble.push(request.url());
  });
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') trouble.push(message.text());
  });
  page.on('dialog', (dialog) => trouble.push(dialog.message()));
  await page.goto(url);
  await page.locator('.panels, .problem').waitFor();
  return { page, trouble };
}

const position = (page: Page): Promise<string> => page.locator('.now .figures b').innerText();

describe.skipIf(browserPath === undefined)('a report, opened from disk with no network', () => {
  test('begins at the violation, and asks for nothing', async () => {
    const { page, trouble } = await open(written('t3', inspected));
    await expect.poll(() => position(page)).toBe(String(inspected.steps.count));
    expect(await page.locator('.verdict').innerText()).toContain('use-after-free');
    expect(await page.locator('.now .op.bad').innerText()).toBe('R eeh_pe#2.parent');
    expect(await page.locator('.memory .details').innerText()).toContain('eeh_pe#2');
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  test('travels by keys, and comes back to a moment by its link', async () => {
    const { page, trouble } = await open(written('t3', inspected));
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => position(page)).toBe(String(inspected.steps.count - 1));
    await page.keyboard.press('Home');
    await expect.poll(() => position(page)).toBe('0');
    await page.keyboard.press('Alt+ArrowRight');
    const first = inspected.steps.actor.findIndex((actor, i, all) => i > 0 && actor !== all[i - 1]);
    await expect.poll(() => position(page)).toBe(String(first));
    await page.waitForURL(new RegExp(`#step=${first}\\b`));
    await page.reload();
    await expect.poll(() => position(page)).toBe(String(first));
    await page.keyboard.press('v');
    await expect.poll(() => position(page)).toBe(String(inspected.steps.count));
    await page.keyboard.press('w');
    const operation = page.locator('.now .op');
    await expect.poll(() => operation.innerText()).toBe('kfree(eeh_pe#2)');
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  test('tells an object that is not handed out yet, live, and freed', async () => {
    const { page, trouble } = await open(written('t3', inspected));
    const title = page.locator('.details .title');
    await expect.poll(() => title.innerText()).toContain('✕ freed');
    await page.keyboard.press('Alt+ArrowLeft');
    await page.keyboard.press('Alt+ArrowLeft');
    await expect.poll(() => title.innerText()).toMatch(/eeh_pe#2 struct eeh_pe live/);
    await page.keyboard.press('Home');
    await expect.poll(() => title.innerText()).toContain('not handed out yet');
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  test('shows log, report, objects and stops, each by its tab', async () => {
    const { page, trouble } = await open(written('t3', inspected));
    await page.getByRole('button', { name: /^log/ }).click();
    expect(await page.getByLabel('Kernel log').innerText()).toContain('EEH: Recovering PHB#0');
    await page.getByRole('button', { name: 'report', exact: true }).click();
    expect(await page.locator('.report-text').innerText()).toContain('BUG: KASAN: use-after-free');
    await page.getByRole('button', { name: 'objects' }).click();
    expect(await page.locator('.objects').innerText()).toMatch(/eeh_pe#2\s+✕ freed/);
    await page.getByRole('button', { name: /^stops/ }).click();
    await page.getByLabel('Stop when').selectOption({ label: 'eehd enters P5' });
    await page.getByRole('button', { name: 'add', exact: true }).click();
    await page.keyboard.press('Home');
    await page.keyboard.press('r');
    const first = page.locator('.actors tr').nth(1);
    await expect.poll(() => first.innerText()).toMatch(/eehd\s+P5/);
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  test.each([
    ['light', 1280],
    ['dark', 1920],
  ] as const)('has nothing that axe complains of, %s and %i wide', async (scheme, width) => {
    const { page } = await open(written('t3', inspected), scheme, width);
    await page.evaluate(axe.source);
    const found: unknown = await page.evaluate('axe.run().then((result) => result.violations)');
    expect(found).toEqual([]);
    await page.context().close();
  });

  test('shows hostile names as text', async () => {
    const bad = `${HOSTILE}<img src=x onerror=alert(1)></style>`;
    const hostile: InspectDocument = {
      ...inspected,
      title: bad,
      report: bad,
      actors: inspected.actors.map((actor) => ({ ...actor, name: bad })),
      texts: inspected.texts.map(() => bad),
      log: [{ at: 0, actor: 0, timeMs: 0, text: bad }],
      memory: {
        ...inspected.memory,
        objects: inspected.memory.objects.map((object) => ({ ...object, name: bad })),
      },
    };
    const url = written('hostile', hostile);
    const { page, trouble } = await open(url);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('.now').innerText()).toContain('onerror=alert(1)');
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  test('says what is wrong with a file that is cut', async () => {
    const { page } = await open(written('cut', { ...inspected, choices: [0.5] }));
    expect(await page.getByRole('alert').innerText()).toContain('choices');
    await page.context().close();
  });
});
