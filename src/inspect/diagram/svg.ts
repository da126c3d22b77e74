/** A laid out chart as SVG: self-contained, readable by eye and by screen reader, inert. */
import {
  type Chart,
  type ChartEdge,
  type ChartState,
  edgeLabel,
  statesById,
} from '../chart/chart.ts';
import type { Box, EdgePath, InitialArrow, Layout, Point } from '../layout/layout.ts';
import { baselines, DOT_RADIUS, detailsOf, shown } from '../layout/sizes.ts';
import { STYLE } from './svg_style.ts';
import { xml, xmlId } from './xml.ts';

/** Corner radius of lines and boxes. */
const ROUND = 6;
const TIP = { length: 8, half: 3.6 } as const;

/** How often each edge was taken, by its id: those with 0 are marked, the others weighed. */
export type EdgeCounts = ReadonlyMap<string, number>;

export function svgOf(chart: Chart, layout: Layout, counts?: EdgeCounts): string {
  const { width, height } = layout;
  const id = `hr-${xmlId(chart.machine)}`;
  const states = statesById(chart);
  const edges = new Map(chart.edges.map((edge) => [edge.id, edge]));
  const boxes = new Map(layout.states.map((box) => [box.id, box]));
  const size = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  const labelled = `role="img" aria-labelledby="${id}-title ${id}-desc"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="hotrace-chart" ${size} ${labelled}>`,
    `<title id="${id}-title">Statechart ${xml(chart.machine)}</title>`,
    `<desc id="${id}-desc">${xml(described(chart, states, counts))}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...chart.states.map((state) => stateElement(state, boxes.get(state.id), states)),
    ...layout.initials.map(initialElement),
    ...layout.edges.map((path) => edgeElement(edges.get(path.id), path, states, counts)),
    ...chart.states.filter(isOuter).map((state) => headElement(state, boxes.get(state.id))),
    '</svg>\n',
  ].join('\n');
}

/** The chart in sentences, for who does not see it. */
function described(
  chart: Chart,
  states: ReadonlyMap<string, ChartState>,
  counts: EdgeCounts | undefined,
): string {
  const count = chart.states.length - 1;
  const parts = [
    `${count} ${count === 1 ? 'state' : 'states'}, ${chart.edges.length} transitions.`,
  ];
  for (const state of chart.states) {
    if (state.initial !== '') {
      parts.push(`${state.name} begins in ${nameOf(states, state.initial)}.`);
    }
  }
  for (const edge of chart.edges) {
    const [from, to] = [nameOf(states, edge.source), nameOf(states, edge.target)];
    parts.push(`${from} to ${to} on ${edgeLabel(edge)}${takenText(edge.id, counts)}.`);
  }
  return parts.join(' ');
}

function takenText(id: string, counts: EdgeCounts | undefined): string {
  if (counts === undefined) return '';
  const count = counts.get(id) ?? 0;
  if (count === 0) return ', never taken';
  return count === 1 ? ', taken once' : `, taken ${count} times`;
}

/** Its classes, and its share of the hottest edge by logarithms: a few hits show among many. */
function heat(edge: ChartEdge, counts: EdgeCounts | undefined): string {
  if (counts === undefined) return `class="edge ${edge.kind}"`;
  const count = counts.get(edge.id) ?? 0;
  if (count === 0) return `class="edge ${edge.kind} never"`;
  const share = Math.log1p(count) / Math.log1p(Math.max(...counts.values()));
  return `class="edge ${edge.kind} taken" style="--hr-heat:${share.toFixed(2)}"`;
}

function nameOf(states: ReadonlyMap<string, ChartState>, id: string): string {
  return states.get(id)?.name ?? id;
}

function stateElement(
  state: ChartState,
  box: Box | undefined,
  states: ReadonlyMap<string, ChartState>,
): string {
  if (box === undefined) throw new Error(`[hotrace bug] ${state.id} has no box`);
  const isRegion = states.get(state.parent ?? '')?.kind === 'parallel';
  const classes = ['state', state.kind, ...(isRegion ? ['region'] : [])].join(' ');
  const inner = state.kind === 'final' ? rect(inset(box, 3), ROUND - 2, ' class="inner"') : '';
  return [
    `<g class="${classes}" data-state="${xml(state.id)}">`,
    `<title>${xml(titleOf(state))}</title>`,
    `${rect(box, ROUND, '')}${inner}${isOuter(state) ? '' : texts(state, box)}</g>`,
  ].join('');
}

/** The text of a state with others in it: drawn last, since lines may run behind it. */
function headElement(state: ChartState, box: Box | undefined): string {
  if (box === undefined) throw new Error(`[hotrace bug] ${state.id} has no box`);
  return `<g class="state head" aria-hidden="true">${texts(state, box)}</g>`;
}

function isOuter(state: ChartState): boolean {
  return state.children.length > 0;
}

function texts(state: ChartState, box: Box): string {
  const lines = baselines(state);
  const x = isOuter(state) ? num(box.x + 14) : num(box.x + box.width / 2);
  const anchor = isOuter(state) ? '' : ' text-anchor="middle"';
  const elements = [state.name, ...detailsOf(state)].map((text, n) => {
    const y = num(box.y + (lines[n] ?? 0));
    const kind = n === 0 ? 'name' : 'detail';
    return `<text class="${kind}" x="${x}" y="${y}"${anchor}>${xml(shown(text))}</text>`;
  });
  return elements.join('');
}

function titleOf(state: ChartState): string {
  const does = state.invokes.length === 0 ? '' : `, runs ${state.invokes.join(', ')}`;
  const about = state.description === '' ? '' : `: ${state.description}`;
  return `${state.id} (${state.kind})${does}${about}`;
}

function rect({ x, y, width, height }: Box, round: number, extra: string): string {
  const size = `width="${num(width)}" height="${num(height)}" rx="${round}"`;
  return `<rect${extra} x="${num(x)}" y="${num(y)}" ${size}/>`;
}

function inset({ x, y, width, height }: Box, by: number): Box {
  return { x: x + by, y: y + by, width: width - 2 * by, height: height - 2 * by };
}

function initialElement({ state, dot, points }: InitialArrow): string {
  const circle = `<circle cx="${num(dot.x)}" cy="${num(dot.y)}" r="${DOT_RADIUS}"/>`;
  const line = `<path class="line" d="${pathData(points)}"/>${tip(points)}`;
  return `<g class="initial" data-initial="${xml(state)}">${circle}${line}</g>`;
}

function edgeElement(
  edge: ChartEdge | undefined,
  { points, label }: EdgePath,
  states: ReadonlyMap<string, ChartState>,
  counts: EdgeCounts | undefined,
): string {
  if (edge === undefined) throw new Error('[hotrace bug] a line without an edge');
  const text = edgeLabel(edge);
  const title = `${nameOf(states, edge.source)} to ${nameOf(states, edge.target)}: ${text}`;
  const told = `${title}${takenText(edge.id, counts)}`;
  const data = pathData(points);
  const at = `x="${num(label.x + label.width / 2)}" y="${num(label.y + label.height - 4.5)}"`;
  return [
    `<g ${heat(edge, counts)} data-edge="${xml(edge.id)}"><title>${xml(told)}</title>`,
    `<path class="hit" d="${data}"/><path class="line" d="${data}"/>${tip(points)}`,
    `${rect(label, 3, ' class="halo"')}`,
    `<text ${at} text-anchor="middle">${xml(shown(text))}</text></g>`,
  ].join('');
}

/** A line with round corners; it ends where its tip begins. */
function pathData(points: readonly Point[]): string {
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
function tip(points: readonly Point[]): string {
  const [before, end] = points.slice(-2);
  if (before === undefined || end === undefined) return '';
  const length = Math.max(distance(before, end), 1e-6);
  const [ux, uy] = [(end.x - before.x) / length, (end.y - before.y) / length];
  const [bx, by] = [end.x - ux * TIP.length, end.y - uy * TIP.length];
  const [sx, sy] = [-uy * TIP.half, ux * TIP.half];
  const corner = (x: number, y: number): string => `${num(x)} ${num(y)}`;
  const [left, right] = [corner(bx + sx, by + sy), corner(bx - sx, by - sy)];
  return `<path class="tip" d="M${corner(end.x, end.y)}L${left}L${right}Z"/>`;
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

function num(value: number): string {
  return String(Math.round(value * 10) / 10);
}
