/** All formats by name. */
import type { AnyStateMachine } from 'xstate';
import { chartOf } from '../chart/chart_of.ts';
import { type Coverage, edgeCounts } from '../coverage/coverage.ts';
import { type LayoutMaker, layoutMaker } from '../layout/layout_of.ts';
import { dotOf } from './dot.ts';
import { mermaidOf } from './mermaid.ts';
import { scxmlOf } from './scxml.ts';
import { svgOf } from './svg.ts';
import type { Written } from './written.ts';
import { xstateJsonOf } from './xstate_json.ts';

export const FORMATS = {
  svg: '.svg',
  mermaid: '.mmd',
  dot: '.dot',
  scxml: '.scxml',
  'xstate-json': '.xstate.json',
  json: '.json',
} as const;

export type Format = keyof typeof FORMATS;

export type Writer = (machine: AnyStateMachine) => Promise<Written>;

/**
 * What writes machines in a format; a layout engine is loaded only where one is needed. Pictures
 * can show coverage.
 */
export async function writerOf(format: Format, coverage?: Coverage): Promise<Writer> {
  if (format === 'svg') {
    const layout = await layoutMaker();
    return (machine) => svgWritten(machine, layout, coverage);
  }
  return (machine) => Promise.resolve(textWritten(machine, format));
}

async function svgWritten(
  machine: AnyStateMachine,
  layout: LayoutMaker,
  coverage: Coverage | undefined,
): Promise<Written> {
  const chart = chartOf(machine);
  const placed = await layout(chart);
  if (coverage === undefined) return { text: svgOf(chart, placed), notes: [] };
  if (coverage.machines.some((one) => one.machine === machine.id)) {
    return { text: svgOf(chart, placed, edgeCounts(machine, coverage)), notes: [] };
  }
  return { text: svgOf(chart, placed), notes: ['no run of the coverage had this machine'] };
}

function textWritten(machine: AnyStateMachine, format: Exclude<Format, 'svg'>): Written {
  switch (format) {
    case 'mermaid':
      return mermaidOf(chartOf(machine));
    case 'dot':
      return { text: dotOf(chartOf(machine)), notes: [] };
    case 'scxml':
      return scxmlOf(chartOf(machine));
    case 'xstate-json':
      return xstateJsonOf(machine);
    case 'json':
      return { text: `${JSON.stringify(chartOf(machine), undefined, 2)}\n`, notes: [] };
    default:
      throw new Error(`[hotrace bug] format ${String(format)}`);
  }
}
