/** A benchmark's result as text. */
import { type Compared, SLOW_NS } from '../bench/locks/compare.ts';
import { median } from '../bench/locks/environment.ts';
import { type MetricId, metricOf, shown } from '../bench/locks/metrics.ts';
import { type BenchResult, type CellResult, valuesOf } from '../bench/locks/result.ts';
import { spread } from '../bench/locks/statistics.ts';
import { count, type Output, paint, table } from './output.ts';

/** A thread that spins and has a CPU of its own should have had it all the time. */
const SHARE_MIN = 0.85;

export function printBench(result: BenchResult, columns: readonly MetricId[], output: Output) {
  printHead(result, output);
  for (const cells of groupsOf(result)) {
    output.print('');
    output.print(paint(output, 'bold', headingOf(cells)));
    output.print(table(rowsOf(cells, columns), '  '));
  }
  printFailed(result, output);
}

export function printLockStat(result: BenchResult, output: Output): void {
  printHead(result, output);
  const head = [
    'class name',
    'con-bounces',
    'contentions',
    'waittime-min',
    'waittime-max',
    'waittime-total',
    'waittime-avg',
    'acq-bounces',
    'acquisitions',
    'holdtime-min',
    'holdtime-max',
    'holdtime-total',
    'holdtime-avg',
  ];
  for (const cells of groupsOf(result)) {
    output.print('');
    output.print(paint(output, 'bold', `${headingOf(cells)}; times in us`));
    const sorted = cells.toSorted((a, b) => b.stat.contentions - a.stat.contentions);
    output.print(table([head, ...sorted.map(lockStatRow)], '  '));
  }
  printFailed(result, output);
}

function lockStatRow({ lock, stat }: CellResult): string[] {
  const us = (ns: number): string => (ns / 1000).toFixed(2);
  const times = ({ min, max, total }: typeof stat.waits, of: number): string[] => [
    us(min),
    us(max),
    us(total),
    us(of === 0 ? 0 : total / of),
  ];
  return [
    lock,
    String(stat.contendedBounces),
    String(stat.contentions),
    ...times(stat.waits, stat.contentions),
    String(stat.bounces),
    String(stat.acquisitions),
    ...times(stat.holds, stat.acquisitions),
  ];
}

function printHead({ environment: env, noise, pinned, native }: BenchResult, output: Output): void {
  const pins = pinned ? 'threads pinned' : 'threads NOT pinned';
  output.print(
    `${env.cpu}, ${env.cores} CPUs, load ${env.load1}; node ${env.node}, V8 ${env.v8}, ` +
      `${env.platform}; native ${native}, ${pins}`,
  );
  for (const note of noise) output.print(paint(output, 'yellow', `NOISY: ${note}`));
}

/** Cells of one shape, each group a table. */
function groupsOf({ cells }: BenchResult): CellResult[][] {
  const groups = new Map<string, CellResult[]>();
  for (const cell of cells) {
    const key = `${cell.threads} ${cell.inside} ${cell.outside}`;
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups.values()];
}

function headingOf(cells: readonly CellResult[]): string {
  const [first] = cells;
  if (first === undefined) return '';
  const { threads, oversubscription, inside, outside } = first;
  const shape = `${inside} inside, ${outside} outside`;
  const text = `${counted(threads, 'thread')} (${oversubscription}x the CPUs), ${shape}`;
  const handovers = cells.flatMap((cell) => cell.calibrationNs);
  if (handovers.length === 0) return text;
  const ns = median(handovers);
  const mode = ns < SLOW_NS ? 'fast' : 'slow';
  const slow = handovers.filter((one) => one >= SLOW_NS).length;
  const mixed = slow > 0 && slow < handovers.length ? `, ${slow} of ${handovers.length} slow` : '';
  return `${text}; CPU to CPU ${shown(ns, 'ns')} (${mode}${mixed})`;
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** Best first, by the first column that the group has. */
function rowsOf(cells: readonly CellResult[], wanted: readonly MetricId[]): string[][] {
  const columns = wanted.filter((id) => cells.some((cell) => valuesOf(cell, id).length > 0));
  const [first = 'throughput'] = columns;
  const sign = metricOf(first).better === 'higher' ? -1 : 1;
  const key = (cell: CellResult): number => sign * median(valuesOf(cell, first));
  const head = ['lock', ...columns.map((id) => metricOf(id).title), ''];
  const rows = cells.toSorted((a, b) => key(a) - key(b)).map((cell) => rowOf(cell, columns));
  return [head, ...rows];
}

function rowOf(cell: CellResult, columns: readonly MetricId[]): string[] {
  const values = columns.map((id, i) => {
    const found = spread(valuesOf(cell, id));
    if (found === undefined) return '-';
    const { unit } = metricOf(id);
    const middle = shown(found.median, unit);
    if (i > 0 || found.min === found.max) return middle;
    return `${middle} [${shown(found.min, unit)}..${shown(found.max, unit)}]`;
  });
  return [cell.lock, ...values, remarksOf(cell)];
}

function remarksOf(cell: CellResult): string {
  const remarks: string[] = [];
  if (cell.kind === 'readers-writer') remarks.push(`${cell.writes} % write`);
  const alone = cell.threads === 1 || (cell.waiting === 'spins' && cell.oversubscription <= 1);
  const share = median(cell.share);
  if (alone && share < SHARE_MIN) remarks.push(`had ${Math.round(100 * share)} % of its CPUs`);
  if (cell.cutShort > 0) remarks.push(`${counted(cell.cutShort, 'round')} cut short`);
  return remarks.join(', ');
}

function printFailed({ failed }: Pick<BenchResult, 'failed'>, output: Output): void {
  if (failed.length === 0) return;
  output.print('');
  output.print(paint(output, ['red', 'bold'], 'failed their checks, so without figures:'));
  const rows = failed.map(({ lock, threads, why }) => [lock, counted(threads, 'thread'), why]);
  output.print(table(rows, '  '));
}

export function printCompared({ comparisons, notes }: Compared, output: Output): void {
  output.print('');
  output.print(paint(output, 'bold', 'against the baseline'));
  for (const note of notes) output.print(paint(output, 'yellow', `  ${note}`));
  const rows = comparisons.map((one) => {
    const { unit, title } = metricOf(one.metric);
    const { low, high } = one.interval;
    const interval = `[${low.toFixed(2)}..${high.toFixed(2)}]`;
    const colour = { better: 'green', worse: 'red', 'no difference': 'dim' } as const;
    return [
      one.lock,
      `${counted(one.threads, 'thread')}, ${one.inside} inside, ${one.outside} outside`,
      title,
      `${shown(one.before, unit)} -> ${shown(one.after, unit)}`,
      `x${one.ratio.toFixed(2)} ${interval}`,
      paint(output, colour[one.change], one.change),
      `p ${one.p.toFixed(3)}${one.rounds === '' ? '' : `, ${one.rounds}`}`,
    ];
  });
  if (rows.length > 0) output.print(table(rows, '  '));
  const of = (change: string): number => comparisons.filter((c) => c.change === change).length;
  const [better, worse, same] = [of('better'), of('worse'), of('no difference')];
  output.print(`  ${count(better)} better, ${count(worse)} worse, ${count(same)} no difference`);
}
