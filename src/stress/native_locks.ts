/** The lock operations of a worker thread: the chosen algorithms, with this actor's own words. */
import { backWithLocks, type LockBacking } from '../actor/lock_choice.ts';
import type { Program } from '../actor/program.ts';
import type { NativeLocks } from '../ops/native/locks.ts';
import type { ExclusiveLock, ReadersWriterLock } from '../sync/algorithm.ts';
import { algorithmOf } from '../sync/zoo.ts';
import type { LockChoice } from './protocol.ts';

export function nativeLocks(
  program: Program,
  choice: LockChoice,
  actor: number,
): { readonly program: Program; readonly locks: NativeLocks } {
  const backed = backProgram(program, choice);
  return { program: backed, locks: operations(backed.locks, actor) };
}

/** The program with room for the chosen locks: the same in every thread. */
export function backProgram(
  program: Program,
  choice: LockChoice,
): Program & { readonly locks: LockBacking } {
  const chosen = {
    spinlock: exclusive(choice.spinlock),
    mutex: exclusive(choice.mutex),
    rwsem: readersWriter(choice.rwsem),
  };
  return backWithLocks(program, chosen, 'threads');
}

/** What a procedure of a lock is once it is lowered. */
type Lowered = (lock: number, self: number) => number;

function operations(backing: LockBacking, actor: number): NativeLocks {
  const { behind } = backing;
  const self = backing.selves[actor] ?? 0;
  const bound = (procedure: unknown): ((lock: number) => number) => {
    // Lowered, a procedure is a plain function; its static type is still the generator's.
    const lowered = procedure as Lowered;
    return (lock) => lowered(behind[lock] ?? 0, self);
  };
  const spinlock = proceduresOf(backing.spinlock);
  const mutex = proceduresOf(backing.mutex);
  const rwsem = backing.rwsem?.procedures;
  return {
    spin_lock: bound(spinlock.lock),
    spin_unlock: bound(spinlock.unlock),
    spin_trylock: bound(spinlock.trylock),
    mutex_lock: bound(mutex.lock),
    mutex_unlock: bound(mutex.unlock),
    mutex_trylock: bound(mutex.trylock),
    down_read: bound(rwsem?.down_read),
    up_read: bound(rwsem?.up_read),
    down_write: bound(rwsem?.down_write),
    up_write: bound(rwsem?.up_write),
  };
}

function proceduresOf(lock: ExclusiveLock | undefined): {
  readonly lock: unknown;
  readonly unlock: unknown;
  readonly trylock: unknown;
} {
  const procedures = lock?.procedures;
  const trylock = procedures !== undefined && 'trylock' in procedures && procedures.trylock;
  const none = (): never => {
    throw new Error(`${lock?.id ?? 'this lock'} has no trylock, which this program uses`);
  };
  return {
    lock: procedures?.lock,
    unlock: procedures?.unlock,
    trylock: trylock === false ? none : trylock,
  };
}

function exclusive(id: string): ExclusiveLock {
  const found = algorithmOf(id);
  if (found.kind !== 'exclusive') throw new Error(`[hotrace bug] ${id} is no exclusive lock`);
  return found;
}

function readersWriter(id: string): ReadersWriterLock {
  const found = algorithmOf(id);
  if (found.kind !== 'readers-writer') throw new Error(`[hotrace bug] ${id} has no readers`);
  return found;
}
