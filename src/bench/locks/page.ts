/** A result as one page of charts: nothing is loaded, nothing runs. */
import {
  type Axis,
  barChart,
  COLOURS,
  escaped,
  lineChart,
  logAxis,
  type Point,
  type Series,
} from './chart.ts';
import { median } from './environment.ts';
import { LogHistogram, upperNs } from './histogram.ts';
import { METRICS, type MetricId, metricOf, shown } from './metrics.ts';
import { type BenchResult, type CellResult, valuesOf } from './result.ts';
import { spread } from './statistics.ts';

export function benchPage(result: BenchResult): string {
  const parts = [
    heading(result),
    ...shapesOf(result.cells).map(throughputChart),
    ...groupsOf(result.cells).flatMap(groupCharts),
    '<h2>All figures</h2>',
    '<p>Medians over the rounds, with the least and the most.</p>',
    ...groupsOf(result.cells).map(figuresTable),
    failedTable(result),
  ];
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>hotrace bench</title>
<style>
${style()}
</style>
</head>
<body>
${parts.filter((part) => part !== '').join('\n')}
</body>
</html>
`;
}

/** Readable on both grounds. */
const LIGHT = [
  '#1f6fb4 #c4501b #2f7d32 #b3262e #6f42a8',
  '#8a5a12 #b02d84 #59636e #7a7a00 #00788a',
];
const DARK = ['#6cb2f5 #ff9a5c #7ccf7f #ff8080 #c3a1f5', '#dcae5f #f58ad0 #aab4be #d6d65a #5fd0e0'];

function style(): string {
  const colours = (list: readonly string[]): string =>
    list
      .join(' ')
      .split(' ')
      .map((colour, i) => `--c${i}:${colour}`)
      .join(';');
  const each = (text: (i: number) => string): string =>
    Array.from({ length: COLOURS }, (_, i) => text(i)).join('');
  return `:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--grid:#d8dde3;${colours(LIGHT)}}
@media (prefers-color-scheme:dark){
:root{--ink:#e6e9ed;--paper:#14171b;--grid:#3a4149;${colours(DARK)}}}
body{margin:2rem auto;max-width:62rem;padding:0 1rem;font:15px/1.5 system-ui,sans-serif;
color:var(--ink);background:var(--paper)}
h1,h2{line-height:1.2} svg{display:block;width:100%;height:auto;margin:1rem 0 2rem}
svg text{font:12px system-ui,sans-serif;fill:var(--ink)} .grid{stroke:var(--grid);fill:none}
svg g path{fill:none;stroke-width:2} .dashed path{stroke-dasharray:5 4}
${each((i) => `.s${i} path{stroke:var(--c${i})}.s${i} circle{fill:var(--c${i})}`)}
${each((i) => `.b${i}{fill:var(--c${i})}`)}
.table{overflow-x:auto} table{border-collapse:collapse;font-size:13px}
caption{text-align:left;font-weight:600;padding:.5rem 0}
th,td{padding:.15rem .6rem;text-align:right;border-bottom:1px solid var(--grid);white-space:nowrap}
th:first-child,td:first-child{text-align:left} .noisy{font-weight:600}`;
}

function heading({ environment: env, noise, pinned, native, rounds }: BenchResult): string {
  const machine = `${env.cpu}, ${env.cores} CPUs, load ${env.load1}; node ${env.node}`;
  const pins = pinned ? 'threads pinned' : 'not pinned';
  const how = `V8 ${env.v8}, ${env.platform}; native ${native}, ${pins}`;
  const notes = noise.map((note) => `<p class="noisy">Noisy: ${escaped(note)}.</p>`);
  return `<h1>Locks on real threads</h1>
<p>${escaped(`${machine}, ${how}; ${rounds} rounds`)}.</p>
${notes.join('\n')}`;
}

/** Cells with the same sections, whatever their threads. */
function shapesOf(cells: readonly CellResult[]): CellResult[][] {
  return grouped(cells, ({ inside, outside }) => `${inside} ${outside}`);
}

function groupsOf(cells: readonly CellResult[]): CellResult[][] {
  return grouped(cells, ({ threads, inside, outside }) => `${threads} ${inside} ${outside}`);
}

function grouped(cells: readonly CellResult[], key: (cell: CellResult) => string): CellResult[][] {
  const groups = new Map<string, CellResult[]>();
  for (const cell of cells) groups.set(key(cell), [...(groups.get(key(cell)) ?? []), cell]);
  return [...groups.values()];
}

function describe({ inside, outside }: CellResult): string {
  const writes = inside === 1 ? 'one write' : `${inside} writes`;
  return `${writes} inside, ${outside} steps outside`;
}

function throughputChart(cells: readonly CellResult[]): string {
  const [first] = cells;
  if (first === undefined) return '';
  const points = (list: readonly CellResult[]): Point[] =>
    list.flatMap((cell) => {
      const found = spread(valuesOf(cell, 'throughput'));
      if (found === undefined) return [];
      const { median: y, min: low, max: high } = found;
      const range = `${shown(y, 'M/s')} M/s [${shown(low, 'M/s')}..${shown(high, 'M/s')}]`;
      return [
        { x: cell.oversubscription, y, low, high, text: `${cell.threads} threads, ${range}` },
      ];
    });
  const series = grouped(cells, ({ lock }) => lock).map((list): Series => {
    return { name: list[0]?.lock ?? '', points: points(list) };
  });
  const all = series.flatMap((one) => one.points);
  const places = [...new Set(all.map(({ x }) => x))].sort((a, b) => a - b);
  const x: Axis = {
    label: 'threads / CPUs',
    log: true,
    min: places[0] ?? 1,
    max: places.at(-1) ?? 1,
    ticks: places.map((at) => ({ at, text: `${at}x` })),
  };
  const values = all.flatMap(({ y, low = y, high = y }) => [y, low, high]);
  const y = logAxis('million acquisitions a second', values, (value) => shown(value, 'M/s'));
  const title = `Throughput against oversubscription: ${describe(first)}`;
  return `<h2>${escaped(title)}</h2>\n${lineChart({ title, x, y, series })}`;
}

/** Percentiles of the latency curves: each tick is ten times rarer than the one before. */
const RARITIES = [
  1, 2, 4, 10, 20, 40, 100, 200, 400, 1000, 2000, 4000, 10_000, 20_000, 40_000, 1e5,
];

function groupCharts(cells: readonly CellResult[]): string[] {
  const [first] = cells;
  if (first === undefined) return [];
  const plural = first.threads === 1 ? 'thread' : 'threads';
  const where = `${first.threads} ${plural} (${first.oversubscription}x), ${describe(first)}`;
  const charts: string[] = [];
  const timed = cells.filter((cell) => cell.latency.length > 0);
  if (timed.length > 0) charts.push(latencyChart(timed, `Time to acquire: ${where}`));
  const fair = cells.filter((cell) => valuesOf(cell, 'jain').length > 0);
  if (fair.length > 0) charts.push(fairnessChart(fair, `Fairness: ${where}`));
  return charts;
}

function latencyChart(cells: readonly CellResult[], title: string): string {
  const series = cells.map((cell): Series => {
    const histogram = LogHistogram.from(cell.latency);
    const enough = RARITIES.filter((rarity) => rarity <= Math.max(1, histogram.total / 4));
    return {
      name: cell.lock,
      points: enough.map((rarity) => {
        const y = histogram.percentile(1 - 1 / rarity);
        return { x: rarity, y, text: `${percentText(rarity)}: ${shown(y, 'ns')}` };
      }),
    };
  });
  const ticks = [1, 10, 100, 1000, 10_000, 1e5].map((at) => ({ at, text: percentText(at) }));
  const x: Axis = { label: 'percentile', log: true, min: 1, max: 1e5, ticks };
  const values = cells.flatMap(({ latency }) => latency.map(([bucket]) => upperNs(bucket)));
  const y = logAxis('time to acquire', values, (value) => shown(value, 'ns'));
  return `<h2>${escaped(title)}</h2>\n${lineChart({ title, x, y, series })}`;
}

function percentText(rarity: number): string {
  return rarity === 1 ? 'least' : `p${Number((100 * (1 - 1 / rarity)).toFixed(4))}`;
}

function fairnessChart(cells: readonly CellResult[], title: string): string {
  const of = (cell: CellResult, id: MetricId): number => median(valuesOf(cell, id));
  const rows = cells
    .toSorted((a, b) => of(b, 'jainShort') - of(a, 'jainShort'))
    .map((cell) => ({
      name: cell.lock,
      bars: (['jain', 'jainShort'] as const).map((id) => {
        return { share: of(cell, id), text: shown(of(cell, id), '') };
      }),
    }));
  const names = ["Jain's index, whole run", 'windows of 64 each'];
  return `<h2>${escaped(title)}</h2>\n${barChart(title, names, rows)}`;
}

function figuresTable(cells: readonly CellResult[]): string {
  const [first] = cells;
  if (first === undefined) return '';
  const columns = METRICS.filter(({ id }) => cells.some((cell) => valuesOf(cell, id).length > 0));
  const head = ['lock', ...columns.map(({ title }) => title)];
  const rows = cells.map((cell) => [
    `${cell.lock}${cell.kind === 'readers-writer' ? ` (${cell.writes} % write)` : ''}`,
    ...columns.map(({ id }) => figure(cell, id)),
  ]);
  return table(`${first.threads} threads, ${describe(first)}`, head, rows);
}

function figure(cell: CellResult, id: MetricId): string {
  const found = spread(valuesOf(cell, id));
  if (found === undefined) return '';
  const { unit } = metricOf(id);
  const [middle, low, high] = [found.median, found.min, found.max].map((v) => shown(v, unit));
  return low === high ? `${middle}` : `${middle} [${low}..${high}]`;
}

function failedTable({ failed }: BenchResult): string {
  if (failed.length === 0) return '';
  const rows = failed.map(({ lock, threads, why }) => [lock, String(threads), why]);
  return table('Failed their checks, so without figures', ['lock', 'threads', 'why'], rows);
}

function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  const body = rows.map((row) => line(row, 'td')).join('\n');
  return `<div class="table"><table><caption>${escaped(caption)}</caption>
<thead>${line(head, 'th')}</thead>
<tbody>
${body}
</tbody></table></div>`;
}
