/** The broken twins: every verification and every stress run must refuse each of them. */
import type { LockAlgorithm } from '../algorithm.ts';
import { mcsHasty } from './mcs_hasty.ts';
import { rwMingled } from './rw_mingled.ts';
import { saturatedWaiters } from './saturated_waiters.ts';
import { busted, sleepy, tornTicket } from './twins.ts';
import { hastyEpochs, hastySeqlock, refcountFromZero } from './uncounted.ts';

export const BROKEN: readonly LockAlgorithm[] = Object.freeze([
  busted,
  tornTicket,
  sleepy,
  mcsHasty,
  // Mutexes, readers and writers, counts
  saturatedWaiters,
  rwMingled,
  hastySeqlock,
  refcountFromZero,
  hastyEpochs,
]);
