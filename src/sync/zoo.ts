/**
 * The lock algorithms. One registered here is verified, stressed and benchmarked with the others,
 * and may stand behind the locks of the systems.
 */

import { adaptive } from './adaptive.ts';
import type { LockAlgorithm } from './algorithm.ts';
import { anderson } from './anderson.ts';
import { bravo } from './bravo.ts';
import { brlock } from './brlock.ts';
import { BROKEN } from './broken/index.ts';
import { clh } from './clh.ts';
import { cna } from './cna.ts';
import { epochs } from './epochs.ts';
import { futex } from './futex_mutex.ts';
import { futexRwsem } from './futex_rwsem.ts';
import { futex2 } from './futex2.ts';
import { hazardPointers } from './hazard_pointers.ts';
import { hemlock } from './hemlock.ts';
import { k42 } from './k42.ts';
import { linuxMutex } from './linux_mutex.ts';
import { malthusian } from './malthusian.ts';
import { mcs } from './mcs.ts';
import { mcsPark } from './mcs_park.ts';
import { osq } from './osq.ts';
import { parkingLot } from './parking_lot.ts';
import { phaseFair } from './phase_fair.ts';
import { qrwlock } from './qrwlock.ts';
import { qsbr } from './qsbr.ts';
import { qspinlock } from './qspinlock.ts';
import { qspinlockPark } from './qspinlock_park.ts';
import { refcount } from './refcount.ts';
import { seqlock } from './seqlock.ts';
import { tas } from './tas.ts';
import { ticket } from './ticket.ts';
import { ticketPark } from './ticket_park.ts';
import { ticketProportional } from './ticket_proportional.ts';
import { ticketRw } from './ticket_rw.ts';
import { ttas } from './ttas.ts';
import { ttasBackoff } from './ttas_backoff.ts';
import { twa } from './twa.ts';

export const ZOO: readonly LockAlgorithm[] = Object.freeze([
  ttas,
  ticket,
  futex,
  futexRwsem,
  // Spinlocks
  tas,
  ttasBackoff,
  ticketProportional,
  twa,
  anderson,
  mcs,
  clh,
  k42,
  hemlock,
  qspinlock,
  qspinlockPark,
  osq,
  cna,
  malthusian,
  // Mutexes
  futex2,
  adaptive,
  parkingLot,
  linuxMutex,
  mcsPark,
  ticketPark,
  // Readers and writers
  ticketRw,
  phaseFair,
  qrwlock,
  brlock,
  bravo,
  // Versions, counts, reclamation
  seqlock,
  refcount,
  hazardPointers,
  epochs,
  qsbr,
]);

/** @throws Error `[hotrace bug]` for an id that is not there: the command line checks it first. */
export function algorithmOf(id: string): LockAlgorithm {
  const found = [...ZOO, ...BROKEN].find((algorithm) => algorithm.id === id);
  if (found === undefined) throw new Error(`[hotrace bug] no lock ${id}`);
  return found;
}
