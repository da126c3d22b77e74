/** How large text and boxes are drawn. A layout and the writer of its picture must agree on it. */
import { printableCut } from '../../topology/printable.ts';
import { type ChartEdge, type ChartState, edgeLabel } from '../chart/chart.ts';

export const NAME_PX = 13;
export const DETAIL_PX = 11;
export const LABEL_PX = 11;
/** Radius of the dot where a compound state begins. */
export const DOT_RADIUS = 5;
/** Free space around everything. */
export const MARGIN = 16;

/** Widest of the monospaced faces a page may have: 0.602 em a character, and a little. */
const ADVANCE_EM = 0.61;
const LINE = { name: 18, detail: 15 } as const;
const PADDING = { x: 14, y: 9 } as const;
const CHARACTERS_MAX = 48;

/** Characters that take two cells in a monospaced face. */
const WIDE =
  /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\ufe30-\uff60\u{1f000}-\u{3ffff}]/u;

/** Text as it is drawn: what is no visible character is spelled out, what is too long is cut. */
export function shown(text: string): string {
  return printableCut(text, CHARACTERS_MAX);
}

function textWidth(text: string, px: number): number {
  let cells = 0;
  for (const character of shown(text)) cells += WIDE.test(character) ? 2 : 1;
  return Math.ceil(cells * px * ADVANCE_EM);
}

/** What stands in a box below its name, a line each. */
export function detailsOf(state: ChartState): string[] {
  return state.invokes.map((name) => `${name}()`);
}

/** A box around a state's own text; for a compound state the part above its children. */
export function headSize(state: ChartState): { readonly width: number; readonly height: number } {
  const details = detailsOf(state);
  const widths = details.map((text) => textWidth(text, DETAIL_PX));
  const width = Math.max(40, textWidth(state.name, NAME_PX), ...widths) + 2 * PADDING.x;
  return { width, height: LINE.name + details.length * LINE.detail + 2 * PADDING.y };
}

/** Baselines of a box's lines, from its top. */
export function baselines(state: ChartState): number[] {
  const first = PADDING.y + LINE.name - 5;
  return [first, ...detailsOf(state).map((_, i) => first + (i + 1) * LINE.detail)];
}

export function labelSize(edge: ChartEdge): { readonly width: number; readonly height: number } {
  return { width: textWidth(edgeLabel(edge), LABEL_PX) + 6, height: LABEL_PX + 5 };
}
