/** Statecharts in a document: what they are (chart.ts), where they lie (layout.ts). */
import * as z from 'zod/mini';
import type { Chart } from '../chart/chart.ts';
import type { Layout } from '../layout/layout.ts';

const TEXT = z.string();
const POINT = z.object({ x: z.number(), y: z.number() });
const BOX = z.object({ ...POINT.shape, width: z.number(), height: z.number() });

export const CHART = z.object({
  machine: TEXT,
  description: TEXT,
  root: TEXT,
  states: z.array(
    z.object({
      id: TEXT,
      name: TEXT,
      /** null: the root. */
      parent: z.nullable(TEXT),
      kind: z.enum(['atomic', 'compound', 'parallel', 'final', 'history']),
      children: z.array(TEXT),
      initial: TEXT,
      invokes: z.array(TEXT),
      description: TEXT,
    }),
  ),
  edges: z.array(
    z.object({
      id: TEXT,
      source: TEXT,
      target: TEXT,
      kind: z.enum(['event', 'always']),
      event: TEXT,
      guard: TEXT,
      targetless: z.boolean(),
      reenter: z.boolean(),
    }),
  ),
  events: z.array(TEXT),
});

export const LAYOUT = z.object({
  machine: TEXT,
  engine: z.enum(['elk', 'rows']),
  width: z.number(),
  height: z.number(),
  states: z.array(z.object({ ...BOX.shape, id: TEXT })),
  edges: z.array(z.object({ id: TEXT, points: z.array(POINT), label: BOX })),
  initials: z.array(z.object({ state: TEXT, dot: POINT, points: z.array(POINT) })),
});

/** JSON has no undefined: the root's parent is null there. */
export function chartJson(chart: Chart): z.infer<typeof CHART> {
  return {
    ...chart,
    states: chart.states.map((state) => ({
      ...state,
      parent: state.parent ?? null,
      children: [...state.children],
      invokes: [...state.invokes],
    })),
    edges: [...chart.edges],
    events: [...chart.events],
  };
}

export function chartFrom(json: z.infer<typeof CHART>): Chart {
  const states = json.states.map((state) => ({ ...state, parent: state.parent ?? undefined }));
  return { ...json, states };
}

export function layoutJson(layout: Layout): z.infer<typeof LAYOUT> {
  return {
    ...layout,
    states: [...layout.states],
    edges: layout.edges.map((edge) => ({ ...edge, points: [...edge.points] })),
    initials: layout.initials.map((arrow) => ({ ...arrow, points: [...arrow.points] })),
  };
}
