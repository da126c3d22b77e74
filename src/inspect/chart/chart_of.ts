/**
 * A machine as a chart. XState's own toDirectedGraph() walks `transitions` only and so has neither
 * eventless transitions nor initial arrows: this walks the nodes itself.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { type Chart, type ChartEdge, type ChartState, edgeId } from './chart.ts';

/** XState's transition objects; the inspection of a running actor hands out the very same ones. */
export type TransitionObject = object;

interface Walk {
  readonly states: ChartState[];
  readonly edges: ChartEdge[];
  readonly ids: Map<TransitionObject, string[]>;
}

/** Pure: the machine is read, no actor is made. */
export function chartOf(machine: AnyStateMachine): Chart {
  const { states, edges } = walk(machine);
  const events = [...new Set(edges.flatMap(({ kind, event }) => (kind === 'event' ? event : [])))];
  const { root } = machine;
  return {
    machine: machine.id,
    description: textOf(root.description),
    root: root.id,
    states,
    edges,
    events,
  };
}

/** Ids of the edges that each transition object of a machine stands for. */
export function edgeIdsOf(
  machine: AnyStateMachine,
): ReadonlyMap<TransitionObject, readonly string[]> {
  return walk(machine).ids;
}

function walk(machine: AnyStateMachine): Walk {
  const found: Walk = { states: [], edges: [], ids: new Map() };
  visit(machine.root, found);
  return found;
}

function visit(node: AnyStateNode, found: Walk): void {
  found.states.push(stateOf(node));
  for (const [event, transitions] of node.transitions) {
    for (const [nth, one] of transitions.entries()) addEdges(found, node.id, one, event, nth);
  }
  for (const [nth, one] of (node.always ?? []).entries()) {
    addEdges(found, node.id, one, undefined, nth);
  }
  for (const child of childrenOf(node)) visit(child, found);
}

function childrenOf(node: AnyStateNode): AnyStateNode[] {
  return Object.values(node.states);
}

function stateOf(node: AnyStateNode): ChartState {
  return {
    id: node.id,
    name: node.key,
    parent: node.parent?.id,
    kind: node.type,
    children: childrenOf(node).map(({ id }) => id),
    initial: node.type === 'compound' ? (node.initial.target[0]?.id ?? '') : '',
    invokes: node.invoke.map(({ src }) => (typeof src === 'string' ? src : 'inline')),
    description: textOf(node.description),
  };
}

/** A transition as far as a chart shows it. */
interface TransitionLike {
  readonly target: readonly AnyStateNode[] | undefined;
  readonly guard?: unknown;
  readonly reenter: boolean;
}

function addEdges(
  found: Walk,
  source: string,
  transition: TransitionLike,
  event: string | undefined,
  nth: number,
): void {
  const kind = event === undefined ? 'always' : 'event';
  const targets = transition.target ?? [];
  const ids: string[] = [];
  for (let index = 0; index < Math.max(1, targets.length); index++) {
    const id = edgeId(source, kind, event ?? '', nth, index);
    ids.push(id);
    found.edges.push({
      id,
      source,
      target: targets[index]?.id ?? source,
      kind,
      event: event ?? '',
      guard: guardName(transition.guard),
      targetless: targets.length === 0,
      reenter: transition.reenter,
    });
  }
  found.ids.set(transition, ids);
}

function guardName(guard: unknown): string {
  if (guard === undefined || guard === null) return '';
  if (typeof guard === 'string') return guard;
  if (typeof guard === 'function') return guard.name === '' ? 'inline' : guard.name;
  return typeof guard === 'object' && 'type' in guard ? String(guard.type) : 'inline';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
