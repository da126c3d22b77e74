import { describe, expect, test } from 'vitest';
import { printable, printableCut } from '../../src/topology/printable.ts';

describe('printable', () => {
  test('plain names stay as they are, in every left-to-right script', () => {
    for (const name of ['82801G (ICH7 Family)', 'Müller & Söhne', 'Elan™ µPD720200', '株式会社']) {
      expect(printable(name)).toBe(name);
    }
  });

  test('escape sequences, C0 and C1 controls become visible', () => {
    expect(printable('\u001b[31mred\u001b[0m')).toBe('\\x1b[31mred\\x1b[0m');
    expect(printable('a\u0000b\u0007\r\n\t\u009b2J\u007f')).toBe(
      'a\\x00b\\x07\\x0d\\x0a\\x09\\x9b2J\\x7f',
    );
  });

  test('bidi overrides and right-to-left letters cannot reorder a line', () => {
    expect(printable('a\u202eb\u2066c\u200f')).toBe('a\\u202eb\\u2066c\\u200f');
    expect(printable('\u05d0')).toBe('\\u05d0');
  });

  test('what draws nothing becomes visible: zero width, fillers, tags, combining marks', () => {
    expect(printable('a\u200bb\ufeff')).toBe('a\\u200bb\\ufeff');
    expect(printable('\u3164\u2800')).toBe('\\u3164\\u2800');
    expect(printable('\u{e0041}')).toBe('\\u{e0041}');
    expect(printable('o\u0308')).toBe('o\\u0308');
  });

  test('invalid text becomes visible: lone surrogates and replacement characters', () => {
    expect(printable('\ud800x\ufffd')).toBe('\\ud800x\\ufffd');
  });

  test('every code point comes out inert, and twice is the same as once', () => {
    const inert = /^[\p{L}\p{N}\p{P}\p{S} ]*$/u;
    for (let code = 0; code <= 0x10ffff; code += code < 0x3000 ? 1 : 37) {
      const once = printable(String.fromCodePoint(code));
      expect(inert.test(once), code.toString(16)).toBe(true);
      expect(printable(once)).toBe(once);
    }
  });

  test('a cut text is no longer than asked for, even when escapes lengthen it', () => {
    expect(printableCut('abcdef', 6)).toBe('abcdef');
    expect(printableCut('abcdefg', 6)).toBe('abcde…');
    expect(printableCut('\u001b'.repeat(1_000_000), 10)).toHaveLength(10);
  });
});
