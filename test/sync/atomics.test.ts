import { expect, test } from 'vitest';
import type { LockAlgorithm } from '../../src/sync/algorithm.ts';
import { ZOO } from '../../src/sync/zoo.ts';
import { Alone } from './alone.ts';

/** What an uncontended use is, of each kind. */
function useOnce(lock: LockAlgorithm, alone: Alone): void {
  const { lock: at, self } = alone;
  switch (lock.kind) {
    case 'exclusive':
      alone.run(lock.procedures.lock(at, self));
      alone.run(lock.procedures.unlock(at, self));
      return;
    case 'readers-writer':
      alone.run(lock.procedures.down_read(at, self));
      alone.run(lock.procedures.up_read(at, self));
      return;
    case 'sequence': {
      const begun = alone.run(lock.procedures.read_begin(at, self));
      expect(alone.run(lock.procedures.read_retry(at, self, begun))).toBe(0);
      return;
    }
    case 'refcount':
      alone.run(lock.procedures.inc(at));
      expect(alone.run(lock.procedures.dec_and_test(at))).toBe(0);
      return;
    case 'reclamation':
      alone.run(lock.procedures.enter(at, self));
      alone.run(lock.procedures.protect(at, self, alone.link, 0));
      alone.run(lock.procedures.leave(at, self));
  }
}

test.each(ZOO)('$id: uncontended, $atomics atomic operations', (lock) => {
  const alone = new Alone(lock);
  if (lock.kind === 'refcount') alone.run(lock.procedures.init(alone.lock, 1));
  // QSBR comes online once, not each time.
  if (lock.kind === 'reclamation') alone.run(lock.procedures.enter(alone.lock, alone.self));
  alone.atomics = 0;
  useOnce(lock, alone);
  expect(alone.atomics).toBe(lock.atomics);
});
