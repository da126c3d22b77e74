/** What the page reads of a result of `hotrace bench --json`; what else is in it is left alone. */
import * as z from 'zod/mini';

const CELLS_MAX = 20_000;
const ROUNDS = z.array(z.number()).check(z.maxLength(10_000));

const CELL = z.object({
  lock: z.string().check(z.maxLength(200)),
  threads: z.int().check(z.positive()),
  /** Threads / CPUs. */
  oversubscription: z.number().check(z.positive()),
  inside: z.number(),
  outside: z.number(),
  /** One value a round. */
  values: z.record(z.string(), ROUNDS),
  /** Times to acquire: bucket and count, 16 buckets to a doubling of ns. */
  latency: z.array(z.tuple([z.int(), z.number()])).check(z.maxLength(4096)),
});

const RESULT = z.object({
  format: z.literal('hotrace-bench'),
  version: z.literal(1),
  environment: z.object({ cpu: z.string(), cores: z.int(), node: z.string() }),
  noise: z.array(z.string()),
  cells: z.array(CELL).check(z.maxLength(CELLS_MAX)),
});

export type BenchCell = z.infer<typeof CELL>;
export type BenchResult = z.infer<typeof RESULT>;

/** A parsed JSON value as a result, or a sentence that says what was found instead. */
export function readBench(value: unknown): BenchResult | string {
  const parsed = RESULT.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'no result of a benchmark'}`;
}

export const PER_DOUBLING = 16;
