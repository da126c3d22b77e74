/** Shapes of a drawn chart: what the files and the page draw alike. */
import type { ChartState } from '../chart/chart.ts';
import type { Box, Point } from '../layout/layout.ts';
import { baselines, detailsOf, shown } from '../layout/sizes.ts';

/** Corner radius of lines and boxes. */
export const ROUND = 6;
const TIP = { length: 8, half: 3.6 } as const;

/** Others lie in it. */
export function isOuter(state: ChartState): boolean {
  return state.children.length > 0;
}

interface StateText {
  readonly kind: 'name' | 'detail';
  readonly x: number;
  readonly y: number;
  readonly isCentred: boolean;
  readonly text: string;
}

/** Lines of a state's box: its name, then what it runs. */
export function stateTexts(state: ChartState, box: Box): StateText[] {
  const lines = baselines(state);
  const isCentred = !isOuter(state);
  const x = isCentred ? box.x + box.width / 2 : box.x + 14;
  return [state.name, ...detailsOf(state)].map((text, n) => {
    const kind = n === 0 ? 'name' : 'detail';
    return { kind, x, y: box.y + (lines[n] ?? 0), isCentred, text: shown(text) };
  });
}

export function inset({ x, y, width, height }: Box, by: number): Box {
  return { x: x + by, y: y + by, width: width - 2 * by, height: height - 2 * by };
}

/** Where a line's text begins: centred in the room that the layout left for it. */
export function labelPoint(label: Box): Point {
  return { x: label.x + label.width / 2, y: label.y + label.height - 4.5 };
}

/** Share of the hottest line by logarithms, 0 to 1: a few hits show among many. */
export function heatOf(count: number, most: number): number {
  return count === 0 ? 0 : Math.log1p(count) / Math.log1p(Math.max(count, most));
}

/** A line with round corners; it ends where its tip begins. */
export function pathData(points: readonly Point[]): string {
  const [first] = points;
  if (first === undefined) return '';
  const parts = [`M${num(first.x)} ${num(first.y)}`];
  for (let i = 1; i < points.length; i++) {
    const [before, at, after] = [points[i - 1], points[i], points[i + 1]];
    if (before === undefined || at === undefined) continue;
    if (after === undefined) {
      const end = towards(at, before, TIP.length - 1);
      parts.push(`L${num(end.x)} ${num(end.y)}`);
      continue;
    }
    const radius = Math.min(ROUND, distance(before, at) / 2, distance(at, after) / 2);
    const [into, out] = [towards(at, before, radius), towards(at, after, radius)];
    parts.push(`L${num(into.x)} ${num(into.y)}`);
    parts.push(`Q${num(at.x)} ${num(at.y)} ${num(out.x)} ${num(out.y)}`);
  }
  return parts.join('');
}

/** The arrow's head, drawn as a shape: markers cannot take an edge's colour everywhere. */
export function tipData(points: readonly Point[]): string {
  const [before, end] = points.slice(-2);
  if (before === undefined || end === undefined) return '';
  const length = Math.max(distance(before, end), 1e-6);
  const [ux, uy] = [(end.x - before.x) / length, (end.y - before.y) / length];
  const [bx, by] = [end.x - ux * TIP.length, end.y - uy * TIP.length];
  const [sx, sy] = [-uy * TIP.half, ux * TIP.half];
  const corner = (x: number, y: number): string => `${num(x)} ${num(y)}`;
  const [left, right] = [corner(bx + sx, by + sy), corner(bx - sx, by - sy)];
  return `M${corner(end.x, end.y)}L${left}L${right}Z`;
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** The point `by` pixels from a to b. */
function towards(a: Point, b: Point, by: number): Point {
  const length = distance(a, b);
  const share = length === 0 ? 0 : Math.min(1, by / length);
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
}

export function num(value: number): string {
  return String(Math.round(value * 10) / 10);
}
