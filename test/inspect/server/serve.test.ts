import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { readToPage } from '../../../src/inspect/document/messages.ts';
import { type Served, serve } from '../../../src/inspect/server/serve.ts';
import { documentOf } from '../page/recorded.ts';

let folder = '';
let served: Served;
let url: URL;
const heard: unknown[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hotrace-serve-'));
  mkdirSync(join(folder, 'live/assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.html'), 'secret');
  writeFileSync(join(folder, 'live/index.html'), 'the page');
  writeFileSync(join(folder, 'live/assets/index-a.js'), 'the code');
  served = await serve({ page: folder, port: 0, heard: (message) => heard.push(message) });
  url = new URL(served.url);
});

afterAll(async () => {
  await served.close();
  rmSync(folder, { recursive: true });
});

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** As it stands: URL() and fetch() would tidy the path up. */
function ask(path: string, { method = 'GET', headers = {} }: Asked = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port: url.port, path, method, headers: { host: url.host, ...headers } },
      (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

describe('the server', () => {
  test('listens on the loopback interface, behind a token of 24 bytes', () => {
    expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/);
  });

  test('serves the page and its files, and a document once there is one', async () => {
    expect(await ask(url.pathname)).toMatchObject({ status: 200, body: 'the page' });
    expect((await ask(`${url.pathname}assets/index-a.js`)).body).toBe('the code');
    expect((await ask(`${url.pathname}document.json`)).status).toBe(404);
    const inspected = await documentOf('eeh-pe.T3.none');
    served.show(inspected);
    const { body } = await ask(`${url.pathname}document.json`);
    expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(inspected)));
  });

  test('allows no script but its own, no frame, and nothing to be kept', async () => {
    const { headers } = await ask(url.pathname);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  });

  test.each([
    ['no token', '/'],
    ['another token', `/${'A'.repeat(32)}/`],
    ['a part of the token', 'prefix'],
  ])('refuses %s', async (_, path) => {
    const asked = path === 'prefix' ? url.pathname.slice(0, 20) : path;
    expect((await ask(asked)).status).toBe(403);
  });

  test.each([
    ['../secret.html'],
    ['assets/../../secret.html'],
    ['assets/..%2f..%2fsecret.html'],
    ['%2e%2e/secret.html'],
    ['..\\secret.html'],
    ['assets/%00'],
    ['?/../secret.html'],
    ['assets//etc/passwd'],
    [`assets/${'a'.repeat(4000)}`],
  ])('reaches nothing by %s', async (path) => {
    const { status, body } = await ask(`${url.pathname}${path}`);
    expect([403, 404]).toContain(status);
    expect(body).not.toContain('secret');
  });

  test('refuses a name that is rebound to it, a page from elsewhere, and writing', async () => {
    const named = { host: `evil.example:${url.port}` };
    expect((await ask(url.pathname, { headers: named })).status).toBe(403);
    const foreign = { origin: 'https://evil.example' };
    expect((await ask(url.pathname, { headers: foreign })).status).toBe(403);
    expect((await ask(url.pathname, { headers: { origin: 'null' } })).status).toBe(403);
    expect((await ask(url.pathname, { method: 'POST' })).status).toBe(405);
  });
});

/** How a socket ends: the code it is closed with, or that it is refused. */
function socketEnd(path: string, origin: string | undefined, sent: string): Promise<number> {
  const headers = origin === undefined ? {} : { origin };
  const socket = new WebSocket(`ws://127.0.0.1:${url.port}${path}`, { headers });
  return new Promise((resolve) => {
    socket.on('open', () => socket.send(sent));
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => resolve(-1));
    socket.on('close', (code) => resolve(code));
  });
}

describe('its socket', () => {
  const STOP = JSON.stringify({ type: 'stop' });

  test('tells what runs to pages that come late, too', async () => {
    served.publish({ type: 'problem', text: '<b>hostile</b>' });
    const { origin } = url;
    const socket = new WebSocket(`ws://${url.host}${url.pathname}live`, { headers: { origin } });
    const told: unknown[] = [];
    socket.on('message', (data: Buffer) => told.push(readToPage(data.toString())));
    socket.on('open', () => socket.send(STOP));
    await expect.poll(() => heard).toEqual([{ type: 'stop' }]);
    expect(told).toContainEqual({ type: 'problem', text: '<b>hostile</b>' });
    socket.close();
  });

  test.each([
    ['text that is no JSON', '{'],
    ['an unknown message', '{"type":"run","path":"/etc/passwd"}'],
    ['a number', '7'],
    ['null', 'null'],
  ])('is closed by %s', async (_, sent) => {
    expect(await socketEnd(`${url.pathname}live`, url.origin, sent)).toBe(1008);
  });

  test('is closed by a message that is too long', async () => {
    const sent = JSON.stringify({ type: 'stop', more: 'x'.repeat(100_000) });
    expect(await socketEnd(`${url.pathname}live`, url.origin, sent)).toBe(1009);
  });

  test('is refused without a token, from elsewhere, and from no page', async () => {
    expect(await socketEnd('/live', url.origin, STOP)).toBe(403);
    expect(await socketEnd(`${url.pathname}live`, 'https://evil.example', STOP)).toBe(403);
    expect(await socketEnd(`${url.pathname}live`, undefined, STOP)).toBe(403);
  });
});
