/** Results as tests want them. */
import { type BenchResult, type CellResult, HEAD } from '../../../src/bench/locks/result.ts';

const SUMS = { min: 0, max: 0, total: 0 };

export function cell(more: Partial<CellResult>): CellResult {
  return {
    lock: 'ticket',
    title: 'ticket lock',
    kind: 'exclusive',
    waiting: 'spins',
    fifo: true,
    threads: 2,
    oversubscription: 1,
    inside: 1,
    outside: 0,
    writes: 100,
    acquisitions: 1000,
    values: { throughput: [11, 12, 13], jain: [1, 1, 1], jainShort: [0.9, 0.8, 0.9] },
    calibrationNs: [50, 50, 50],
    share: [1, 1, 1],
    cutShort: 0,
    latency: [
      [80, 900],
      [160, 100],
    ],
    stat: {
      acquisitions: 1000,
      contentions: 0,
      bounces: 0,
      contendedBounces: 0,
      waits: SUMS,
      holds: SUMS,
    },
    ...more,
  };
}

export function result(more: Partial<BenchResult>): BenchResult {
  return {
    ...HEAD,
    native: 'js',
    environment: {
      cpu: 'a CPU',
      cores: 2,
      load1: 0,
      node: 'v24',
      v8: '13',
      platform: 'linux x64',
    },
    pinned: true,
    rounds: 3,
    interrupted: false,
    noise: [],
    cells: [],
    failed: [],
    ...more,
  };
}
