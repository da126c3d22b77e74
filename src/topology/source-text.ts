// From bytes to lines: size, encoding and line ends, before anything looks at what the lines say.

import { nowhere, unexpected } from './error.ts';

/**
 * The text of the input, byte order mark removed, ends of line as \n. UTF-8 and UTF-16 with a mark
 * are read as such; bytes that are no UTF-8 are read as Latin-1, which loses nothing. @throws
 * TopologyError when larger than bytesMax (bytes, or characters of a string), or compressed.
 */
export function sourceText(input: string | Uint8Array, bytesMax: number): string {
  if (input.length > bytesMax) {
    const found = `${Math.ceil(input.length / megabyte)} MB`;
    throw unexpected(`at most ${Math.floor(bytesMax / megabyte)} MB`, found, nowhere);
  }
  const text = typeof input === 'string' ? input : decoded(input);
  const body = text.startsWith('\ufeff') ? text.slice(1) : text;
  // Only a file without any \n has lone \r as its ends of line; elsewhere a \r is dirt within the
  // line.
  return body.includes('\n') ? body : body.replaceAll('\r', '\n');
}

/**
 * Walks the lines of a text without a copy of all of them: `next` moves on, then `text` is the line
 * without its end and `number` counts from 1.
 */
export class Lines {
  text = '';
  number = 0;
  private position = 0;
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  next(): boolean {
    if (this.position >= this.source.length) return false;
    let end = this.source.indexOf('\n', this.position);
    if (end < 0) end = this.source.length;
    const carriageReturn = end > this.position && this.source.charCodeAt(end - 1) === 13;
    this.text = this.source.slice(this.position, carriageReturn ? end - 1 : end);
    this.number += 1;
    this.position = end + 1;
    return true;
  }
}

const megabyte = 1024 * 1024;

// First bytes of what people attach instead of the text itself.
const archives: readonly (readonly [string, readonly number[]])[] = [
  ['gzip data', [0x1f, 0x8b]],
  ['xz data', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['zstd data', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2 data', [0x42, 0x5a, 0x68]],
  ['a zip archive', [0x50, 0x4b, 0x03, 0x04]],
];

function decoded(bytes: Uint8Array): string {
  for (const [what, magic] of archives) {
    if (magic.every((byte, at) => bytes[at] === byte)) {
      throw unexpected('text (unpack it first)', what, nowhere);
    }
  }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  }
}
