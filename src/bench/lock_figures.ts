/** What lowering costs: locks of the zoo beside the same written by hand, in one run. */
import type { LockAlgorithm } from '../sync/algorithm.ts';
import { CppLocks } from './cpp_locks.ts';
import type { BenchLock } from './locks/cell.ts';
import { median } from './locks/environment.ts';
import { type BenchResult, valuesOf } from './locks/result.ts';
import { BenchRun } from './locks/run.ts';

const TWINS = new URL('./lock_twins.ts', import.meta.url).href;
/** Those with a twin by hand. */
const IDS = ['ttas', 'ticket', 'mcs', 'futex'];

export interface LockRatio {
  readonly id: string;
  readonly threads: number;
  /** Time of a section, lowered / by hand: the median of the rounds, each with its own twin. */
  readonly ratio: number;
  readonly loweredNs: number;
  readonly handNs: number;
  /** Lowered / sequentially consistent C++, throughput; undefined where C++ was not run. */
  readonly againstCpp: number | undefined;
}

export async function lockRatios(
  zoo: readonly LockAlgorithm[],
  options: { readonly rounds: number; readonly roundMs: number; readonly threads: number[] },
): Promise<LockRatio[]> {
  const { rounds, roundMs, threads } = options;
  const algorithms = zoo.filter(({ id }) => IDS.includes(id));
  const ids = algorithms.map(({ id }) => id);
  const locks = algorithms.flatMap((algorithm): BenchLock[] => {
    const { id } = algorithm;
    return [
      { ref: { key: id, id, from: 'zoo', kind: 'exclusive' }, algorithm },
      { ref: { key: `${id} by hand`, id, from: TWINS, kind: 'exclusive' }, algorithm },
    ];
  });
  const shapes = threads.map((count) => ({ threads: count, inside: 1, outside: 0, writes: 100 }));
  const plan = {
    native: 'js',
    locks,
    shapes,
    rounds,
    acquisitions: undefined,
    roundMs,
    tracing: false,
  } as const;
  const cpp = rounds > 1 ? CppLocks.compile() : undefined;
  try {
    const run = new BenchRun(plan, () => undefined);
    const result = await run.run(async () => await cpp?.round(ids, threads, roundMs));
    const [broken] = result.failed;
    if (broken !== undefined) throw new Error(`[hotrace bug] ${broken.lock}: ${broken.why}`);
    return threads.flatMap((count) => ids.map((id) => ratioOf(result, id, count, cpp)));
  } finally {
    cpp?.remove();
  }
}

function ratioOf(
  { cells }: BenchResult,
  id: string,
  threads: number,
  cpp: CppLocks | undefined,
): LockRatio {
  const rates = (key: string): readonly number[] => {
    const cell = cells.find((one) => one.lock === key && one.threads === threads);
    return cell === undefined ? [] : valuesOf(cell, 'throughput');
  };
  const lowered = rates(id);
  const hand = rates(`${id} by hand`);
  const native = cpp?.rates.get(`${id} ${threads}`);
  return {
    id,
    threads,
    ratio: median(lowered.map((rate, round) => (hand[round] ?? 0) / rate)),
    loweredNs: 1000 / median(lowered),
    handNs: 1000 / median(hand),
    againstCpp: native === undefined ? undefined : median(lowered) / median(native),
  };
}
