/** What is measured of a lock: one value a round each, in one table for all that print them. */

export type MetricId =
  | 'throughput'
  | 'net'
  | 'p50'
  | 'p99'
  | 'p999'
  | 'p9999'
  | 'max'
  | 'handover'
  | 'jain'
  | 'jainShort'
  | 'maxMin'
  | 'idle'
  | 'idleMax'
  | 'parks'
  | 'notifies'
  | 'cpu'
  | 'recovery';

export type Unit = 'M/s' | 'ns' | '' | '%' | '/1000' | 's/M';

export interface Metric {
  readonly id: MetricId;
  /** Head of its column. */
  readonly title: string;
  readonly unit: Unit;
  readonly better: 'higher' | 'lower';
  /** Comes from a round with clocks. */
  readonly traced: boolean;
}

function metric(
  id: MetricId,
  title: string,
  unit: Unit,
  better: Metric['better'],
  traced = true,
): Metric {
  return { id, title, unit, better, traced };
}

export const METRICS: readonly Metric[] = [
  metric('throughput', 'M/s', 'M/s', 'higher', false),
  metric('net', 'net cost', 'ns', 'lower', false),
  metric('p50', 'p50', 'ns', 'lower'),
  metric('p99', 'p99', 'ns', 'lower'),
  metric('p999', 'p99.9', 'ns', 'lower'),
  metric('p9999', 'p99.99', 'ns', 'lower'),
  metric('max', 'max', 'ns', 'lower'),
  metric('handover', 'hand-over', 'ns', 'lower'),
  metric('jain', 'Jain', '', 'higher'),
  metric('jainShort', 'Jain short', '', 'higher'),
  metric('maxMin', 'max/min', '', 'lower'),
  metric('idle', 'idle wanted', '%', 'lower'),
  metric('idleMax', 'longest idle', 'ns', 'lower'),
  metric('parks', 'sleeps', '/1000', 'lower', false),
  metric('notifies', 'wake-ups', '/1000', 'lower', false),
  metric('cpu', 'CPU', 's/M', 'lower', false),
  metric('recovery', 'recovery', 'ns', 'lower'),
];

/** @throws Error `[hotrace bug]`: ids are of the table. */
export function metricOf(id: MetricId): Metric {
  const found = METRICS.find((one) => one.id === id);
  if (found === undefined) throw new Error(`[hotrace bug] no metric ${id}`);
  return found;
}

/** What `--metric` chooses, with the columns that it prints. */
export const VIEWS = {
  summary: ['throughput', 'net', 'p50', 'p999', 'jain', 'jainShort', 'idle', 'parks', 'cpu'],
  throughput: ['throughput', 'jain', 'maxMin', 'cpu'],
  cost: ['net', 'throughput'],
  latency: ['p50', 'p99', 'p999', 'p9999', 'max', 'throughput'],
  handover: ['handover', 'idle', 'idleMax', 'throughput'],
  fairness: ['jain', 'jainShort', 'maxMin', 'idle', 'throughput'],
  sleeps: ['parks', 'notifies', 'cpu', 'throughput'],
  recovery: ['recovery', 'p9999', 'throughput'],
  all: METRICS.map(({ id }) => id),
} as const satisfies Readonly<Record<string, readonly MetricId[]>>;

export type View = keyof typeof VIEWS;

/** A value for people: three digits, times in the unit that suits them. */
export function shown(value: number, unit: Unit): string {
  if (unit === 'ns') return duration(value);
  // A lock that has collapsed: thousands a second.
  if (unit === 'M/s' && value > 0 && value < 0.1) return `${digits(1000 * value)}k`;
  if (unit === '%') return `${digits(value)} %`;
  if (unit === '') return value >= 100 ? digits(value) : value.toFixed(value < 10 ? 3 : 1);
  return digits(value);
}

function duration(ns: number): string {
  if (Math.abs(ns) < 1000) return `${digits(ns)} ns`;
  if (Math.abs(ns) < 1e6) return `${digits(ns / 1e3)} us`;
  return Math.abs(ns) < 1e9 ? `${digits(ns / 1e6)} ms` : `${digits(ns / 1e9)} s`;
}

function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || size === 0) return String(Math.round(value));
  return value.toFixed(size >= 10 ? 1 : size >= 0.995 ? 2 : 3);
}
