/** A chart as Graphviz DOT: nested states as clusters, edges cut at their borders. */
import { printable } from '../../topology/printable.ts';
import {
  type Chart,
  type ChartEdge,
  type ChartState,
  edgeLabel,
  statesById,
} from '../chart/chart.ts';

const HEAD = `  compound=true; rankdir=TB; fontname="Courier";
  node [shape=box, style=rounded, fontname="Courier", fontsize=11];
  edge [fontname="Courier", fontsize=9];`;

interface Drawing {
  readonly states: ReadonlyMap<string, ChartState>;
  readonly numbers: ReadonlyMap<string, number>;
}

export function dotOf(chart: Chart): string {
  const numbers = new Map(chart.states.map(({ id }, n) => [id, n]));
  const drawing: Drawing = { states: statesById(chart), numbers };
  const root = drawing.states.get(chart.root);
  const states = root === undefined ? [] : stateLines(drawing, root, '  ');
  const edges = chart.edges.map((edge) => edgeLine(drawing, edge));
  return [`digraph ${quoted(chart.machine)} {`, HEAD, ...states, ...edges, '}\n'].join('\n');
}

function stateLines(drawing: Drawing, state: ChartState, indent: string): string[] {
  const n = drawing.numbers.get(state.id) ?? -1;
  const label = quoted([state.name, ...state.invokes.map((name) => `${name}()`)].join('\n'));
  if (state.children.length === 0) {
    const border = state.kind === 'final' ? ', peripheries=2' : '';
    return [`${indent}s${n} [label=${label}${border}];`];
  }
  const isRegion = drawing.states.get(state.parent ?? '')?.kind === 'parallel';
  const lines = [`${indent}subgraph cluster_${n} {`];
  lines.push(`${indent}  label=${label}; style="rounded${isRegion ? ',dashed' : ''}";`);
  // The point is where the state begins, and what an edge of the state itself holds on to.
  const shape = state.initial === '' ? 'shape=point, style=invis' : 'shape=circle, style=filled';
  lines.push(`${indent}  d${n} [${shape}, label="", width=0.12];`);
  for (const id of state.children) {
    const child = drawing.states.get(id);
    if (child !== undefined) lines.push(...stateLines(drawing, child, `${indent}  `));
  }
  if (state.initial !== '') {
    const { node, cluster } = anchor(drawing, state.initial);
    lines.push(`${indent}  d${n} -> ${node}${cluster === '' ? '' : ` [lhead=${cluster}]`};`);
  }
  return [...lines, `${indent}}`];
}

/** The node that stands for a state, and its cluster if it has one. */
function anchor(drawing: Drawing, id: string): { readonly node: string; readonly cluster: string } {
  const n = drawing.numbers.get(id) ?? -1;
  const isNested = (drawing.states.get(id)?.children.length ?? 0) > 0;
  return isNested ? { node: `d${n}`, cluster: `cluster_${n}` } : { node: `s${n}`, cluster: '' };
}

function edgeLine(drawing: Drawing, edge: ChartEdge): string {
  const [from, to] = [anchor(drawing, edge.source), anchor(drawing, edge.target)];
  const attributes = [`label=${quoted(edgeLabel(edge))}`];
  // An edge must not end at a cluster that holds its other end: Graphviz would drop the clipping.
  if (from.cluster !== '' && from.cluster !== to.cluster) attributes.push(`ltail=${from.cluster}`);
  if (to.cluster !== '' && from.cluster !== to.cluster) attributes.push(`lhead=${to.cluster}`);
  if (edge.kind === 'always') attributes.push('style=dashed');
  return `  ${from.node} -> ${to.node} [${attributes.join(', ')}];`;
}

function quoted(text: string): string {
  const lines = text.split('\n').map((line) => printable(line).replace(/[\\"]/g, '\\$&'));
  return `"${lines.join('\\n')}"`;
}
