/** A laid out chart as SVG: self-contained, readable by eye and by screen reader, inert. */
import {
  type Chart,
  type ChartEdge,
  type ChartState,
  edgeLabel,
  statesById,
} from '../chart/chart.ts';
import type { Box, EdgePath, InitialArrow, Layout, Point } from '../layout/layout.ts';
import { DOT_RADIUS, shown } from '../layout/sizes.ts';
import {
  heatOf,
  inset,
  isOuter,
  labelPoint,
  num,
  pathData,
  ROUND,
  stateTexts,
  tipData,
} from './shapes.ts';
import { STYLE } from './svg_style.ts';
import { xml, xmlId } from './xml.ts';

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

function heat(edge: ChartEdge, counts: EdgeCounts | undefined): string {
  if (counts === undefined) return `class="edge ${edge.kind}"`;
  const share = heatOf(counts.get(edge.id) ?? 0, Math.max(...counts.values()));
  if (share === 0) return `class="edge ${edge.kind} never"`;
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

function texts(state: ChartState, box: Box): string {
  const elements = stateTexts(state, box).map(({ kind, x, y, isCentred, text }) => {
    const anchor = isCentred ? ' text-anchor="middle"' : '';
    return `<text class="${kind}" x="${num(x)}" y="${num(y)}"${anchor}>${xml(text)}</text>`;
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
  const { x, y } = labelPoint(label);
  const at = `x="${num(x)}" y="${num(y)}"`;
  return [
    `<g ${heat(edge, counts)} data-edge="${xml(edge.id)}"><title>${xml(told)}</title>`,
    `<path class="hit" d="${data}"/><path class="line" d="${data}"/>${tip(points)}`,
    `${rect(label, 3, ' class="halo"')}`,
    `<text ${at} text-anchor="middle">${xml(shown(text))}</text></g>`,
  ].join('');
}

function tip(points: readonly Point[]): string {
  return `<path class="tip" d="${tipData(points)}"/>`;
}
