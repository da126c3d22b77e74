/** Broken twins of what counts: versions, references, epochs. */
import { atomic_fetch_add, type Proc, type Ptr, smp_mb } from '#ops';
import type { Reclamation, Refcount, SequenceLock } from '../algorithm.ts';
import { epochs, epochs_advance, epochs_free } from '../epochs.ts';
import { refcount } from '../refcount.ts';
import { seqlock } from '../seqlock.ts';

/** Whoever began between two writers takes what it read for whole. */
function* hasty_read_retry(_lock: Ptr, _self: Ptr, _begun: number): Proc<number> {
  yield smp_mb();
  return 0;
}

export const hastySeqlock: SequenceLock = Object.freeze({
  ...seqlock,
  id: 'seqlock-hasty',
  title: 'sequence lock without the second look',
  source: 'locks.md 5',
  broken: Object.freeze(['assertion'] as const),
  procedures: Object.freeze({ ...seqlock.procedures, read_retry: hasty_read_retry }),
});

/** A reference to an object that is freed already. */
function* inc_from_zero(count: Ptr): Proc<number> {
  yield atomic_fetch_add(count, 1);
  return 1;
}

export const refcountFromZero: Refcount = Object.freeze({
  ...refcount,
  id: 'refcount-from-zero',
  title: 'reference count that comes back from zero',
  source: 'locks.md 5',
  broken: Object.freeze(['use-after-free'] as const),
  procedures: Object.freeze({ ...refcount.procedures, inc_not_zero: inc_from_zero }),
});

/** A reader of the epoch before may still be inside. */
function* hasty_quiescent(domain: Ptr, self: Ptr): Proc<void> {
  yield* epochs_advance(domain, self);
  yield* epochs_free(domain, self, 1);
}

export const hastyEpochs: Reclamation = Object.freeze({
  ...epochs,
  id: 'epochs-hasty',
  title: 'epochs that free one epoch too early',
  source: 'locks.md 2.3',
  broken: Object.freeze(['use-after-free'] as const),
  procedures: Object.freeze({ ...epochs.procedures, quiescent: hasty_quiescent }),
});
