/** What a house rule is, and the frame that most of them share. */
import { lineAt, type SourceFile } from './tree.ts';

export interface Rule {
  /** The fact that holds when nobody breaks it. */
  readonly name: string;
  readonly applies: (path: string) => boolean;
  /** What is wrong, each with its line. */
  readonly check: (file: SourceFile) => string[];
  /** Files that break the rule: each must be caught. */
  readonly canaries: readonly SourceFile[];
  /** Files that come near and keep it: none may be caught. */
  readonly innocents: readonly SourceFile[];
}

/** A complaint for each match of a pattern (with the flag g) in a text. */
export function complain(text: string, pattern: RegExp, why: string): string[] {
  return [...text.matchAll(pattern)].map((match) => {
    return `line ${lineAt(text, match.index)}: ${match[0].trim()}: ${why}`;
  });
}

export function file(path: string, ...lines: string[]): SourceFile {
  return { path, text: `${lines.join('\n')}\n` };
}
