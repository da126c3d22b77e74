// The one error this folder throws: the input is at fault, and the message says what to look at.

import { printableCut } from './printable.ts';

/** Where in the input, both counted from 1; null where there is no single place. */
export interface Place {
  readonly line: number | null;
  readonly column: number | null;
}

/** For errors about the input as a whole. */
export const nowhere: Place = { line: null, column: null };

/**
 * The input cannot be read, is not a topology, or is not the machine a race needs. `message` is one
 * printable line. The command line prints it and exits with 2.
 */
export class TopologyError extends Error {
  override readonly name = 'TopologyError';
  readonly line: number | null;
  readonly column: number | null;

  constructor(message: string, place: Place) {
    super(printableCut(message, messageMax));
    this.line = place.line;
    this.column = place.column;
  }
}

/**
 * "line 3, column 7: expected two hexadecimal digits, found "0"": what came is cut to 60
 * characters.
 */
export function unexpected(expected: string, found: string, place: Place): TopologyError {
  const shown = found === '' ? 'nothing' : `"${printableCut(found, foundMax)}"`;
  return new TopologyError(`${placeText(place)}expected ${expected}, found ${shown}`, place);
}

const messageMax = 400;
const foundMax = 60;

function placeText(place: Place): string {
  if (place.line === null) return '';
  const column = place.column === null ? '' : `, column ${place.column}`;
  return `line ${place.line}${column}: `;
}
