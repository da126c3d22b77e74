/** What a lock claims, as invariants over the bookkeeping of its contest. */
import type { Invariant, MemoryView } from '../actor/program.ts';
import type { Finding } from '../oracles/verdict.ts';
import type { LockAlgorithm } from '../sync/algorithm.ts';
import { contest } from '../sync/contest.ts';
import { reclaim_object } from '../sync/contest_reclaim.ts';
import { counted_object, refcount_contest } from '../sync/contest_refcount.ts';
import type { Role } from './lock_contests.ts';

export function invariantsOf(
  algorithm: LockAlgorithm,
  roles: readonly Role[],
  turns: number,
  c: number,
): readonly Invariant[] {
  const all = [exclusion(c), counted(roles, turns, c)];
  if ('fairness' in algorithm && algorithm.fairness.fifo) all.push(firstComeFirstServed(c));
  if (algorithm.kind === 'readers-writer' && algorithm.readerBypass !== undefined) {
    all.push(readersSoon(c, algorithm.readerBypass));
  }
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
  const writers = roles.filter((role) => role !== 'read' && role !== 'look').length;
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

function readersSoon(c: number, most: number): Invariant {
  return {
    name: 'readers-soon',
    cite: 'locks.md 2.3',
    when: [c + contest.bypassReader],
    check: (memory: MemoryView) => {
      const writers = memory.read(c + contest.bypassReader);
      if (writers <= most) return;
      return assertion(`${writers} writers entered before a reader that was queued`, c);
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

/** The last drop, and no other, frees the object. */
export function freedOnce(c: number): Invariant {
  return {
    name: 'freed-once',
    cite: 'locks.md 2.3',
    when: 'end',
    check: (memory: MemoryView) => {
      const frees = memory.read(c + refcount_contest.frees);
      const left = memory.live(counted_object.typeid).length;
      if (frees === 1 && left === 0) return;
      return assertion(`${frees} drops were the last one, ${left} objects are left`, c);
    },
  };
}

/** A saturated count, INT_MIN / 2, is as far as can be from zero and from wrapping. */
const SATURATED = -0x40000000;
const NEAR = 0x1000;

/** A count that was at its largest value and taken once more stays saturated. */
export function neverFreed(c: number, worn: number): Invariant {
  return {
    name: 'saturated-for-ever',
    cite: 'locks.md 2.3',
    when: 'end',
    check: (memory: MemoryView) => {
      const last = memory.read(c + refcount_contest.spoiled);
      const count = memory.read(worn);
      if (last === 0 && Math.abs(count - SATURATED) < NEAR) return;
      return assertion(`the worn count is ${count}, ${last} drops were its last one`, worn);
    },
  };
}

/** Of the list one object stays; nobody walks any more, so all others must be freed. */
export function allFreed(): Invariant {
  return {
    name: 'all-freed',
    cite: 'locks.md 2.3',
    when: 'end',
    check: (memory: MemoryView) => {
      const left = memory.live(reclaim_object.typeid);
      if (left.length === 1) return;
      return assertion(`${left.length - 1} retired objects are never freed`, left[0] ?? 0);
    },
  };
}
