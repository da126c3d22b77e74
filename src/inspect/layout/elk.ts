/**
 * Layout by ELK's layered method: nested states, edges across their borders, orthogonal lines and
 * room for labels. ELK stays on this side: only coordinates leave.
 */
import type { ELK, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import type { Chart, ChartState } from '../chart/chart.ts';
import type { Box, EdgePath, InitialArrow, Layout, Point, StateBox } from './layout.ts';
import { DOT_RADIUS, headSize, labelSize, MARGIN } from './sizes.ts';

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.padding': `[left=${MARGIN},top=${MARGIN},right=${MARGIN},bottom=${MARGIN}]`,
  'elk.randomSeed': '1',
  'elk.layered.edgeLabels.centerLabelPlacementStrategy': 'TAIL_LAYER',
  'elk.layered.edgeLabels.sideSelection': 'ALWAYS_UP',
  'elk.edgeLabels.placement': 'CENTER',
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.nodePlacement.favorStraightEdges': 'true',
  'elk.spacing.nodeNode': '24',
  'elk.spacing.edgeNode': '14',
  'elk.spacing.edgeEdge': '12',
  'elk.spacing.edgeLabel': '4',
  'elk.spacing.labelNode': '8',
  'elk.layered.spacing.nodeNodeBetweenLayers': '22',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
} as const;

/** ELK of this process, or undefined where the package is not installed. */
export async function loadElk(): Promise<ELK | undefined> {
  try {
    const { default: module } = await import('elkjs/lib/elk.bundled.js');
    return new module.default();
  } catch (error) {
    const missing = error instanceof Error && 'code' in error;
    if (missing && error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

export async function elkLayout(elk: ELK, chart: Chart): Promise<Layout> {
  const placed = await elk.layout(graphOf(chart));
  const boxes = new Map<string, Box>();
  collect(placed, boxes);
  const edges = new Map((placed.edges ?? []).map((edge) => [edge.id, edge]));
  return {
    machine: chart.machine,
    engine: 'elk',
    width: Math.ceil(placed.width ?? 0),
    height: Math.ceil(placed.height ?? 0),
    states: chart.states.map(({ id }, n): StateBox => ({ id, ...boxOf(boxes, `s${n}`) })),
    edges: chart.edges.map(({ id }, n): EdgePath => {
      const edge = edges.get(`e${n}`);
      return { id, points: pointsOf(edge), label: labelOf(edge) };
    }),
    initials: chart.states.flatMap(({ id, initial }, n): InitialArrow[] => {
      if (initial === '') return [];
      const { x, y } = boxOf(boxes, `d${n}`);
      const dot = { x: x + DOT_RADIUS, y: y + DOT_RADIUS };
      return [{ state: id, dot, points: pointsOf(edges.get(`i${n}`)) }];
    }),
  };
}

/** ELK sees numbers only: `s3` is the chart's state 3, `e5` its edge 5. */
function graphOf(chart: Chart): ElkNode {
  const numbers = new Map(chart.states.map(({ id }, n) => [id, n]));
  const nodes: ElkNode[] = chart.states.map((state, n) => nodeOf(state, n));
  const edges: ElkExtendedEdge[] = [];
  const name = (id: string): string => `s${numbers.get(id) ?? -1}`;
  chart.states.forEach((state, n) => {
    const parent = nodes[numbers.get(state.parent ?? '') ?? -1];
    const node = nodes[n];
    if (parent !== undefined && node !== undefined) parent.children?.push(node);
    if (state.initial === '') return;
    const size = 2 * DOT_RADIUS;
    node?.children?.push({ id: `d${n}`, width: size, height: size });
    edges.push({ id: `i${n}`, sources: [`d${n}`], targets: [name(state.initial)] });
  });
  chart.edges.forEach((edge, n) => {
    const labels = [{ text: 'x', ...labelSize(edge) }];
    edges.push({ id: `e${n}`, sources: [name(edge.source)], targets: [name(edge.target)], labels });
  });
  const root = nodes[0];
  const children = root === undefined ? [] : [root];
  return { id: 'chart', layoutOptions: OPTIONS, children, edges };
}

function nodeOf(state: ChartState, n: number): ElkNode {
  const { width, height } = headSize(state);
  if (state.children.length === 0) return { id: `s${n}`, width, height };
  const padding = `[left=18,top=${height + 8},right=18,bottom=18]`;
  const sizes = {
    'elk.padding': padding,
    'elk.nodeSize.constraints': 'MINIMUM_SIZE',
    'elk.nodeSize.minimum': `(${width},${height})`,
  };
  return { id: `s${n}`, children: [], layoutOptions: { ...OPTIONS, ...sizes } };
}

function collect(node: ElkNode, boxes: Map<string, Box>): void {
  const { id, x = 0, y = 0, width = 0, height = 0 } = node;
  boxes.set(id, rounded({ x, y, width, height }));
  for (const child of node.children ?? []) collect(child, boxes);
}

function boxOf(boxes: ReadonlyMap<string, Box>, id: string): Box {
  const box = boxes.get(id);
  if (box === undefined) throw new Error(`[hotrace bug] ELK placed no ${id}`);
  return box;
}

function pointsOf(edge: ElkExtendedEdge | undefined): Point[] {
  const sections = edge?.sections ?? [];
  if (sections.length === 0) throw new Error(`[hotrace bug] ELK drew no line ${edge?.id ?? ''}`);
  return sections.flatMap(({ startPoint, bendPoints, endPoint }) =>
    [startPoint, ...(bendPoints ?? []), endPoint].map(({ x, y }) => ({ x: round(x), y: round(y) })),
  );
}

function labelOf(edge: ElkExtendedEdge | undefined): Box {
  const { x = 0, y = 0, width = 0, height = 0 } = edge?.labels?.[0] ?? {};
  return rounded({ x, y, width, height });
}

function rounded({ x, y, width, height }: Box): Box {
  return { x: round(x), y: round(y), width: round(width), height: round(height) };
}

/** Hundredths of a pixel: ELK's sums of fractions would only lengthen what is shipped. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}
