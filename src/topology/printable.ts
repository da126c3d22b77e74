// What may reach a terminal. Names in a dump are written by whoever made the dump: an escape
// sequence in one must neither move the cursor nor turn the line round. Visible text passes,
// everything else becomes an escape like \x1b.

/**
 * The text with every control, format, bidi-override, combining, unassigned or invalid character
 * spelled out as `\xHH`, `\uHHHH` or `\u{HHHHHH}`. Letters, digits, punctuation and symbols of all
 * scripts and the plain space stay. Applying it twice is the same as applying it once.
 */
export function printable(text: string): string {
  return plainAscii.test(text) ? text : text.replace(unsafe, spell);
}

/**
 * `printable` text of at most `max` characters (max >= 1); what was cut is shown by a closing
 * ellipsis.
 */
export function printableCut(text: string, max: number): string {
  // Escapes only lengthen a text, so the first max + 1 characters decide what can be shown.
  const shown = printable(text.length > max ? text.slice(0, max + 1) : text);
  return shown.length <= max ? shown : `${shown.slice(0, max - 1)}…`;
}

const plainAscii = /^[\x20-\x7e]*$/;
// Beside what is no visible character at all: U+FFFD stands for bytes that were no text; some
// letters draw nothing (Hangul fillers, blank Braille); letters of right-to-left scripts would
// reorder the columns beside them.
const unsafe = new RegExp(
  '[^\\p{L}\\p{N}\\p{P}\\p{S} ]|[\\ufffd\\u115f\\u1160\\u3164\\uffa0\\u2800]|' +
    '[\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefe\\u{10800}-\\u{10fff}\\u{1e800}-\\u{1efff}]',
  'gu',
);

function spell(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${hex.padStart(4, '0')}`;
  return `\\u{${hex}}`;
}
