/** A chart's layout: by ELK where it is installed, else in rows. */
import type { Chart } from '../chart/chart.ts';
import { elkLayout, loadElk } from './elk.ts';
import type { Layout } from './layout.ts';
import { rowsLayout } from './rows.ts';

export type LayoutMaker = (chart: Chart) => Promise<Layout>;

/** Loads ELK once for as many charts as come. */
export async function layoutMaker(load = loadElk): Promise<LayoutMaker> {
  const elk = await load();
  return async (chart) => {
    if (elk === undefined) return rowsLayout(chart);
    try {
      return await elkLayout(elk, chart);
    } catch {
      // ELK 0.12 throws its own TypeErrors on some nested graphs; a plain picture beats none.
      return rowsLayout(chart);
    }
  };
}
