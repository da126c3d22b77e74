/** What it costs to let another actor move, and whether the search went that far. */
import type { Run } from './run.ts';

/** Switches up to a position that took the turn from an actor that could have gone on. */
function preemptionsUpTo(run: Run, position: number): number {
  return run.switches.filter((step) => step < position && isPreemption(run, step)).length;
}

/** The actor that had moved last could have moved at this position. */
function isPreemption(run: Run, position: number): boolean {
  const before = run.document.steps.actor[position - 1];
  return before !== undefined && run.enabled(position).includes(before);
}

/** What the search did with an alternative, in words. */
export function alternativeText(run: Run, position: number, actor: number): string {
  const { search, steps } = run.document;
  const before = steps.actor[position - 1];
  const costs = before !== undefined && before !== actor && isPreemption(run, position) ? 1 : 0;
  const cost = preemptionsUpTo(run, position) + costs;
  const what = costs === 1 ? `preemption ${cost}` : 'a switch that costs no preemption';
  if (search === null || search.strategy !== 'dfs') return what;
  if (search.bound !== null && cost > search.bound) return `${what}: beyond bound ${search.bound}`;
  return run.document.finding === null
    ? `${what}: searched, or merged with a state that was`
    : `${what}: within the bound; the search ended at its first violation`;
}
