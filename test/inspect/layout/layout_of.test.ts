import { describe, expect, test } from 'vitest';
import { knownMachines } from '../../../src/cli/diagram_machines.ts';
import { ancestors, type Chart, statesById } from '../../../src/inspect/chart/chart.ts';
import { chartOf } from '../../../src/inspect/chart/chart_of.ts';
import { loadElk } from '../../../src/inspect/layout/elk.ts';
import type { Box, Layout, Point } from '../../../src/inspect/layout/layout.ts';
import { layoutMaker } from '../../../src/inspect/layout/layout_of.ts';
import { rowsLayout } from '../../../src/inspect/layout/rows.ts';
import { hostile, nested, regions } from '../machines.ts';

const machines = [nested, regions, hostile, ...(await knownMachines()).values()];
const charts = machines.map(chartOf);
const elk = await layoutMaker();

/** A box's edge may touch another's. */
function overlap(a: Box, b: Box): boolean {
  const apart = (from: number, size: number, to: number, other: number): boolean =>
    from + size <= to + 0.5 || to + other <= from + 0.5;
  return !apart(a.x, a.width, b.x, b.width) && !apart(a.y, a.height, b.y, b.height);
}

function onBorder({ x, y }: Point, box: Box): boolean {
  const near = (a: number, b: number): boolean => Math.abs(a - b) < 1;
  const within = (at: number, from: number, size: number): boolean =>
    at > from - 1 && at < from + size + 1;
  const sides = near(x, box.x) || near(x, box.x + box.width);
  const ends = near(y, box.y) || near(y, box.y + box.height);
  return (sides && within(y, box.y, box.height)) || (ends && within(x, box.x, box.width));
}

function boxes(chart: Chart, layout: Layout): Map<string, Box> {
  expect(layout.states.map(({ id }) => id)).toEqual(chart.states.map(({ id }) => id));
  return new Map(layout.states.map((box) => [box.id, box]));
}

/** What is wrong with a drawing, in words. */
function faults(chart: Chart, layout: Layout): string[] {
  const states = statesById(chart);
  const placed = boxes(chart, layout);
  const whole = { x: 0, y: 0, width: layout.width, height: layout.height };
  const inside = (a: Box, b: Box): boolean =>
    a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;
  const found: string[] = [];
  for (const { id, parent, children } of chart.states) {
    const box = placed.get(id);
    if (box === undefined) continue;
    if (!inside(box, placed.get(parent ?? '') ?? whole)) found.push(`${id} sticks out`);
    for (const [other, its] of placed) {
      const above = [id, ...ancestors(states, id)];
      if (above.includes(other) || ancestors(states, other).includes(id)) continue;
      if (overlap(box, its)) found.push(`${id} lies on ${other}`);
    }
    for (const edge of layout.edges) {
      if (children.length === 0 && overlap(edge.label, box)) found.push(`${edge.id} on ${id}`);
    }
  }
  layout.edges.forEach(({ id, label, points }, n) => {
    const edge = chart.edges[n];
    const [source, target] = [placed.get(edge?.source ?? ''), placed.get(edge?.target ?? '')];
    const [first, last] = [points[0], points.at(-1)];
    if (!inside(label, whole)) found.push(`label of ${id} sticks out`);
    if (!source || !first || !onBorder(first, source)) found.push(`${id} begins in the air`);
    if (!target || !last || !onBorder(last, target)) found.push(`${id} ends in the air`);
    for (const other of layout.edges.slice(n + 1)) {
      if (overlap(label, other.label)) found.push(`label of ${id} on that of ${other.id}`);
    }
    points.slice(1).forEach((point, i) => {
      const before = points[i];
      const [dx, dy] = [point.x - (before?.x ?? 0), point.y - (before?.y ?? 0)];
      if (Math.min(Math.abs(dx), Math.abs(dy)) > 0.05) found.push(`${id} is not orthogonal`);
    });
  });
  return found;
}

describe('by ELK', () => {
  test.each(charts.map((chart) => [chart.machine, chart] as const))('%j', async (_, chart) => {
    const layout = await elk(chart);
    expect(layout.engine).toBe('elk');
    expect(faults(chart, layout)).toEqual([]);
    expect(layout.initials.length).toBe(chart.states.filter((s) => s.initial !== '').length);
  });

  test('the same chart gets the same coordinates, whatever was laid out between', async () => {
    const [first, second] = [await elk(chartOf(nested)), await elk(chartOf(regions))];
    expect(await elk(chartOf(nested))).toEqual(first);
    expect(await (await layoutMaker())(chartOf(regions))).toEqual(second);
  });
});

describe('in rows, without ELK', () => {
  test.each(charts.map((chart) => [chart.machine, chart] as const))('%j', (_, chart) => {
    const layout = rowsLayout(chart);
    expect(faults(chart, layout)).toEqual([]);
    expect(rowsLayout(chart)).toEqual(layout);
  });
});

test('without ELK, or where it fails, a chart is laid out in rows', async () => {
  const chart = chartOf(nested);
  const without = await layoutMaker(() => Promise.resolve(undefined));
  expect(await without(chart)).toEqual(rowsLayout(chart));
  const loaded = await loadElk();
  if (loaded === undefined) throw new Error('elkjs is a dependency');
  const layout = (): Promise<never> => Promise.reject(new TypeError('of ELK itself'));
  const failing = await layoutMaker(() => Promise.resolve(Object.assign(loaded, { layout })));
  expect(await failing(chart)).toEqual(rowsLayout(chart));
});
