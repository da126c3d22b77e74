/** What a run can end with. A closed list: every strategy, oracle, report and test speaks it. */
export const VERDICTS = [
  'pass',
  'use-after-free',
  'double-free',
  'wild-access',
  'null-dereference',
  'leak',
  'refcount',
  'data-race',
  'deadlock',
  'recursive-lock',
  'lock-inversion',
  'irq-unsafe-lock',
  'sleeping-in-atomic',
  'bad-unlock',
  'lost-wakeup',
  'livelock',
  'hung-task',
  'illegal-transition',
  'wild-device-access',
  'assertion',
  'limit-reached',
  'diverged',
] as const;

export type Verdict = (typeof VERDICTS)[number];

/** A violation as an oracle states it: found in memory, locks or trace, never announced. */
export interface Finding {
  readonly verdict: Verdict;
  /** Which oracle: kasan, lockdep, refcount, hung-task, link-symmetry, ... */
  readonly oracle: string;
  /** The headline, in the kernel's words where it has them. */
  readonly message: string;
  /** The word or object concerned, 0 if none. */
  readonly addr: number;
}
