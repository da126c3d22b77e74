/** Ids of places and texts: compiled modules register them, traces and logs look them up. */
import { stableId } from '../memory/layout.ts';

/** Where an operation stands in the source. */
export interface Site {
  /** The procedure, spelled as in the kernel. */
  readonly procedure: string;
  /** From the project's top: `actors/eeh/eeh_pe.ts` */
  readonly file: string;
  readonly line: number;
}

const sites = new Map<number, Site>();
const texts = new Map<number, string>();

/** A site's id is the same in every thread: a hash of procedure, file, line and column. */
export function siteId(procedure: string, file: string, line: number, column: number): number {
  return stableId(`${procedure} ${file}:${line}:${column}`);
}

/**
 * Called by compiled modules, once per operation.
 * @public Imported by the code that lower/plain.ts writes.
 */
export function registerSite(id: number, procedure: string, file: string, line: number): void {
  sites.set(id, { procedure, file, line });
}

export function siteOf(id: number): Site | undefined {
  return sites.get(id);
}

export function textId(text: string): number {
  return stableId(`text ${text}`);
}

/** Registers a text operand; answers its id. */
export function registerText(text: string): number {
  const id = textId(text);
  texts.set(id, text);
  return id;
}

/** The text of an id, or undefined when the number is no text. */
export function textOf(id: number): string | undefined {
  return texts.get(id);
}
