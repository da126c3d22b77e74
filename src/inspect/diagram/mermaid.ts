/**
 * A chart as Mermaid's stateDiagram-v2. Mermaid draws no transition across the border of a state
 * (mermaid#1291), none in a region of parallel states that touches a nested one (#4052) and no
 * composite state that points at itself; such a transition stands in a note instead.
 */
import { printable } from '../../topology/printable.ts';
import {
  ancestors,
  type Chart,
  type ChartEdge,
  type ChartState,
  edgeLabel,
  statesById,
} from '../chart/chart.ts';
import type { Written } from './written.ts';

/** Words of Mermaid's grammar, in any case: a state of that name gets another id. */
const RESERVED =
  /^(as|class|classdef|click|direction|end|fork|hide|href|join|note|scale|state|style)$|^default/i;

interface Drawing {
  readonly states: ReadonlyMap<string, ChartState>;
  readonly ids: ReadonlyMap<string, string>;
  /** Edges by the state in whose body they are written. */
  readonly inside: ReadonlyMap<string, readonly ChartEdge[]>;
}

export function mermaidOf(chart: Chart): Written {
  const states = statesById(chart);
  const inside = new Map<string, ChartEdge[]>();
  const told: ChartEdge[] = [];
  for (const edge of chart.edges) {
    const home = homeOf(states, edge);
    if (home === undefined) told.push(edge);
    else inside.set(home, [...(inside.get(home) ?? []), edge]);
  }
  const drawing: Drawing = { states, ids: idsOf(chart), inside };
  const root = states.get(chart.root);
  const lines = ['stateDiagram-v2', `  %% ${comment(chart.machine)}`];
  // Regions can be told apart within a state only (mermaid#3733).
  const isFramed = root?.kind === 'parallel';
  if (root !== undefined) lines.push(...(isFramed ? stateLines : bodyOf)(drawing, root, '  '));
  const notes = told.map((edge) => noteText(states, edge));
  const first = chart.states.find(({ parent }) => parent === chart.root);
  if (notes.length > 0 && first !== undefined) {
    lines.push(`  note right of ${drawing.ids.get(first.id) ?? ''}`);
    lines.push(...notes.map((text) => `    ${escaped(text)}`), '  end note');
  }
  const hints = notes.map((text) => `Mermaid cannot draw ${text}: it stands in a note`);
  return { text: `${lines.join('\n')}\n`, notes: hints };
}

/** The state in whose body an edge can be drawn: its ends are both children of it. */
function homeOf(states: ReadonlyMap<string, ChartState>, edge: ChartEdge): string | undefined {
  const [source, target] = [states.get(edge.source), states.get(edge.target)];
  if (source?.parent === undefined || source.parent !== target?.parent) return undefined;
  const isNested = source.children.length > 0 || target.children.length > 0;
  if (isNested && source.id === target.id) return undefined;
  const above = ancestors(states, source.id);
  const inRegion = above.some((id) => states.get(id)?.kind === 'parallel');
  return inRegion && isNested ? undefined : source.parent;
}

function idsOf(chart: Chart): Map<string, string> {
  const ids = new Map<string, string>();
  const taken = new Set<string>();
  for (const { id, name } of chart.states) {
    const plain = /^[A-Za-z]\w*$/.test(name) && !RESERVED.test(name) ? name : `s_${name}`;
    const wanted = plain.replace(/\W/gu, '_');
    let found = wanted;
    for (let n = 2; taken.has(found.toLowerCase()); n++) found = `${wanted}_${n}`;
    taken.add(found.toLowerCase());
    ids.set(id, found);
  }
  return ids;
}

function bodyOf(drawing: Drawing, state: ChartState, indent: string): string[] {
  const lines: string[] = [];
  const { ids } = drawing;
  if (state.initial !== '' && drawing.states.get(state.initial)?.parent === state.id) {
    lines.push(`${indent}[*] --> ${ids.get(state.initial) ?? ''}`);
  }
  state.children.forEach((id, n) => {
    if (n > 0 && state.kind === 'parallel') lines.push(`${indent}--`);
    const child = drawing.states.get(id);
    if (child !== undefined) lines.push(...stateLines(drawing, child, indent));
  });
  for (const edge of drawing.inside.get(state.id) ?? []) {
    const ends = `${ids.get(edge.source) ?? ''} --> ${ids.get(edge.target) ?? ''}`;
    lines.push(`${indent}${ends} : ${escaped(edgeLabel(edge))}`);
  }
  return lines;
}

function stateLines(drawing: Drawing, state: ChartState, indent: string): string[] {
  const id = drawing.ids.get(state.id) ?? '';
  const label = [state.name, ...state.invokes.map((name) => `${name}()`)].map(escaped);
  const lines: string[] = [];
  if (label.length > 1 || id !== state.name) {
    lines.push(`${indent}state "${label.join('<br/>')}" as ${id}`);
  }
  if (state.children.length > 0) {
    lines.push(`${indent}state ${id} {`, ...bodyOf(drawing, state, `${indent}  `), `${indent}}`);
  } else if (lines.length === 0) {
    lines.push(`${indent}${id}`);
  }
  if (state.kind === 'final') lines.push(`${indent}${id} --> [*]`);
  return lines;
}

function noteText(states: ReadonlyMap<string, ChartState>, edge: ChartEdge): string {
  const path = (id: string): string => {
    const names = [id, ...ancestors(states, id)].map((one) => states.get(one)?.name ?? one);
    return names
      .slice(0, Math.max(1, names.length - 1))
      .reverse()
      .join('.');
  };
  return `${path(edge.source)} to ${path(edge.target)} on ${edgeLabel(edge)}`;
}

/** Mermaid's entity codes for whatever its grammar, or the page around it, might read. */
function escaped(text: string): string {
  return printable(text).replace(/[^\w ().,/[\]+*-]|--/gu, (found) =>
    [...found].map((c) => `#${c.codePointAt(0) ?? 0};`).join(''),
  );
}

function comment(text: string): string {
  return printable(text).replace(/[^\w .-]/gu, '_');
}
