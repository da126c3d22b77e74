/**
 * A chart as SCXML (W3C Recommendation of 1 September 2015): eventless transitions without `event`,
 * invoked procedures as <invoke>. Guards are names of ours, not expressions, so they stand in our
 * own namespace, which the recommendation allows.
 */
import { type Chart, type ChartEdge, type ChartState, statesById } from '../chart/chart.ts';
import type { Written } from './written.ts';
import { xml, xmlComment, xmlId } from './xml.ts';

const OURS = 'urn:hotrace:scxml';

interface Writing {
  readonly states: ReadonlyMap<string, ChartState>;
  readonly bySource: ReadonlyMap<string, readonly (readonly ChartEdge[])[]>;
}

export function scxmlOf(chart: Chart): Written {
  const writing: Writing = { states: statesById(chart), bySource: transitionsOf(chart) };
  const root = writing.states.get(chart.root);
  if (root === undefined) throw new Error(`[hotrace bug] ${chart.machine} has no root`);
  const names = `xmlns="http://www.w3.org/2005/07/scxml" xmlns:hotrace="${OURS}"`;
  const start = ` version="1.0" datamodel="null" name="${xml(chart.machine)}"`;
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', xmlComment(`machine ${chart.machine}`)];
  // <scxml> itself has no transitions, and the root may: it is a state of its own within.
  lines.push(`<scxml ${names}${start} initial="${xmlId(root.id)}">`);
  lines.push(...stateLines(writing, root, '  '), '</scxml>\n');
  const guards = chart.edges.filter(({ guard }) => guard !== '').length;
  const notes = [
    ...(guards === 0 ? [] : [`${guards} guards are in hotrace:guard: SCXML has only expressions`]),
    ...(chart.edges.some(({ event }) => event.startsWith('xstate.after.'))
      ? ['delays are events named xstate.after...: SCXML would <send> them']
      : []),
    ...(chart.states.some(({ kind }) => kind === 'history')
      ? ['history states are written without their depth and default']
      : []),
  ];
  return { text: lines.join('\n'), notes };
}

/** Edges by source; those of one transition with several targets together. */
function transitionsOf(chart: Chart): Map<string, ChartEdge[][]> {
  const bySource = new Map<string, ChartEdge[][]>();
  for (const edge of chart.edges) {
    const mine = bySource.get(edge.source) ?? [];
    const last = mine.at(-1);
    const isFurther = !edge.id.endsWith(':0');
    if (isFurther && last !== undefined) last.push(edge);
    else mine.push([edge]);
    bySource.set(edge.source, mine);
  }
  return bySource;
}

const ELEMENTS = {
  atomic: 'state',
  compound: 'state',
  parallel: 'parallel',
  final: 'final',
  history: 'history',
} as const;

function stateLines(writing: Writing, state: ChartState, indent: string): string[] {
  const element = ELEMENTS[state.kind];
  const start = state.initial === '' ? '' : ` initial="${xmlId(state.initial)}"`;
  const open = `${indent}<${element} id="${xmlId(state.id)}"${start}`;
  const inner: string[] = [];
  const deeper = `${indent}  `;
  // A final state may neither have transitions nor invoke anything, and none of XState's does.
  for (const edges of writing.bySource.get(state.id) ?? []) {
    inner.push(transitionLine(writing, state, edges, deeper));
  }
  state.invokes.forEach((name, n) => {
    const id = xmlId(`${state.id}.invoke.${n}`);
    inner.push(`${deeper}<invoke id="${id}" type="${OURS}" src="#${xml(encoded(name))}"/>`);
  });
  for (const id of state.children) {
    const child = writing.states.get(id);
    if (child !== undefined) inner.push(...stateLines(writing, child, deeper));
  }
  if (inner.length === 0) return [`${open}/>`];
  return [`${open}>`, ...inner, `${indent}</${element}>`];
}

function encoded(text: string): string {
  // encodeURIComponent throws on half a character; toWellFormed replaces it.
  return encodeURIComponent(text.toWellFormed());
}

function transitionLine(
  writing: Writing,
  state: ChartState,
  edges: readonly ChartEdge[],
  indent: string,
): string {
  const [edge] = edges;
  if (edge === undefined) return '';
  const event = edge.kind === 'always' ? '' : ` event="${xml(eventName(writing, edge.event))}"`;
  const targets = edges.map(({ target }) => xmlId(target)).join(' ');
  const target = edge.targetless ? '' : ` target="${targets}"`;
  const inside = state.children.length > 0 && !edge.targetless && !edge.reenter;
  const type = inside ? ' type="internal"' : '';
  const guard = edge.guard === '' ? '' : ` hotrace:guard="${xml(edge.guard)}"`;
  return `${indent}<transition${event}${target}${type}${guard}/>`;
}

/** XState's names of done events in SCXML's words; a space would make two events of one. */
function eventName(writing: Writing, event: string): string {
  const done = /^xstate\.done\.state\.(.*)$/s.exec(event);
  if (done !== null && writing.states.has(done[1] ?? ''))
    return `done.state.${xmlId(done[1] ?? '')}`;
  if (event === '*' || event.endsWith('.*')) return event;
  return event.replace(/\s/g, '_');
}
