/** Colours of the style sheet, for what is drawn on a canvas. */
import { COLOURS } from './who.tsx';

export function cssColour(element: Element, variable: string): string {
  return getComputedStyle(element).getPropertyValue(variable).trim();
}

/** By actor, as their badges have them. */
export function actorColours(element: Element): readonly string[] {
  return Array.from({ length: COLOURS }, (_, i) => cssColour(element, `--a${i}`));
}
