/** What lowering costs: locks of the zoo beside the same written by hand and in C++, in one run. */
import type { LockAlgorithm } from '../sync/algorithm.ts';
import { CppLocks } from './cpp_locks.ts';
import type { BenchLock } from './locks/cell.ts';
import { median } from './locks/environment.ts';
import type { MetricId } from './locks/metrics.ts';
import { type BenchResult, valuesOf } from './locks/result.ts';
import { BenchRun } from './locks/run.ts';
import { type Spread, spread } from './locks/statistics.ts';
import { wasmLocks } from './locks/wasm_locks.ts';

const TWINS = new URL('./lock_twins.ts', import.meta.url).href;
/** Those with twins by hand, and these. */
const HANDS: Readonly<Record<string, readonly string[]>> = {
  ttas: ['by hand'],
  ticket: ['by hand'],
  mcs: ['by hand', 'by hand that finds its node'],
  futex: ['by hand'],
};

export interface LockFiguresOptions {
  readonly rounds: number;
  readonly roundMs: number;
  readonly threads: readonly number[];
}

export interface HandRatio {
  /** `by hand` */
  readonly how: string;
  readonly ns: number;
  /** Time of a section, lowered / this, of the medians. */
  readonly ratio: number;
  /** From the slowest to the fastest round, both have a range in common. */
  readonly overlap: boolean;
}

export interface LockRatio {
  readonly id: string;
  readonly threads: number;
  readonly loweredNs: number;
  readonly hands: readonly HandRatio[];
  /** Million sections a second as WebAssembly, and in C++ with JavaScript's memory order. */
  readonly wasm: Spread | undefined;
  readonly cpp: Spread | undefined;
}

export async function lockRatios(
  zoo: readonly LockAlgorithm[],
  options: LockFiguresOptions,
): Promise<LockRatio[]> {
  const { rounds, roundMs, threads } = options;
  const found = zoo.filter(({ id }) => id in HANDS);
  const ids = found.map(({ id }) => id);
  const locks = found.map((algorithm) => zooLock(algorithm));
  const compiled = await wasmLocks(locks);
  const beside = locks.flatMap((lock, i): BenchLock[] => {
    const { ref } = lock;
    const hands = (HANDS[ref.id] ?? []).map((how): BenchLock => {
      const id = `${ref.id} ${how}`;
      return { ...lock, ref: { ...ref, key: id, id, from: TWINS } };
    });
    const wasm = compiled.locks[i];
    if (wasm === undefined) return [lock, ...hands];
    return [lock, ...hands, { ...wasm, ref: { ...wasm.ref, key: `${ref.id} wasm` } }];
  });
  const cpp = rounds > 1 ? CppLocks.compile() : undefined;
  try {
    const afterRound = async (): Promise<void> => await cpp?.round(ids, threads, roundMs);
    const result = await timed(beside, options, false, afterRound);
    return threads.flatMap((count) => ids.map((id) => ratioOf(result, id, count, cpp)));
  } finally {
    cpp?.remove();
  }
}

/** One metric of locks, by lock and threads. */
export async function lockMetric(
  zoo: readonly LockAlgorithm[],
  ids: readonly string[],
  metric: MetricId,
  options: LockFiguresOptions,
): Promise<{ readonly id: string; readonly threads: number; readonly value: Spread }[]> {
  const locks = zoo.filter(({ id }) => ids.includes(id)).map(zooLock);
  const { cells } = await timed(locks, options, true, undefined);
  return cells.flatMap((cell) => {
    const value = spread(valuesOf(cell, metric));
    return value === undefined ? [] : [{ id: cell.lock, threads: cell.threads, value }];
  });
}

function zooLock(algorithm: LockAlgorithm): BenchLock {
  const { id, kind } = algorithm;
  if (kind !== 'exclusive') throw new Error(`[hotrace bug] ${id} is no exclusive lock`);
  return { ref: { key: id, id, from: 'zoo', kind }, algorithm };
}

async function timed(
  locks: readonly BenchLock[],
  { rounds, roundMs, threads }: LockFiguresOptions,
  tracing: boolean,
  afterRound: (() => Promise<void>) | undefined,
): Promise<BenchResult> {
  const shapes = threads.map((count) => ({ threads: count, inside: 1, outside: 0, writes: 100 }));
  const rest = { rounds, acquisitions: undefined, roundMs, tracing };
  const run = new BenchRun({ native: 'js', locks, shapes, ...rest }, () => undefined);
  const result = await run.run(afterRound);
  const [broken] = result.failed;
  if (broken !== undefined) throw new Error(`[hotrace bug] ${broken.lock}: ${broken.why}`);
  return result;
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
  return {
    id,
    threads,
    loweredNs: 1000 / median(lowered),
    hands: (HANDS[id] ?? []).map((how) => {
      const hand = rates(`${id} ${how}`);
      const ratio = median(hand) / median(lowered);
      const [a, b] = [spread(lowered), spread(hand)];
      const overlap = a !== undefined && b !== undefined && a.max >= b.min && b.max >= a.min;
      return { how, ns: 1000 / median(hand), ratio, overlap };
    }),
    wasm: spread(rates(`${id} wasm`)),
    cpp: spread(cpp?.rates.get(`${id} ${threads}`) ?? []),
  };
}
