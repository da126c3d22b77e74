/**
 * What a contest of each kind of lock takes place with: the procedures of its roles, the memory
 * beside the lock, and what must hold of it.
 */
import type { Binding, Invariant, Measure } from '../actor/program.ts';
import type { ImageBuilder } from '../memory/image.ts';
import type { LockAlgorithm } from '../sync/algorithm.ts';
import {
  contend,
  contend_reading,
  contend_relocking,
  contend_trying,
  contend_unlocking,
  contend_writing,
  contest,
} from '../sync/contest.ts';
import {
  contend_removing,
  contend_walking,
  reclaim_contest,
  reclaim_object,
} from '../sync/contest_reclaim.ts';
import {
  contend_getting,
  contend_holding,
  counted_object,
  refcount_contest,
} from '../sync/contest_refcount.ts';
import { contend_looking, contend_versioning } from '../sync/contest_sequence.ts';
import { LINE } from '../sync/self.ts';
import type { Role } from './lock_contests.ts';
import { allFreed, freedOnce, invariantsOf, neverFreed } from './lock_invariants.ts';
import { nodesPublished, usedRight } from './lock_use.ts';

export interface Stage {
  /** Address of the contest's memory. */
  readonly contest: number;
  readonly invariants: readonly Invariant[];
  readonly measures: readonly Measure[];
}

/** The procedure of a role is called with (contest, lock, lock_self, procedures, turns). */
export const ROLES: Readonly<Record<Role, Binding['procedures'][string]>> = {
  lock: contend,
  try: contend_trying,
  unlock: contend_unlocking,
  relock: contend_relocking,
  write: contend_writing,
  read: contend_reading,
  version: contend_versioning,
  look: contend_looking,
  hold: contend_holding,
  get: contend_getting,
  remove: contend_removing,
  walk: contend_walking,
};

export function stageOf(
  algorithm: LockAlgorithm,
  builder: ImageBuilder,
  roles: readonly Role[],
  turns: number,
  selves: readonly number[],
): Stage {
  switch (algorithm.kind) {
    case 'refcount':
      return refcountStage(algorithm, builder);
    case 'reclamation':
      return reclaimStage(builder, roles, turns);
    default: {
      const c = builder.static_('contest', contest, LINE);
      const invariants = [
        ...invariantsOf(algorithm, roles, turns, c),
        usedRight(c),
        ...nodesPublished(selves),
      ];
      return { contest: c, invariants, measures: measuresOf(algorithm, c) };
    }
  }
}

function measuresOf(algorithm: LockAlgorithm, c: number): Measure[] {
  const word = (name: string, at: number): Measure => {
    return { name, unit: '', read: (memory) => memory.read(c + at) };
  };
  if (algorithm.kind === 'sequence') return [];
  const bypass = word('entered before one that was queued', contest.bypassMost);
  if (algorithm.kind === 'exclusive') return [bypass];
  return [bypass, word('readers inside together', contest.readersMost)];
}

function refcountStage(algorithm: LockAlgorithm, builder: ImageBuilder): Stage {
  const c = builder.static_('contest', refcount_contest, LINE);
  const worn = builder.static_('worn', algorithm.memory, LINE);
  builder.poke(c + refcount_contest.worn, worn);
  builder.cache(counted_object, 1, 1);
  return { contest: c, invariants: [freedOnce(c), neverFreed(c, worn)], measures: [] };
}

/** A list from which each turn of each remover takes one, and one that stays. */
function reclaimStage(builder: ImageBuilder, roles: readonly Role[], turns: number): Stage {
  const c = builder.static_('contest', reclaim_contest, LINE);
  const removers = roles.filter((role) => role === 'remove').length;
  const count = removers * turns + 1;
  builder.cache(reclaim_object, count, count);
  let from = c + reclaim_contest.head;
  for (let i = 0; i < count; i++) {
    const object = builder.alloc(reclaim_object);
    builder.poke(from, object);
    from = object + reclaim_object.next;
  }
  builder.poke(c + reclaim_contest.walkers, roles.length - removers);
  return { contest: c, invariants: [allFreed()], measures: [] };
}
