/** The browser of this machine, if it has one. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Its path; undefined: tests with a browser are skipped. */
export const browserPath: string | undefined = (process.env['PATH'] ?? '')
  .split(delimiter)
  .concat('/usr/bin', '/usr/local/bin', '/Applications/Google Chrome.app/Contents/MacOS')
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find((path) => existsSync(path));

export async function launch(): Promise<Browser> {
  // In a container there is no user namespace for its sandbox; it opens only pages of ours.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return await chromium.launch({ executablePath: browserPath ?? '', args });
}
