/**
 * The page as one file: style, script and document in it, nothing beside it, no network. The
 * document is deflated and in base64, so no text of it can be markup.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { BenchResult } from '../bench/result.ts';
import type { InspectDocument } from '../document/document.ts';

/**
 * `page`: the folder that builtPage() answers. `engine`: the script that runs schedules of its
 * system, '' for none; it is inflated and run only when somebody wants to try an alternative.
 */
export function reportFile(inspected: InspectDocument, page: string, engine = ''): string {
  return oneFile('report', inspected, page, engine);
}

/** A benchmark's result as one file. */
export function benchFile(result: BenchResult, page: string): string {
  return oneFile('bench', result, page, '');
}

function oneFile(name: 'report' | 'bench', data: unknown, page: string, engine: string): string {
  const code = readFileSync(join(page, name, `${name}.js`), 'utf8').trim();
  const style = readFileSync(join(page, name, `${name}.css`), 'utf8').trim();
  // Only these very scripts run, and nothing is ever asked for.
  const hashes = [code, ...(engine === '' ? [] : [engine])].map(hashOf).join(' ');
  const policy = `default-src 'none'; script-src ${hashes}; style-src 'unsafe-inline'`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}; img-src data:">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<title>hotrace report</title>',
    '<link rel="icon" href="data:,">',
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<div id="page"></div>',
    '<noscript>This report needs JavaScript; it asks for nothing over the network.</noscript>',
    inert('hotrace-data', JSON.stringify(data)),
    ...(engine === '' ? [] : [inert('hotrace-engine', engine)]),
    `<script>${code}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function hashOf(code: string): string {
  return `'sha256-${createHash('sha256').update(code).digest('base64')}'`;
}

function inert(id: string, text: string): string {
  const data = deflateRawSync(Buffer.from(text), { level: 9 }).toString('base64');
  return `<script type="text/plain" id="${id}">${data}</script>`;
}
