/**
 * A statechart as plain data: what diagrams are drawn from and what the page colours. Ids stay the
 * same as long as the machine's configuration does.
 */

export type StateKind = 'atomic' | 'compound' | 'parallel' | 'final' | 'history';

export interface ChartState {
  /** XState's id of the node: `eehd.P5`, or what the configuration calls it. */
  readonly id: string;
  /** Its name within its parent: `P5`. */
  readonly name: string;
  readonly parent: string | undefined;
  readonly kind: StateKind;
  /** Children, in the configuration's order. */
  readonly children: readonly string[];
  /** Where a compound state begins, '' where it does not say. */
  readonly initial: string;
  /** Names of what it invokes (`invoke.src`). */
  readonly invokes: readonly string[];
  readonly description: string;
}

export type EdgeKind = 'event' | 'always';

export interface ChartEdge {
  /** `stateId:EVENT:targetIndex`, `stateId:always:targetIndex`; see edgeId(). */
  readonly id: string;
  readonly source: string;
  /** The source itself for a transition without a target. */
  readonly target: string;
  readonly kind: EdgeKind;
  /** '' for an eventless transition. */
  readonly event: string;
  /** Name of its guard, '' without one. */
  readonly guard: string;
  /** No target: it leaves no state and enters none. */
  readonly targetless: boolean;
  /** The source is left and entered again although the target lies within it. */
  readonly reenter: boolean;
}

export interface Chart {
  readonly machine: string;
  readonly description: string;
  /** Id of the root, which is a state as any other. */
  readonly root: string;
  /** Parents before children, in the configuration's order. */
  readonly states: readonly ChartState[];
  readonly edges: readonly ChartEdge[];
  /** Names of all events, in order of their first use. */
  readonly events: readonly string[];
}

/**
 * The id of an edge. `nth` counts transitions of one state for one event, `targetIndex` the targets
 * of one transition. What separates the parts is spelled out in an event's name, and an event that
 * is called `always` too, so that no two edges share an id.
 */
export function edgeId(
  source: string,
  kind: EdgeKind,
  event: string,
  nth: number,
  targetIndex: number,
): string {
  const spelled = event.replace(/[%:#]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  const name = kind === 'always' ? 'always' : spelled.replace(/^always$/, '%61lways');
  return `${source}:${name}${nth === 0 ? '' : `#${nth}`}:${targetIndex}`;
}

/** What stands on an edge: its event, its guard in brackets. */
export function edgeLabel(edge: ChartEdge): string {
  const guard = edge.guard === '' ? '' : ` [${edge.guard}]`;
  return `${edge.kind === 'always' ? 'always' : eventText(edge.event)}${guard}`;
}

/** XState's own events in words: `xstate.done.state.m` is `done`, `xstate.after.5.m` `after 5`. */
function eventText(event: string): string {
  if (event.startsWith('xstate.done.')) return 'done';
  if (event.startsWith('xstate.error.')) return 'error';
  const after = /^xstate\.after\.([^.]+)\./.exec(event);
  return after === null ? event : `after ${after[1]}`;
}

/** States by id. */
export function statesById(chart: Chart): ReadonlyMap<string, ChartState> {
  return new Map(chart.states.map((state) => [state.id, state]));
}

/** A state's ancestors, the nearest first. */
export function ancestors(states: ReadonlyMap<string, ChartState>, id: string): string[] {
  const found: string[] = [];
  for (let at = states.get(id)?.parent; at !== undefined; at = states.get(at)?.parent) {
    found.push(at);
  }
  return found;
}
