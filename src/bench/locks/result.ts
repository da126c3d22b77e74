/** What a benchmark found: as it is printed, saved, compared. */
import { z } from 'zod';
import { METRICS, type MetricId } from './metrics.ts';

const FORMAT = 'hotrace-bench';
const VERSION = 1;

const NUMBER = z.number();
const COUNT = z.number().int().min(0);
const IDS = METRICS.map(({ id }) => id);
const SUMS = z.object({ min: NUMBER, max: NUMBER, total: NUMBER });

const CELL = z.object({
  lock: z.string(),
  title: z.string(),
  kind: z.enum(['exclusive', 'readers-writer']),
  waiting: z.string(),
  fifo: z.boolean(),
  threads: COUNT.min(1),
  /** Threads / CPUs. */
  oversubscription: NUMBER,
  inside: COUNT,
  outside: COUNT,
  /** Percent of the sections that write; 100 for exclusive locks. */
  writes: NUMBER,
  /** Sections of a round, fixed before the first. */
  acquisitions: COUNT,
  /** One value a round that was kept; ids without any are absent. */
  values: z.partialRecord(z.enum(IDS), z.array(NUMBER)),
  /** ns that a word took from CPU to CPU just before each round; empty for one thread. */
  calibrationNs: z.array(NUMBER),
  /** Own CPU time / wall time of each round, of as many CPUs as there are threads for. */
  share: z.array(NUMBER),
  /** Rounds that were ended before their count. */
  cutShort: COUNT,
  /** Time to acquire: bucket and count, 16 buckets to a doubling of ns, of all rounds. */
  latency: z.array(z.tuple([COUNT, COUNT])),
  stat: z.object({
    acquisitions: COUNT,
    contentions: COUNT,
    bounces: COUNT,
    contendedBounces: COUNT,
    waits: SUMS,
    holds: SUMS,
  }),
});

const RESULT = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  native: z.enum(['js', 'wasm']),
  environment: z.object({
    cpu: z.string(),
    cores: COUNT,
    load1: NUMBER,
    node: z.string(),
    v8: z.string(),
    platform: z.string(),
  }),
  /** Every thread was on a CPU of its choice. */
  pinned: z.boolean(),
  rounds: COUNT,
  interrupted: z.boolean(),
  noise: z.array(z.string()),
  cells: z.array(CELL),
  failed: z.array(
    z.object({ lock: z.string(), threads: COUNT, inside: COUNT, outside: COUNT, why: z.string() }),
  ),
});

export type CellResult = z.infer<typeof CELL>;
export type BenchResult = z.infer<typeof RESULT>;

export type LockStat = CellResult['stat'];

export const HEAD = { format: FORMAT, version: VERSION } as const;

/** Largest file that is read as a result. */
export const RESULT_BYTES_MAX = 64 << 20;

/** @throws Error that says what is wrong with text that is no result. */
export function parseResult(text: string): BenchResult {
  const parsed: unknown = JSON.parse(text);
  const read = RESULT.safeParse(parsed);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const at = issue?.path.join('.') ?? '';
  throw new Error(`${at === '' ? 'the file' : at}: ${issue?.message ?? 'not a result'}`);
}

/** Rounds of a cell; none where it was not measured. */
export function valuesOf(cell: CellResult, id: MetricId): readonly number[] {
  return cell.values[id] ?? [];
}

/** Two cells that measured the same thing have the same key. */
export function cellKey(cell: CellResult): string {
  const { lock, threads, inside, outside, writes } = cell;
  return [lock, threads, inside, outside, writes].join(' ');
}
