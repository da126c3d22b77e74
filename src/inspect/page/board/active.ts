/** From the name of a state, as tuples spell it, to the boxes of the chart that are in it. */
import { type Chart, type ChartState, statesById } from '../../chart/chart.ts';

/**
 * Ids of all states that are active, outer ones included. A name is a path (`B.x`), or JSON where
 * regions run side by side (`B.{"p":"x","q":"y"}`); names may have dots of their own.
 */
export function activeStates(chart: Chart, name: string): ReadonlySet<string> {
  const states = statesById(chart);
  const active = new Set<string>();
  const root = states.get(chart.root);
  if (root !== undefined && name !== '') enter(root, name);
  return active;

  function enter(parent: ChartState, rest: string): void {
    if (rest.startsWith('{')) {
      for (const [child, inner] of regions(rest)) enterChild(parent, child, inner);
      return;
    }
    const children = parent.children.flatMap((id) => states.get(id) ?? []);
    const fits = children.filter((c) => rest === c.name || rest.startsWith(`${c.name}.`));
    const longest = fits.toSorted((a, b) => b.name.length - a.name.length)[0];
    if (longest !== undefined)
      enterChild(parent, longest.name, rest.slice(longest.name.length + 1));
  }

  function enterChild(parent: ChartState, name: string, rest: string): void {
    const child = parent.children.find((id) => states.get(id)?.name === name);
    const state = states.get(child ?? '');
    if (state === undefined) return;
    active.add(state.id);
    if (rest !== '') enter(state, rest);
  }
}

/** Regions with what is active in each, spelled again: a state's value is text or an object. */
function regions(json: string): (readonly [string, string])[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([name, inner]) => {
    return [name, typeof inner === 'string' ? inner : innerJson(inner)] as const;
  });
}

function innerJson(inner: unknown): string {
  return typeof inner === 'object' && inner !== null && Object.keys(inner).length > 0
    ? JSON.stringify(inner)
    : '';
}
