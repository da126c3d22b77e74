/** The cells of the matrix: system x race x design, explored and stressed; expected and found. */
import type { Verdict } from '../oracles/verdict.ts';
import type { Expectation } from '../scenarios/system.ts';
import { asExpected } from './explore_command.ts';
import type { ExploreSummary } from './explore_task.ts';
import type { Scenario } from './scenario.ts';

/** What stress saw in one cell. */
export interface StressSummary {
  readonly verdict: Verdict;
  readonly rounds: number;
  readonly elapsedMs: number;
  readonly headline: string;
  /** Rounds that ended in a violation. */
  readonly violations: number;
}

export interface Cell {
  readonly scenario: Scenario;
  explore: ExploreSummary | undefined;
  stress: StressSummary | undefined;
}

export interface CellJudgement {
  /** unfinished: open, and the time did not suffice to answer. */
  readonly state: 'as-expected' | 'open' | 'differs' | 'unfinished' | 'not-run';
  /** Why it differs, for the list below the table. */
  readonly why: string;
}

/** A cell as expected: exploration says so, and stress saw nothing that contradicts it. */
export function judgeCell(cell: Cell): CellJudgement {
  const { explore, stress, scenario } = cell;
  const { expectation } = scenario;
  const results: CellJudgement[] = [];
  if (explore !== undefined) results.push(judge(expectation, explore.verdict, 'explore'));
  if (stress !== undefined) results.push(judgeStress(expectation, stress, explore));
  return (
    results.find((r) => r.state === 'differs') ??
    results.find((r) => r.state === 'open') ??
    results.find((r) => r.state === 'unfinished') ??
    results[0] ?? { state: 'not-run', why: '' }
  );
}

function judge(expectation: Expectation, verdict: Verdict, mode: string): CellJudgement {
  if (expectation.verdict === 'open' && verdict === 'limit-reached') {
    return { state: 'unfinished', why: '' };
  }
  const state = asExpected(expectation, verdict);
  if (state === true) return { state: 'as-expected', why: '' };
  if (state === 'open') return { state: 'open', why: '' };
  const wanted = expectation.verdict === 'open' ? 'an answer' : expectation.verdict.join(' or ');
  return { state: 'differs', why: `${mode}: expected ${wanted}, found ${verdict}` };
}

/** Chance that saw nothing contradicts nothing; a violation must not contradict a proof. */
function judgeStress(
  expectation: Expectation,
  stress: StressSummary,
  explore: ExploreSummary | undefined,
): CellJudgement {
  if (stress.violations === 0) return { state: 'as-expected', why: '' };
  if (expectation.verdict === 'open' && explore?.verdict === 'pass') {
    // What was searched to its end without a bound leaves threads nothing to find: one is wrong.
    const searched = explore.boundExhausted === Number.POSITIVE_INFINITY;
    const why = `exploration passes (${explore.guarantee}), stress found ${stress.verdict}`;
    return { state: searched ? 'differs' : 'open', why };
  }
  return judge(expectation, stress.verdict, 'stress');
}

const SHORT: Partial<Record<Verdict, string>> = {
  'use-after-free': 'UAF',
  'null-dereference': 'NULL',
  'recursive-lock': 'recursive',
  'lock-inversion': 'inversion',
  'limit-reached': 'limit',
};

export function shortVerdict(verdict: Verdict): string {
  return SHORT[verdict] ?? verdict;
}
