/**
 * A plain layout without any package: states below one another, each edge in a lane of its own
 * right of them. Not pretty, never wrong: no label lies on a box and no two lines on each other.
 */
import { type Chart, type ChartEdge, type ChartState, statesById } from '../chart/chart.ts';
import type { Box, EdgePath, InitialArrow, Layout, Point, StateBox } from './layout.ts';
import { DOT_RADIUS, headSize, labelSize, MARGIN } from './sizes.ts';

const INSET = 18;
const GAP = 16;
/** Distance of two lines. A label fits between. */
const PITCH = 20;
const LANE = 12;

interface Port {
  readonly edge: number;
  readonly isSource: boolean;
}

interface Rows {
  readonly chart: Chart;
  readonly states: ReadonlyMap<string, ChartState>;
  readonly ports: ReadonlyMap<string, readonly Port[]>;
  readonly boxes: Map<string, Box>;
  /** Heights of an edge's two ends. */
  readonly ends: { source: number; target: number }[];
  y: number;
}

/** Deterministic, and total: any chart gets a layout. */
export function rowsLayout(chart: Chart): Layout {
  const states = statesById(chart);
  const ends = chart.edges.map(() => ({ source: 0, target: 0 }));
  const rows: Rows = { chart, states, ports: portsOf(chart), boxes: new Map(), ends, y: MARGIN };
  place(rows, chart.root, MARGIN);
  widen(rows);
  const right = Math.max(...[...rows.boxes.values()].map(({ x, width }) => x + width));
  const labels = Math.max(0, ...chart.edges.map((edge) => labelSize(edge).width));
  const lanes = lanesOf(ends);
  const firstLane = right + labels + 2 * LANE;
  const width = firstLane + (Math.max(0, ...lanes) + 1) * LANE + MARGIN;
  return {
    machine: chart.machine,
    engine: 'rows',
    width,
    height: rows.y + MARGIN,
    states: chart.states.map(({ id }): StateBox => ({ id, ...boxOf(rows, id) })),
    edges: chart.edges.map((edge, n) =>
      pathOf(rows, edge, n, right, firstLane + (lanes[n] ?? 0) * LANE),
    ),
    initials: chart.states.flatMap((state) => initialOf(rows, state)),
  };
}

function portsOf(chart: Chart): Map<string, Port[]> {
  const ports = new Map<string, Port[]>(chart.states.map(({ id }) => [id, []]));
  chart.edges.forEach(({ source, target }, edge) => {
    ports.get(source)?.push({ edge, isSource: true });
    ports.get(target)?.push({ edge, isSource: false });
  });
  return ports;
}

/** Gives a state its place, children below its head; its lines leave the head's right side. */
function place(rows: Rows, id: string, x: number): void {
  const state = rows.states.get(id);
  if (state === undefined) throw new Error(`[hotrace bug] no state ${id} in the chart`);
  const head = headSize(state);
  const ports = rows.ports.get(id) ?? [];
  const top = rows.y;
  const height = Math.max(head.height, ports.length * PITCH + 8);
  ports.forEach(({ edge, isSource }, n) => {
    const end = rows.ends[edge];
    const y = top + 4 + (n + 0.5) * PITCH;
    if (end !== undefined) end[isSource ? 'source' : 'target'] = y;
  });
  let { width } = head;
  rows.y = top + height;
  for (const child of state.children) {
    rows.y += GAP;
    place(rows, child, x + INSET + 2 * DOT_RADIUS);
    const box = boxOf(rows, child);
    width = Math.max(width, box.x + box.width + INSET - x);
  }
  if (state.children.length > 0) rows.y += INSET;
  rows.boxes.set(id, { x, y: top, width, height: rows.y - top });
}

/** Siblings are as wide as the widest of them: lines leave from one edge. */
function widen(rows: Rows): void {
  for (const { id, parent } of rows.chart.states) {
    const outer = parent === undefined ? undefined : rows.boxes.get(parent);
    const box = boxOf(rows, id);
    if (outer === undefined) continue;
    rows.boxes.set(id, { ...box, width: outer.x + outer.width - INSET - box.x });
  }
}

function boxOf(rows: Rows, id: string): Box {
  const box = rows.boxes.get(id);
  if (box === undefined) throw new Error(`[hotrace bug] ${id} has no place`);
  return box;
}

/** The first lane that is free over an edge's height: short edges lie near, long ones outside. */
function lanesOf(ends: readonly { source: number; target: number }[]): number[] {
  const lanes = ends.map(() => 0);
  const taken: { from: number; to: number }[][] = [];
  const spans = ends.map(({ source, target }, edge) => {
    return { edge, from: Math.min(source, target), to: Math.max(source, target) };
  });
  spans.sort((a, b) => a.to - a.from - (b.to - b.from) || a.edge - b.edge);
  for (const span of spans) {
    const free = (lane: readonly { from: number; to: number }[]): boolean =>
      lane.every(({ from, to }) => to < span.from || from > span.to);
    const found = taken.findIndex(free);
    const lane = found < 0 ? taken.length : found;
    taken[lane] = [...(taken[lane] ?? []), span];
    lanes[span.edge] = lane;
  }
  return lanes;
}

function pathOf(rows: Rows, edge: ChartEdge, n: number, right: number, lane: number): EdgePath {
  const { source, target } = rows.ends[n] ?? { source: 0, target: 0 };
  const from = boxOf(rows, edge.source);
  const to = boxOf(rows, edge.target);
  const points: Point[] = [
    { x: from.x + from.width, y: source },
    { x: lane, y: source },
    { x: lane, y: target },
    { x: to.x + to.width, y: target },
  ];
  const { width, height } = labelSize(edge);
  return { id: edge.id, points, label: { x: right + LANE, y: source - height - 1, width, height } };
}

function initialOf(rows: Rows, state: ChartState): InitialArrow[] {
  if (state.initial === '') return [];
  const box = boxOf(rows, state.id);
  const target = boxOf(rows, state.initial);
  const y = target.y + Math.min(target.height / 2, 14);
  const dot = { x: box.x + INSET / 2 + 2, y: Math.max(box.y + 8, y - 16) };
  const points = [
    { x: dot.x, y: dot.y + DOT_RADIUS },
    { x: dot.x, y },
    { x: target.x, y },
  ];
  return [{ state: state.id, dot, points }];
}
