/** From a request to the program that runs: the model, and what stands behind its locks. */
import { backWithLocks } from '../actor/lock_choice.ts';
import type { Program } from '../actor/program.ts';
import type { ExclusiveLock, LockAlgorithm, ReadersWriterLock } from '../sync/algorithm.ts';
import type { BuildRequest, System } from './system.ts';

/**
 * Every command builds programs with this. `zoo`: the algorithms that request.locks may name.
 * @throws Error `[hotrace bug]` for a name that is not there: the command line checks them first.
 */
export function buildProgram(
  system: System,
  request: BuildRequest,
  zoo: readonly LockAlgorithm[],
): Program {
  const program = system.build(request);
  const { locks } = request;
  if (locks === undefined) return program;
  const chosen = {
    spinlock: exclusive(zoo, locks.spinlock),
    mutex: exclusive(zoo, locks.mutex),
    rwsem: readersWriter(zoo, locks.rwsem),
  };
  return backWithLocks(program, chosen, 'explored');
}

function exclusive(
  zoo: readonly LockAlgorithm[],
  id: string | undefined,
): ExclusiveLock | undefined {
  if (id === undefined) return;
  const found = zoo.find((lock) => lock.id === id);
  if (found?.kind !== 'exclusive') throw new Error(`[hotrace bug] ${id} is no exclusive lock`);
  return found;
}

function readersWriter(
  zoo: readonly LockAlgorithm[],
  id: string | undefined,
): ReadersWriterLock | undefined {
  if (id === undefined) return;
  const found = zoo.find((lock) => lock.id === id);
  if (found?.kind !== 'readers-writer') throw new Error(`[hotrace bug] ${id} has no readers`);
  return found;
}
