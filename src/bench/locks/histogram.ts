/** Counts of times in buckets that grow with them: 16 to each doubling, so 4.4 % wide. */

const PER_DOUBLING = 16;
/** 2^40 ns are 18 minutes. */
const DOUBLINGS = 40;

/** A bucket's number and its count. */
export type Buckets = readonly (readonly [number, number])[];

export class LogHistogram {
  readonly #counts = new Float64Array(PER_DOUBLING * DOUBLINGS);
  #total = 0;

  static from(buckets: Buckets): LogHistogram {
    const histogram = new LogHistogram();
    histogram.addBuckets(buckets);
    return histogram;
  }

  /** Below 1 ns counts as 1 ns: two clocks may differ by so much. */
  add(ns: number): void {
    this.#count(Math.floor(Math.log2(Math.max(1, ns)) * PER_DOUBLING), 1);
  }

  addBuckets(buckets: Buckets): void {
    for (const [bucket, count] of buckets) this.#count(bucket, count);
  }

  get total(): number {
    return this.#total;
  }

  /** The upper bound of the bucket that a share of all (0 to 1) does not exceed; 0 of nothing. */
  percentile(share: number): number {
    const wanted = Math.max(1, Math.ceil(share * this.#total - 1e-9));
    let seen = 0;
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= wanted) return upperNs(bucket);
    }
    return 0;
  }

  buckets(): Buckets {
    return [...this.#counts.entries()].filter(([, count]) => count > 0);
  }

  #count(bucket: number, count: number): void {
    const at = Math.min(Math.max(0, bucket), this.#counts.length - 1);
    this.#counts[at] = (this.#counts[at] ?? 0) + count;
    this.#total += count;
  }
}

export function upperNs(bucket: number): number {
  return 2 ** ((bucket + 1) / PER_DOUBLING);
}
