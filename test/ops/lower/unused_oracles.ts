/** Lock operations and oracles for timed loops: those use none, and say so if they do. */
import type { NativeLocks } from '../../../src/ops/native/locks.ts';
import type { Judge } from '../../../src/ops/native/runtime.ts';

const unused = (): never => {
  throw new Error('[hotrace bug] the timed loop uses only reads, writes, atomics and waits');
};

export const NO_LOCKS: NativeLocks = {
  spin_lock: unused,
  spin_unlock: unused,
  spin_trylock: unused,
  mutex_lock: unused,
  mutex_unlock: unused,
  mutex_trylock: unused,
  down_read: unused,
  up_read: unused,
  down_write: unused,
  up_write: unused,
};

export const NO_JUDGE: Judge = {
  quiet: () => 'wait',
  clockMoved: unused,
  badAccess: unused,
  nameOfLock: unused,
  lockClass: unused,
  lockClassName: unused,
  watchedMove: unused,
  panicOnWarn: false,
};
