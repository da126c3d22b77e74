/** Text inside XML. Names may come from anywhere: none may end the element it stands in. */
import { printable } from '../../topology/printable.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text or an attribute's value. Characters that XML forbids, or that turn a line, are spelled. */
export function xml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c);
}

/** Text inside a comment, which ends at two hyphens. */
export function xmlComment(text: string): string {
  return `<!-- ${printable(text).replaceAll('-', '‐')} -->`;
}

/**
 * A name that XML takes as an id, a different one for each text: letters, digits, `_` and `.` stay,
 * the rest is spelled in hex.
 */
export function xmlId(text: string): string {
  const spell = (c: string): string => `_x${(c.codePointAt(0) ?? 0).toString(16)}-`;
  if (text === '') return '_x-';
  return text.replace(/[^A-Za-z0-9_.]|_x|^[^A-Za-z_]/gu, (found) => [...found].map(spell).join(''));
}
