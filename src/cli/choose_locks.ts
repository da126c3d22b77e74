/** Locks as the user names them: of the zoo, or in a file of one's own. */
import type { LockSystem } from '../scenarios/lock_system.ts';
import type { System } from '../scenarios/system.ts';
import type { LockAlgorithm } from '../sync/algorithm.ts';
import { printable } from '../topology/printable.ts';
import { UserError } from './errors.ts';
import { findSystem, unknown } from './scenario.ts';

/** One lock that was asked for. */
export interface ChosenLock {
  readonly system: LockSystem;
  readonly url: string;
  /** What replay needs to find it: a file of the user's own. */
  readonly file: string | undefined;
  readonly lock: LockAlgorithm;
}

/**
 * `mcs`, `FILE.ts` (all in it), `FILE.ts/ID`; without names all that come with hotrace.
 * @throws UserError for a name that is no lock, or a file without locks.
 */
export async function chooseLocks(names: readonly string[]): Promise<ChosenLock[]> {
  const zoo = await findLocks('locks');
  if (names.length === 0) return zoo.system.locks.map((lock) => ({ ...zoo, lock }));
  const chosen: ChosenLock[] = [];
  for (const name of names) {
    if (/\.m?[jt]s$/.test(name)) {
      const own = await findLocks(name);
      chosen.push(...own.system.locks.map((lock) => ({ ...own, lock })));
      continue;
    }
    const slash = name.lastIndexOf('/');
    const own = slash === -1 ? zoo : await findLocks(name.slice(0, slash));
    const id = name.slice(slash + 1);
    const lock = own.system.locks.find((one) => one.id === id);
    const known = own.system.locks.map((one) => one.id);
    if (lock === undefined) throw unknown('lock', id, known);
    chosen.push({ ...own, lock });
  }
  return chosen;
}

async function findLocks(id: string): Promise<Omit<ChosenLock, 'lock'>> {
  const { system, url } = await findSystem(id);
  if (!isLockSystem(system)) {
    const wanted = 'locks (`export const system = lockSystem(...)`, docs/writing-a-lock.md)';
    throw new UserError(`${printable(id)}: expected ${wanted}, found the system ${system.id}`);
  }
  return { system, url, file: id === 'locks' ? undefined : id };
}

function isLockSystem(system: System): system is LockSystem {
  return 'locks' in system;
}
