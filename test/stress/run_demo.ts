/** One stress run of a synthetic program, with every option that a test does not care about. */
import type { StressPool } from '../../src/stress/pool.ts';
import {
  type StressLimits,
  type StressOptions,
  type StressResult,
  stress,
} from '../../src/stress/stress.ts';

const systemModule = new URL('./programs/demo_system.ts', import.meta.url).href;

export async function runDemo(
  pool: StressPool,
  race: string,
  options: Partial<StressOptions> & { readonly turns?: number },
): Promise<StressResult> {
  const { turns = 5, ...others } = options;
  return await stress({
    program: { systemModule, request: { race, turns } },
    lowering: 'sanitized',
    limits: rounds(100),
    perturbation: { rate: 0.05, sleepShare: 0.1 },
    seed: 1,
    locks: { spinlock: 'ttas', mutex: 'futex', rwsem: 'futex-rwsem' },
    expected: ['pass'],
    inspect: false,
    traceEvents: 256,
    pool,
    signal: undefined,
    ...others,
  });
}

/** So many rounds, whatever they end with. Real time is there for a machine that is too busy. */
export function rounds(count: number): StressLimits {
  return { rounds: count, millis: 20_000, roundMillis: 5_000, failures: 0 };
}

/** Limits that end with the first finding, however long it takes on a busy machine. */
export const untilFound = { rounds: 1_000_000, millis: 20_000, roundMillis: 5_000, failures: 1 };
