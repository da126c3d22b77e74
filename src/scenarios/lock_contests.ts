/** The contests that every lock is put through. */
import type { LockAlgorithm } from '../sync/algorithm.ts';

/** What a thread does in a contest. */
export type Role = 'lock' | 'try' | 'write' | 'read';

export interface Contest {
  /** `3x2`: three threads, two turns each; `try-2x2`: one of them only tries. */
  readonly id: string;
  readonly title: string;
  readonly turns: number;
  readonly roles: (algorithm: LockAlgorithm) => readonly Role[];
}

const SIZES = [
  [2, 1],
  [2, 2],
  [2, 3],
  [3, 1],
  [3, 2],
  [4, 1],
  [4, 2],
  // For threads: more turns than anybody can explore.
  [3, 20],
  [4, 20],
] as const;

export function contestsOf(): readonly Contest[] {
  const waiting = SIZES.map(([threads, turns]): Contest => {
    return {
      id: `${threads}x${turns}`,
      title: `${threads} threads, ${turns} turns each`,
      turns,
      roles: (algorithm) => rolesOf(algorithm, threads),
    };
  });
  return waiting;
}

/** Readers-writer locks: writers and readers in turn. */
function rolesOf(algorithm: LockAlgorithm, threads: number): Role[] {
  const both = algorithm.kind === 'readers-writer';
  return Array.from({ length: threads }, (_, i) => {
    if (!both) return 'lock';
    return i % 2 === 0 ? 'write' : 'read';
  });
}
