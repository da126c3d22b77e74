/** All lock algorithms, loaded late: a lowering must be installed before. */
import type { LockAlgorithm } from '../sync/algorithm.ts';

/** The zoo and its broken twins, in the lowering that this thread has. */
export async function loadZoo(): Promise<readonly LockAlgorithm[]> {
  const { ZOO } = await import('../sync/zoo.ts');
  const { BROKEN } = await import('../sync/broken/index.ts');
  return [...ZOO, ...BROKEN];
}
