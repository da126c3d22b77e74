/** What a lock claims, as invariants over the bookkeeping of its contest. */
import type { Invariant, MemoryView } from '../actor/program.ts';
import type { Finding } from '../oracles/verdict.ts';
import type { LockAlgorithm } from '../sync/algorithm.ts';
import { contest } from '../sync/contest.ts';
import type { Role } from './lock_contests.ts';

export function invariantsOf(
  algorithm: LockAlgorithm,
  roles: readonly Role[],
  turns: number,
  c: number,
): readonly Invariant[] {
  const all = [exclusion(c), counted(roles, turns, c)];
  if (algorithm.fairness.fifo) all.push(firstComeFirstServed(c));
  return all;
}

function assertion(message: string, addr: number): Finding {
  return { verdict: 'assertion', oracle: '', message, addr };
}

/** Nobody is inside beside a writer. */
function exclusion(c: number): Invariant {
  return {
    name: 'mutual-exclusion',
    cite: 'locks.md 5',
    when: [c + contest.inside, c + contest.readers],
    check: (memory: MemoryView) => {
      const writers = memory.read(c + contest.inside);
      const readers = memory.read(c + contest.readers);
      if (writers === 0 || writers + readers === 1) return;
      return assertion(`${writers} holders and ${readers} readers are inside together`, c);
    },
  };
}

/** The same from what the threads wrote: no increment is lost, no reader saw half a write. */
function counted(roles: readonly Role[], turns: number, c: number): Invariant {
  const writers = roles.filter((role) => role !== 'read').length;
  return {
    name: 'nothing-lost',
    cite: 'locks.md 5',
    when: 'end',
    check: (memory: MemoryView) => {
      const done = memory.read(c + contest.counter) + memory.read(c + contest.missed);
      const torn = memory.read(c + contest.torn);
      if (done === writers * turns && torn === 0) return;
      const what = torn === 0 ? `${done} of ${writers * turns} turns are counted` : 'a torn read';
      return assertion(`two were inside together: ${what}`, c + contest.counter);
    },
  };
}

function firstComeFirstServed(c: number): Invariant {
  return {
    name: 'fifo',
    cite: 'locks.md 2',
    when: [c + contest.overtaken],
    check: (memory: MemoryView) => {
      const overtaken = memory.read(c + contest.overtaken);
      if (overtaken === 0) return;
      const who = memory.name(overtaken);
      return assertion(`${who} was queued before the one that entered had begun`, overtaken);
    },
  };
}
