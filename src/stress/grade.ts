/** How outcomes stand to what was expected, and what a run as a whole ends with. */
import { type Finding, VERDICTS, type Verdict } from '../oracles/verdict.ts';
import type { Trace } from '../trace/record.ts';
import type { StressMeasure } from './outcomes.ts';

/**
 * expected: the verdict that was predicted. acceptable: a good end where a bad one was possible.
 * interesting: allowed but worth a look. forbidden: what must not happen. open: nobody knew.
 */
export type Grade = 'expected' | 'acceptable' | 'interesting' | 'forbidden' | 'open';

export interface Outcome {
  /** The verdict with its headline, or what the measures read. */
  readonly outcome: string;
  readonly verdict: Verdict;
  readonly count: number;
  /** Of all rounds, 0 .. 1. */
  readonly share: number;
  readonly grade: Grade;
  /** Round, from 1, in which it was first seen. */
  readonly firstRound: number;
  readonly finding: Finding | undefined;
  /** Of that round; the native form writes none down. */
  readonly trace: Trace | undefined;
}

/** What the source says of the program. */
export type Expected = readonly Verdict[] | 'open';

export function gradeOf(expected: Expected, verdict: Verdict): Grade {
  if (expected === 'open') return 'open';
  if (expected.includes(verdict)) return 'expected';
  // A race that is not lost in every round is a race all the same.
  return verdict === 'pass' ? 'acceptable' : 'forbidden';
}

/** One row of a litmus test: how often something was seen that only weak memory can show. */
export interface LitmusRow {
  readonly outcome: string;
  readonly count: number;
  readonly share: number;
  readonly grade: Grade;
}

/** A litmus program counts its outcomes in its measures; what has no grade is forbidden. */
export function litmusTable(
  measures: readonly StressMeasure[],
  grades: Readonly<Record<string, Grade>>,
): LitmusRow[] {
  const total = measures.reduce((sum, measure) => sum + measure.sum, 0);
  return measures.map(({ name, sum }) => ({
    outcome: name,
    count: sum,
    share: total === 0 ? 0 : sum / total,
    grade: grades[name] ?? 'forbidden',
  }));
}

/** The run's verdict: what was forbidden first, then what is gravest in the order of VERDICTS. */
export function overallVerdict(outcomes: readonly Outcome[]): Verdict {
  const bad = outcomes.filter((o) => o.verdict !== 'pass');
  const [worst] = bad.sort(
    (a, b) =>
      Number(b.grade === 'forbidden') - Number(a.grade === 'forbidden') ||
      VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict),
  );
  if (worst !== undefined) return worst.verdict;
  return outcomes.length === 0 ? 'limit-reached' : 'pass';
}
