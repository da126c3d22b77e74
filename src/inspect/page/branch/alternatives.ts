/** Who else could have moved, and what is known of the search there: never more than it says. */
import type { InspectDocument } from '../../document/document.ts';
import { isPreemption } from '../run/preemptions.ts';
import type { Run } from '../run/run.ts';

export type Fate =
  /** It is what happened. */
  | 'taken'
  /** Searched with every continuation that the bound allows, or with one that is the same. */
  | 'explored'
  /** More preemptions than the bound allows. */
  | 'beyond-bound'
  /** The search ended before, or sampled: nothing is known. */
  | 'unknown';

export interface Alternative {
  readonly actor: number;
  readonly fate: Fate;
  /** Why, in words. */
  readonly why: string;
  /** It would interrupt an actor that could go on. */
  readonly preempts: boolean;
  /** Its next step in this run, which is what it would begin with; -1: it has none. */
  readonly next: number;
}

/** Bounds up to which a search saw everything, read from what it says of itself; -1: none. */
export function exhaustedBound(search: InspectDocument['search']): number {
  if (search === null || search.strategy !== 'dfs') return -1;
  const { guarantee, bound } = search;
  if (guarantee.startsWith('exhausted:')) return bound ?? Number.POSITIVE_INFINITY;
  const lower =
    /none with (\d+) or fewer/.exec(guarantee) ??
    /exhausted only up to preemption bound (\d+)/.exec(guarantee);
  return lower === null ? -1 : Number(lower[1]);
}

/** At a position, in the order of the actors; empty where it is not known who could move. */
export function alternativesAt(
  document: InspectDocument,
  preemptions: Uint32Array,
  position: number,
  nextStepOf: (actor: number, position: number) => number,
): Alternative[] {
  const { steps, actors } = document;
  const mask = steps.enabled[position] ?? 0;
  return actors.flatMap((_, actor) => {
    if ((mask & (1 << actor)) === 0) return [];
    const preempts = position > 0 && isPreemption(steps, position, actor);
    const needed = (preemptions[position] ?? 0) + (preempts ? 1 : 0);
    const isTaken = steps.actor[position] === actor;
    const [fate, why] = isTaken ? (['taken', 'this run'] as const) : fateOf(document, needed);
    return [{ actor, fate, why, preempts, next: nextStepOf(actor, position) }];
  });
}

/** As alternativesAt(), of a run. */
export function alternativesOf(run: Run, position: number): Alternative[] {
  const next = (actor: number, at: number): number => run.nextStepOf(actor, at);
  return alternativesAt(run.document, run.preemptions, position, next);
}

function fateOf({ search }: InspectDocument, needed: number): readonly [Fate, string] {
  if (search === null) return ['unknown', 'a recorded run: no search beside it'];
  const { strategy, bound } = search;
  if (strategy !== 'dfs') return ['unknown', `${strategy} samples: not known`];
  const exhausted = exhaustedBound(search);
  const count = `${needed} ${needed === 1 ? 'preemption' : 'preemptions'}`;
  if (needed <= exhausted) return ['explored', `${count}: all of them were searched`];
  if (bound !== null && needed > bound) return ['beyond-bound', `${count}, the bound is ${bound}`];
  return ['unknown', `${count}: the search ended before it had them all`];
}

/** A node of the tree around a position: one step, with how many others could have moved. */
export interface TreeNode {
  readonly step: number;
  readonly actor: number;
  readonly others: readonly number[];
}

export function treeAround(
  { steps, actors }: InspectDocument,
  from: number,
  to: number,
): TreeNode[] {
  const nodes: TreeNode[] = [];
  for (let step = Math.max(0, from); step < Math.min(steps.count, to); step++) {
    const actor = steps.actor[step] ?? 0;
    const mask = steps.enabled[step] ?? 0;
    const others = actors.flatMap((_, i) => {
      return i !== actor && (mask & (1 << i)) !== 0 ? [i] : [];
    });
    nodes.push({ step, actor, others });
  }
  return nodes;
}
