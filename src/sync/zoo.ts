/**
 * The lock algorithms. One registered here is verified, stressed and benchmarked with the others,
 * and may stand behind the locks of the systems.
 */
import type { LockAlgorithm } from './algorithm.ts';
import { BROKEN } from './broken/index.ts';
import { futex } from './futex_mutex.ts';
import { futexRwsem } from './futex_rwsem.ts';
import { ticket } from './ticket.ts';
import { ttas } from './ttas.ts';

export const ZOO: readonly LockAlgorithm[] = Object.freeze([ttas, ticket, futex, futexRwsem]);

/** @throws Error `[hotrace bug]` for an id that is not there: the command line checks it first. */
export function algorithmOf(id: string): LockAlgorithm {
  const found = [...ZOO, ...BROKEN].find((algorithm) => algorithm.id === id);
  if (found === undefined) throw new Error(`[hotrace bug] no lock ${id}`);
  return found;
}
