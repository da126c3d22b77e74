/** Coverage as a file, and back. What comes back may be anybody's: it is checked and bounded. */
import * as z from 'zod/mini';
import { type Coverage, figuresOf, mergeCoverage, statusOf } from './coverage.ts';

const FORMAT = 'hotrace-coverage-1';
const MACHINES_MAX = 10_000;
const TUPLES_MAX = 100_000;
const name = z.string().check(z.maxLength(4096));
const count = z.int().check(z.nonnegative());

const schema = z.object({
  format: z.literal(FORMAT),
  runs: count,
  machines: z
    .array(
      z.object({
        machine: name,
        tuples: z
          .array(z.object({ state: name, event: name, defined: z.boolean(), count }))
          .check(z.maxLength(TUPLES_MAX)),
      }),
    )
    .check(z.maxLength(MACHINES_MAX)),
});

/** With figures and statuses for readers with jq; reading back ignores those. */
export function coverageJson(coverage: Coverage): string {
  const { runs, machines } = coverage;
  const written = {
    format: FORMAT,
    runs,
    ...figuresOf(machines),
    machines: machines.map(({ machine, tuples }) => ({
      machine,
      ...figuresOf([{ machine, tuples }]),
      tuples: tuples.map((tuple) => ({ ...tuple, status: statusOf(tuple) })),
    })),
  };
  return `${JSON.stringify(written, undefined, 1)}\n`;
}

/** What coverageJson() wrote, or a sentence that says what was found instead. */
export function readCoverage(text: string): Coverage | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'no JSON';
  }
  const result = schema.safeParse(parsed);
  if (!result.success) {
    const [issue] = result.error.issues;
    return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'no coverage'}`;
  }
  const { runs, machines } = result.data;
  // Merging sorts, and joins what somebody's editor has doubled.
  return mergeCoverage([{ runs, machines }]);
}
