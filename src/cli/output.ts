/** Text on the terminal: colour only where it is wanted, progress only where somebody looks. */
import { styleText } from 'node:util';
import type { Verdict } from '../oracles/verdict.ts';

/** Characters of a line where no terminal says: room for four actors side by side. */
const WIDTH_DEFAULT = 150;

export interface Output {
  readonly color: boolean;
  readonly width: number;
  /** Standard output. */
  print(text: string): void;
  /** Standard error, a full line. */
  note(text: string): void;
  /** A line on standard error that the next one replaces; nothing unless it is a terminal. */
  progress(text: string): void;
}

type Style = Parameters<typeof styleText>[0];

export function makeOutput(): Output {
  const color = process.stdout.isTTY === true && (process.env['NO_COLOR'] ?? '') === '';
  const width = process.stdout.columns ?? WIDTH_DEFAULT;
  let shown = false;
  const clear = (): void => {
    if (shown) process.stderr.write('\r\x1b[2K');
    shown = false;
  };
  return {
    color,
    width,
    print(text) {
      clear();
      process.stdout.write(`${text}\n`);
    },
    note(text) {
      clear();
      process.stderr.write(`${text}\n`);
    },
    progress(text) {
      if (process.stderr.isTTY !== true) return;
      clear();
      if (text === '') return;
      shown = true;
      process.stderr.write(text.slice(0, Math.max(20, width - 1)));
    },
  };
}

export function paint(output: Output, style: Style, text: string): string {
  return output.color ? styleText(style, text, { validateStream: false }) : text;
}

export function paintVerdict(output: Output, verdict: Verdict): string {
  if (verdict === 'pass') return paint(output, 'green', verdict);
  if (verdict === 'limit-reached') return paint(output, 'yellow', verdict);
  return paint(output, ['red', 'bold'], verdict);
}

/** Columns padded to their widest cell. Cells may carry colour codes. */
export function table(rows: readonly (readonly string[])[], indent = ''): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, visibleLength(cell));
    });
  }
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - visibleLength(cell))))
      .join('  ')
      .trimEnd();
  return rows.map((row) => indent + line(row)).join('\n');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes are control characters.
const COLOUR_CODES = /\x1b\[[0-9;]*m/g;

function visibleLength(text: string): number {
  return text.replace(COLOUR_CODES, '').length;
}

/** 1234567 as 1,234,567. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
