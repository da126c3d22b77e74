/** What a figure was measured on: printed beside every one. */
import { availableParallelism, cpus, loadavg } from 'node:os';

export interface Environment {
  readonly cpu: string;
  readonly cores: number;
  readonly load1: number;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
}

export function environment(): Environment {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    load1: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    node: process.version,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
  };
}

/** Above this share of the cores, other work disturbs what is measured. */
const NOISY_LOAD = 0.5;

export function isNoisy(env: Environment): boolean {
  return env.load1 > env.cores * NOISY_LOAD;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? 0) + high) / 2;
}
