import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { builtPage } from '../../../src/inspect/server/built_page.ts';
import { root } from '../../cli/run.ts';
import { browserPath, launch } from './browser.ts';
import { schedulePath } from './recorded.ts';

let browser: Browser;
let child: ChildProcess | undefined;

beforeAll(async () => {
  if (browserPath === undefined) return;
  builtPage();
  browser = await launch();
});
afterAll(async () => {
  if (browserPath !== undefined) await browser.close();
});
afterEach(() => {
  child?.kill('SIGKILL');
  child = undefined;
});

/** Starts the command; the address it prints. */
async function inspect(...args: readonly string[]): Promise<string> {
  const all = [`${root}bin/hotrace.js`, 'inspect', '--no-open', ...args];
  child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'ignore'] });
  const { stdout } = child;
  if (stdout === null) throw new Error('no pipe');
  const [chunk] = await once(stdout, 'data');
  return String(chunk).trim();
}

async function open(url: string): Promise<{ page: Page; trouble: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const trouble: string[] = [];
  page.on('request', (request) => {
    if (!/^(http|ws):\/\/127\.0\.0\.1:|^data:/.test(request.url())) trouble.push(request.url());
  });
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') trouble.push(message.text());
  });
  await page.goto(url);
  return { page, trouble };
}

const position = (page: Page): Promise<string> => page.locator('.now .figures b').innerText();

/** Ctrl-C, and the exit code. */
async function interrupt(): Promise<unknown> {
  if (child === undefined) throw new Error('nothing runs');
  const exit = once(child, 'exit');
  child.kill('SIGINT');
  const [code] = await exit;
  return code;
}

describe.skipIf(browserPath === undefined)('hotrace inspect', () => {
  test('shows a schedule, keeps the moment over a reload, and ends by Ctrl-C', async () => {
    const url = await inspect(schedulePath('eeh-pe.T3.none'));
    const { page, trouble } = await open(url);
    await page.locator('.panels').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL(/#step=/);
    const before = await position(page);
    await page.reload();
    await expect.poll(() => position(page)).toBe(before);
    expect(trouble).toEqual([]);
    expect(await interrupt()).toBe(0);
    await page.close();
  });

  test('shows a search as it goes, and then what it found', async () => {
    const { page, trouble } = await open(await inspect('eeh-pe/T3'));
    await page.locator('.panels').waitFor();
    expect(await page.locator('.verdict').innerText()).toContain('use-after-free');
    expect(await page.locator('.source').innerText()).toMatch(/^explore: [\d,]+ executions$/);
    expect(trouble).toEqual([]);
    await page.close();
  });

  test('shows real threads as they run, until it is told to stop', async () => {
    const args = ['eeh-pe/T1', '--design', 'keep-flag', '--stress', '--time', '50'];
    const { page, trouble } = await open(await inspect(...args));
    const rounds = page.locator('.live .figures').getByText('rounds', { exact: true });
    await rounds.waitFor();
    expect(await page.locator('.threads').innerText()).toContain('sysfs-remove');
    await page.evaluate(axe.source);
    const found: unknown = await page.evaluate('axe.run().then((result) => result.violations)');
    expect(found).toEqual([]);
    await page.getByRole('button', { name: 'stop' }).click();
    await page.locator('.panels').waitFor();
    expect(await page.locator('.source').innerText()).toBe('stress');
    expect(trouble).toEqual([]);
    expect(await interrupt()).toBe(0);
    await page.close();
  });
});
