/** From the stamps of a round with clocks to what they say of the lock. */
import { type Buckets, LogHistogram } from './histogram.ts';
import { jain } from './statistics.ts';

/** Sections in the order in which the lock was taken. */
export interface SectionTrace {
  readonly threads: number;
  /** How many; the trace's arrays may be longer. */
  readonly count: number;
  readonly times: Float64Array;
  /** 1 + thread; negative for a reader. */
  readonly owners: Int32Array;
  /** CPU of each thread. */
  readonly cpus: readonly number[];
  /** Several may be inside together: the order between them says nothing. */
  readonly shared: boolean;
  /** The place whose holder slept inside; -1: none did. What follows is no normal course. */
  readonly pauseAt: number;
}

/** Times in ns. */
export interface TimeSums {
  readonly min: number;
  readonly max: number;
  readonly total: number;
}

export interface TraceFigures {
  readonly acquisitions: number;
  readonly latency: Buckets;
  readonly latencyMax: number;
  /** From a release to the acquisition of one who waited then. */
  readonly handover: Buckets;
  readonly jain: number;
  /** Mean over windows of 64 acquisitions for each thread. */
  readonly jainShort: number;
  /** Most by one thread / least by one thread. */
  readonly maxMin: number;
  /** Share of the time in which the lock was free and somebody wanted it. */
  readonly idleShare: number;
  readonly idleMax: number;
  /** From the late release of a holder that slept until the usual pace; undefined: no pause. */
  readonly recovery: number | undefined;
  readonly contentions: number;
  /** Acquisitions by a thread of another CPU than the one before; of these, contended. */
  readonly bounces: number;
  readonly contendedBounces: number;
  readonly waits: TimeSums;
  readonly holds: TimeSums;
}

/** Acquisitions of each thread in a window of short-term fairness. */
const WINDOW = 64;

export function figuresOf(trace: SectionTrace): TraceFigures {
  const count = trace.pauseAt < 0 ? trace.count : Math.min(trace.count, trace.pauseAt);
  const latency = new LogHistogram();
  const handover = new LogHistogram();
  const waits = new Sums();
  const holds = new Sums();
  let latencyMax = 0;
  let contentions = 0;
  let bounces = 0;
  let contendedBounces = 0;
  let idle = 0;
  let idleMax = 0;
  for (let i = 0; i < count; i++) {
    const [wanted, acquired, released] = stamps(trace, i);
    latency.add(acquired - wanted);
    latencyMax = Math.max(latencyMax, acquired - wanted);
    holds.add(released - acquired);
    if (i === 0) continue;
    const free = trace.times[3 * i - 1] ?? 0;
    const bounced = cpuAt(trace, i) !== cpuAt(trace, i - 1);
    if (bounced) bounces++;
    if (wanted < free) {
      contentions++;
      if (bounced) contendedBounces++;
      waits.add(acquired - wanted);
      if (!trace.shared) handover.add(acquired - free);
    }
    // Somebody may have wanted it before the one who got it, and has it later.
    const gap = trace.shared ? 0 : acquired - Math.max(free, firstWanted(trace, i, count));
    if (gap > 0) idle += gap;
    idleMax = Math.max(idleMax, gap);
  }
  const taken = countsOf(trace, 0, count);
  return {
    acquisitions: count,
    latency: latency.buckets(),
    latencyMax,
    handover: handover.buckets(),
    jain: jain(taken),
    jainShort: shortTerm(trace, count),
    maxMin: Math.max(...taken) / Math.max(1, Math.min(...taken)),
    idleShare: count < 2 ? 0 : idle / Math.max(1, lengthOf(trace, 0, count)),
    idleMax,
    recovery: recoveryOf(trace, count),
    contentions,
    bounces,
    contendedBounces,
    waits: waits.figures(),
    holds: holds.figures(),
  };
}

function stamps({ times }: SectionTrace, i: number): [number, number, number] {
  return [times[3 * i] ?? 0, times[3 * i + 1] ?? 0, times[3 * i + 2] ?? 0];
}

function threadAt({ owners }: SectionTrace, i: number): number {
  return Math.abs(owners[i] ?? 0) - 1;
}

function cpuAt(trace: SectionTrace, i: number): number {
  return trace.cpus[threadAt(trace, i)] ?? 0;
}

/** When the first of those who took it at place i or later began to want it, among the next few. */
function firstWanted(trace: SectionTrace, i: number, count: number): number {
  let first = Number.POSITIVE_INFINITY;
  // Whoever waits is among these, or is overtaken all the time: then others want it meanwhile.
  const end = Math.min(count, i + 2 * trace.threads);
  for (let j = i; j < end; j++) first = Math.min(first, trace.times[3 * j] ?? first);
  return first;
}

/** ns from the first acquisition at `from` to the last release before `to`. */
function lengthOf({ times }: SectionTrace, from: number, to: number): number {
  return (times[3 * to - 1] ?? 0) - (times[3 * from + 1] ?? 0);
}

function countsOf(trace: SectionTrace, from: number, to: number): number[] {
  const counts = new Array<number>(trace.threads).fill(0);
  for (let i = from; i < to; i++) {
    const thread = threadAt(trace, i);
    counts[thread] = (counts[thread] ?? 0) + 1;
  }
  return counts;
}

function shortTerm(trace: SectionTrace, count: number): number {
  const size = WINDOW * trace.threads;
  if (count < size) return jain(countsOf(trace, 0, count));
  let sum = 0;
  let windows = 0;
  for (let from = 0; from + size <= count; from += size) {
    sum += jain(countsOf(trace, from, from + size));
    windows++;
  }
  return sum / windows;
}

/** Acquisitions of each thread that tell a pace. */
const PACE = 4;
/** A window is at the usual pace when it takes at most so many times the median. */
const USUAL = 2;

function recoveryOf(trace: SectionTrace, before: number): number | undefined {
  const size = PACE * trace.threads;
  if (trace.pauseAt < 0 || before < size || trace.count < trace.pauseAt + 1 + size)
    return undefined;
  const lengths: number[] = [];
  for (let from = 0; from + size <= before; from += size) {
    lengths.push(lengthOf(trace, from, from + size));
  }
  lengths.sort((a, b) => a - b);
  const usual = USUAL * (lengths[lengths.length >> 1] ?? 0);
  const late = trace.times[3 * trace.pauseAt + 2] ?? 0;
  for (let from = trace.pauseAt + 1; from + size <= trace.count; from++) {
    if (lengthOf(trace, from, from + size) > usual) continue;
    return Math.max(0, (trace.times[3 * from + 1] ?? late) - late);
  }
  return Math.max(0, (trace.times[3 * trace.count - 1] ?? late) - late);
}

class Sums {
  #min = Number.POSITIVE_INFINITY;
  #max = 0;
  #total = 0;

  add(ns: number): void {
    this.#min = Math.min(this.#min, ns);
    this.#max = Math.max(this.#max, ns);
    this.#total += ns;
  }

  figures(): TimeSums {
    const min = this.#min === Number.POSITIVE_INFINITY ? 0 : this.#min;
    return { min, max: this.#max, total: this.#total };
  }
}
