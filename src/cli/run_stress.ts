/** Stress runs as the command line starts them: one pool of workers for all. */
import type { Expectation } from '../scenarios/system.ts';
import type { Expected } from '../stress/grade.ts';
import { StressPool } from '../stress/pool.ts';
import { type StressOptions, type StressResult, stress } from '../stress/stress.ts';
import type { StressSummary } from './matrix_cells.ts';
import type { Scenario } from './scenario.ts';

export const STRESS_LOCKS = { spinlock: 'ttas', mutex: 'futex', rwsem: 'futex-rwsem' } as const;
/** Real time after which a round that does not end is a finding. */
const ROUND_MILLIS = 2000;
const TRACE_EVENTS = 1024;
const SLEEP_SHARE = 0.1;

export interface StressRequest {
  readonly rounds: number;
  readonly millis: number;
  /** Rounds with a finding that end the run; 0: none does. */
  readonly failures: number;
  readonly perturb: number;
  readonly seed: number;
  readonly inspect: boolean;
  readonly watched?: StressOptions['watched'];
}

export class StressRunner {
  readonly #pool = new StressPool();
  readonly #abort = new AbortController();

  /** The run that goes on ends with what it has found; later ones end at once. */
  stop(): void {
    this.#abort.abort();
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  async run(scenario: Scenario, request: StressRequest): Promise<StressResult> {
    const options: StressOptions = {
      program: { systemModule: scenario.systemUrl, request: scenario.request },
      lowering: 'sanitized',
      limits: {
        rounds: request.rounds,
        millis: request.millis,
        roundMillis: ROUND_MILLIS,
        failures: request.failures,
      },
      perturbation: { rate: request.perturb, sleepShare: SLEEP_SHARE },
      seed: request.seed,
      locks: { ...STRESS_LOCKS, ...scenario.request.locks },
      expected: expectedOf(scenario.expectation),
      inspect: request.inspect,
      traceEvents: TRACE_EVENTS,
      pool: this.#pool,
      signal: this.#abort.signal,
      ...(request.watched === undefined ? {} : { watched: request.watched }),
    };
    return await stress(options);
  }

  /** One cell of the matrix. */
  async runCell(scenario: Scenario, millis: number): Promise<StressSummary> {
    const request = { rounds: 1e9, millis, failures: 0, perturb: 0.02, seed: 1, inspect: false };
    const result = await this.run(scenario, request);
    const bad = result.outcomes.filter((o) => o.verdict !== 'pass');
    const [worst] = bad.toSorted((a, b) => b.count - a.count);
    return {
      verdict: result.verdict,
      rounds: result.rounds,
      elapsedMs: result.elapsedMs,
      headline: worst?.outcome ?? '',
      violations: bad.reduce((sum, o) => sum + o.count, 0),
    };
  }
}

function expectedOf(expectation: Expectation): Expected {
  return expectation.verdict;
}
