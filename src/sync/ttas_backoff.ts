/**
 * Test-and-test-and-set with exponential back-off (Anderson 1990; Mellor-Crummey & Scott
 * 1991, §2.1). Whoever looks in vain pauses before it looks again, twice as long each time up to a
 * bound, so a release meets few who try. The longer one has waited, the less often it looks: the
 * last comer is the likeliest to win.
 *
 * The pause is staggered by +-50 % so that waiters do not look in step. A random number would make
 * executions differ from their recording: the stagger follows from the thread and the pause.
 */

import { cpu_relax, delay, ghost_read, type Proc, type Ptr, READ_ONCE, xchg } from '#ops';
import { type ExclusiveLock, UNFAIR } from './algorithm.ts';
import { queued } from './node.ts';
import { lock_self } from './self.ts';
import { ttas_lock_t, ttas_trylock, ttas_unlock } from './ttas.ts';

/** Pauses of about 25 ns: 0.1 us at first, 6 us at most. */
const PAUSES_MIN = 4;
const PAUSES_MAX = 256;

/** Half of the pauses to one and a half; `pauses` is a power of two. */
function staggered(id: number, pauses: number): number {
  return (pauses >> 1) + ((Math.imul(id, 0x9e3779b1) >> 8) & (pauses - 1));
}

function* ttas_backoff_lock(lock: Ptr, self: Ptr): Proc<void> {
  const id = yield ghost_read(self + lock_self.id);
  let pauses = PAUSES_MIN;
  // 0 -> 1: taken; 1 -> 1: held by another, nothing changed
  while ((yield xchg(lock + ttas_lock_t.val, 1)) !== 0) {
    yield* queued(self);
    do {
      yield delay(staggered(id, pauses));
      if (pauses < PAUSES_MAX) pauses <<= 1;
      yield cpu_relax();
    } while ((yield READ_ONCE(lock + ttas_lock_t.val)) !== 0);
  }
}

export const ttasBackoff: ExclusiveLock = Object.freeze({
  id: 'ttas-backoff',
  title: 'test-and-test-and-set, exponential back-off',
  kind: 'exclusive',
  source: 'Anderson 1990; Mellor-Crummey & Scott 1991, 2.1',
  waiting: 'spins',
  fairness: UNFAIR,
  memory: ttas_lock_t,
  atomics: 2,
  procedures: Object.freeze({
    lock: ttas_backoff_lock,
    unlock: ttas_unlock,
    trylock: ttas_trylock,
  }),
});
