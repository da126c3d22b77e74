/** The broken twins: every verification and every stress run must refuse each of them. */
import type { LockAlgorithm } from '../algorithm.ts';
import { mcsHasty } from './mcs_hasty.ts';
import { rwMingled } from './rw_mingled.ts';
import { busted, sleepy, tornTicket } from './twins.ts';

export const BROKEN: readonly LockAlgorithm[] = Object.freeze([
  busted,
  tornTicket,
  sleepy,
  mcsHasty,
  // Readers and writers
  rwMingled,
]);
