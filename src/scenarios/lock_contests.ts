/** The contests that every lock is put through. */
import type { LockAlgorithm } from '../sync/algorithm.ts';

/** What a thread does in a contest. */
export type Role =
  | 'lock'
  | 'try'
  | 'unlock'
  | 'relock'
  | 'write'
  | 'read'
  | 'version'
  | 'look'
  | 'hold'
  | 'get'
  | 'remove'
  | 'walk';

export interface Contest {
  /** `3x2`: three threads, two turns each. */
  readonly id: string;
  readonly title: string;
  readonly turns: number;
  /** For threads, which do not look at every interleaving: polls and the like as often as there. */
  readonly threads: boolean;
  readonly roles: (algorithm: LockAlgorithm) => readonly Role[];
  /** What its first thread does wrong with an exclusive lock: the verdict that must come. */
  readonly misuse?: 'bad-unlock' | 'recursive-lock';
}

/** Contests that must fail: the first thread releases what it has not, or takes what it has. */
export const MISUSED = { 'unlock-2x1': 'bad-unlock', 'relock-2x1': 'recursive-lock' } as const;

/** Threads and turns that can be explored. */
const CONTEST_THREADS = [2, 3, 4] as const;
const CONTEST_TURNS_MAX = 4;
/** For real threads: more turns than anybody can explore. */
const STRESS_TURNS = 20;

/** Contests in which one thread only tries, if the lock can be tried without waiting. */
const TRIED = [
  [2, 2],
  [3, 1],
] as const;

export function contestsOf(): readonly Contest[] {
  const turns = [...Array.from({ length: CONTEST_TURNS_MAX }, (_, i) => i + 1), STRESS_TURNS];
  const waiting = CONTEST_THREADS.flatMap((threads) =>
    turns.map((each): Contest => {
      const title = `${threads} threads, ${each === 1 ? 'one turn' : `${each} turns`} each`;
      const roles = (algorithm: LockAlgorithm): Role[] => rolesOf(algorithm, threads);
      const id = contestId(threads, each);
      return { id, title, turns: each, threads: each >= STRESS_TURNS, roles };
    }),
  );
  const tried = TRIED.map(([threads, each]): Contest => {
    const id = `try-${contestId(threads, each)}`;
    const title = `${threads} threads, ${each} turns each, one of them only tries`;
    const roles = (algorithm: LockAlgorithm): readonly Role[] => triedRoles(algorithm, threads);
    return { id, title, turns: each, threads: false, roles };
  });
  return [...waiting, ...tried, ...misused()];
}

function misused(): Contest[] {
  return Object.entries(MISUSED).map(([id, misuse]): Contest => {
    const wrong = misuse === 'bad-unlock' ? 'unlock' : 'relock';
    const does = misuse === 'bad-unlock' ? 'releases what it has not' : 'takes it twice';
    const title = `two threads, the first ${does}`;
    const roles = (algorithm: LockAlgorithm): Role[] => {
      const right = rolesOf(algorithm, 2);
      return algorithm.kind === 'exclusive' ? [wrong, ...right.slice(1)] : right;
    };
    return { id, title, turns: 1, threads: false, roles, misuse };
  });
}

/** The contest in which real threads are let loose on a lock. */
export function stressContest(threads = 3): string {
  return contestId(threads, STRESS_TURNS);
}

export function contestId(threads: number, turns: number): string {
  return `${threads}x${turns}`;
}

function rolesOf({ kind }: LockAlgorithm, threads: number): Role[] {
  return Array.from({ length: threads }, (_, i) => roleOf(kind, i));
}

/** Where there are two sides both of them have somebody, and one side two of three. */
function roleOf(kind: LockAlgorithm['kind'], thread: number): Role {
  switch (kind) {
    case 'exclusive':
      return 'lock';
    case 'readers-writer':
      return thread % 2 === 0 ? 'read' : 'write';
    case 'sequence':
      return thread % 2 === 0 ? 'look' : 'version';
    case 'refcount':
      return thread === 0 ? 'hold' : 'get';
    case 'reclamation':
      return thread % 3 === 0 ? 'remove' : 'walk';
  }
}

/** A lock that cannot be tried is waited for by all. */
function triedRoles(algorithm: LockAlgorithm, threads: number): Role[] {
  const roles = rolesOf(algorithm, threads);
  const tries = algorithm.kind === 'exclusive' && 'trylock' in algorithm.procedures;
  return tries ? ['try', ...roles.slice(1)] : roles;
}
