/** The figures of issue and README on locks, as `npm run bench` prints them. */
import { type LockRatio, lockMetric, lockRatios } from './lock_figures.ts';

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it should reach, as text; '' for a figure that is only watched. */
  readonly aim: string;
  readonly reached: boolean;
  readonly detail: string;
}

/** What stands behind mutex_lock and spin_lock where nothing else is asked for. */
const DEFAULT_MUTEX = 'adaptive';
const DEFAULT_SPINLOCK = 'qspinlock-park';
const FIFO = ['ticket', 'mcs'];

export async function lockFigures(smoke: boolean, add: (figure: Figure) => void): Promise<void> {
  const { ZOO } = await import('../sync/zoo.ts');
  const rounds = smoke ? 1 : 9;
  const roundMs = smoke ? 10 : 100;
  const threads = smoke ? [1, 2] : [1, 2, 4];
  for (const found of await lockRatios(ZOO, { rounds, roundMs, threads })) {
    for (const figure of [...byHand(found), ...webAssembly(found)]) add(figure);
  }
  const two = { rounds, roundMs, threads: [4] };
  for (const { value } of await lockMetric(ZOO, [DEFAULT_MUTEX], 'p999', two)) {
    add({
      name: `default mutex (${DEFAULT_MUTEX}), 4 threads: p99.9 to acquire`,
      value: value.median,
      unit: 'ns',
      aim: '< 500',
      reached: value.median < 500,
      detail: `${round2(value.min)} to ${round2(value.max)} ns, a clock's reading included`,
    });
  }
  const crowd = { rounds, roundMs, threads: smoke ? [4] : [4, 8] };
  const ids = [DEFAULT_SPINLOCK, ...FIFO];
  for (const { id, threads: count, value } of await lockMetric(ZOO, ids, 'throughput', crowd)) {
    const watched = id !== DEFAULT_SPINLOCK;
    add({
      name: `${watched ? 'collapse of' : 'default spinlock'} ${id}, ${count} threads`,
      value: value.median,
      unit: 'M/s',
      aim: watched ? '' : '> 1',
      reached: watched || value.median > 1,
      detail: `${round2(value.min)} to ${round2(value.max)} M/s in all`,
    });
  }
}

function byHand({ id, threads, loweredNs, hands }: LockRatio): Figure[] {
  // Crowded FIFO locks collapse, by hand as well: rounds of one lock differ a hundredfold.
  const collapses = threads > 2 && FIFO.includes(id);
  return hands.map(({ how, ns, ratio, overlap }) => ({
    name: `native lowering: ${id}, ${counted(threads)} / ${how}`,
    value: ratio,
    unit: 'x',
    aim: collapses ? '<= 1.1, or rounds that overlap' : '<= 1.1',
    reached: ratio <= 1.1 || (collapses && overlap),
    detail: `${round2(loweredNs)} ns against ${round2(ns)} ns a section`,
  }));
}

/** Speed against C++, where that was run; else only beside lowered JavaScript. */
function webAssembly({ id, threads, loweredNs, wasm, cpp }: LockRatio): Figure[] {
  if (wasm === undefined) return [];
  const name = `WebAssembly: ${id}, ${counted(threads)}, speed`;
  const js = (wasm.median * loweredNs) / 1000;
  if (cpp === undefined) {
    const detail = `${round2(wasm.median)} M/s`;
    return [{ name: `${name} / JavaScript`, value: js, unit: 'x', aim: '', reached: true, detail }];
  }
  const value = wasm.median / cpp.median;
  const alone = threads === 1 && (id === 'futex' || id === 'mcs');
  const handed = threads === 2 && FIFO.includes(id);
  const within = wasm.max >= cpp.min && wasm.min <= cpp.max;
  return [
    {
      name: `${name} / sequentially consistent C++`,
      value,
      unit: 'x',
      aim: alone ? '>= 0.9' : handed ? "in C++'s spread" : '',
      reached: alone ? value >= 0.9 : !handed || within || value >= 1,
      detail:
        `${round2(wasm.median)} M/s against ${round2(cpp.median)} ` +
        `[${round2(cpp.min)}..${round2(cpp.max)}]; ${round2(js)}x JavaScript`,
    },
  ];
}

function counted(threads: number): string {
  return threads === 1 ? '1 thread' : `${threads} threads`;
}

function round2(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 100) / 100;
}
