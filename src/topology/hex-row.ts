// One row of a hex dump: "offset: bb bb bb ...".

import { type TopologyError, unexpected } from './error.ts';

/**
 * Config space of a PCI Express function; conventional PCI has the first 256 bytes only (PCIe r5.0
 * §7.2).
 */
export const configSpaceMax = 4096;

/**
 * True when the line is spelled like a row of a dump: two to eight hexadecimal digits, a colon, a
 * blank or the end.
 */
export function isHexRow(line: string): boolean {
  let at = 0;
  while (at < 9 && hexDigit(line.charCodeAt(at)) >= 0) at += 1;
  if (at < 2 || at > 8 || line.charCodeAt(at) !== colon) return false;
  return at + 1 >= line.length || isBlank(line.charCodeAt(at + 1));
}

/**
 * Writes the bytes of a row (`isHexRow`) into `config` (configSpaceMax bytes) and answers the
 * offset behind the last one, 0 when it has none.
 * @throws TopologyError with line and column for anything but pairs of hexadecimal digits, and for
 * bytes beyond configSpaceMax.
 */
export function storeHexRow(line: string, lineNumber: number, config: Uint8Array): number {
  const end = line.indexOf(':');
  let offset = Number.parseInt(line.slice(0, end), 16);
  let stored = 0;
  let at = end + 1;
  for (;;) {
    while (isBlank(line.charCodeAt(at))) at += 1;
    if (at >= line.length) return stored;
    const high = hexDigit(line.charCodeAt(at));
    const low = hexDigit(line.charCodeAt(at + 1));
    const after = line.charCodeAt(at + 2);
    const closed = at + 2 >= line.length || isBlank(after);
    if (high < 0 || low < 0 || !closed) throw badByte(line, lineNumber, at);
    if (offset >= configSpaceMax) {
      const expected = `at most ${configSpaceMax} bytes of config space`;
      throw unexpected(expected, line, { line: lineNumber, column: at + 1 });
    }
    config[offset] = (high << 4) | low;
    offset += 1;
    stored = offset;
    at += 2;
  }
}

const colon = 0x3a;

function badByte(line: string, lineNumber: number, at: number): TopologyError {
  const word = line.slice(at, at + 80).split(/[ \t]/, 1)[0] ?? '';
  return unexpected('two hexadecimal digits', word, { line: lineNumber, column: at + 1 });
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** 0 to 15; -1 for anything else, also for the NaN that charCodeAt gives beyond the end. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
