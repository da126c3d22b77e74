/**
 * What a lock algorithm says of itself: its procedures, its memory, what it claims. Verification
 * holds it to the claims, the benchmark prints them beside what it measured.
 */
import type { Procedure, Ptr } from '#ops';
import type { AnyStruct } from '../memory/image.ts';

/** How a waiting thread spends its time. */
export type Waiting = 'spins' | 'sleeps' | 'spins, then sleeps';

/**
 * fifo: once `queued()`, nobody who begins later enters before. Otherwise at most `bypass` others
 * enter before a thread that is queued, each; Infinity: no promise.
 */
export type Fairness = { readonly fifo: true } | { readonly fifo: false; readonly bypass: number };

export const FIFO: Fairness = Object.freeze({ fifo: true });
export const UNFAIR: Fairness = Object.freeze({ fifo: false, bypass: Number.POSITIVE_INFINITY });

/** Sets up the memory of one lock before anybody uses it; all words are zero before. */
export interface LockSetup {
  /** Address of the lock. */
  readonly lock: number;
  /** lock_self of each thread. */
  readonly selves: readonly number[];
  poke(addr: number, value: number): void;
  /** Another object beside the lock, zeroed, on lines of its own: a spare node, a table. */
  object(name: string, type: AnyStruct): number;
}

interface Algorithm {
  /** `mcs`; unique in the zoo, kebab-case. */
  readonly id: string;
  /** `MCS queue lock` */
  readonly title: string;
  /** Paper with section, or kernel source with version. */
  readonly source: string;
  /** struct of one lock; words that are written by different threads lie on different lines. */
  readonly memory: AnyStruct;
  readonly setup?: (setup: LockSetup) => void;
  /**
   * A constant word of the lock that says how often something is done before something else is (so
   * many polls, then sleep). setup pokes the value for threads; where every interleaving is looked
   * at, the small one stands there instead, with which both are reached.
   */
  readonly budget?: { readonly at: number; readonly explored: number; readonly threads: number };
  /** Atomic operations of an uncontended lock and unlock (readers: down_read and up_read). */
  readonly atomics: number;
  /** The verdicts with which verification must refuse a broken twin; absent: it must pass. */
  readonly broken?: readonly BrokenVerdict[];
  /** Threads without which a broken twin cannot be refused, where two or three are too few. */
  readonly threadsToRefuse?: 4;
}

/** What threads wait for. */
interface Waited extends Algorithm {
  readonly waiting: Waiting;
  readonly fairness: Fairness;
}

export type BrokenVerdict =
  | 'assertion'
  | 'livelock'
  | 'lost-wakeup'
  | 'deadlock'
  | 'use-after-free';

/** Procedures take the lock's address and the caller's lock_self. */
export interface ExclusiveProcedures {
  readonly lock: Procedure<[Ptr, Ptr], void>;
  readonly unlock: Procedure<[Ptr, Ptr], void>;
}

export interface TryProcedures extends ExclusiveProcedures {
  /** 1 if taken, 0 if not; never waits. */
  readonly trylock: Procedure<[Ptr, Ptr], number>;
}

export interface ExclusiveLock extends Waited {
  readonly kind: 'exclusive';
  /** Frozen. Not every algorithm can be tried without waiting. */
  readonly procedures: ExclusiveProcedures | TryProcedures;
}

export interface ReadersWriterProcedures {
  readonly down_read: Procedure<[Ptr, Ptr], void>;
  readonly up_read: Procedure<[Ptr, Ptr], void>;
  readonly down_write: Procedure<[Ptr, Ptr], void>;
  readonly up_write: Procedure<[Ptr, Ptr], void>;
}

export interface ReadersWriterLock extends Waited {
  readonly kind: 'readers-writer';
  /** Two readers can be inside at once: verification looks for an execution where they are. */
  readonly readersTogether: boolean;
  /** So many writers at most enter before a reader that is queued; absent: no promise. */
  readonly readerBypass?: number;
  readonly procedures: ReadersWriterProcedures;
}

export interface SequenceProcedures {
  /** A number to hand to read_retry. */
  readonly read_begin: Procedure<[Ptr, Ptr], number>;
  /** 1 if what was read since may be torn. */
  readonly read_retry: Procedure<[Ptr, Ptr, number], number>;
  readonly write_begin: Procedure<[Ptr, Ptr], void>;
  readonly write_end: Procedure<[Ptr, Ptr], void>;
}

/** A version counter: readers never write; they look again when a writer was there. */
export interface SequenceLock extends Algorithm {
  readonly kind: 'sequence';
  readonly procedures: SequenceProcedures;
}

export interface RefcountProcedures {
  readonly init: Procedure<[Ptr, number], void>;
  readonly inc: Procedure<[Ptr], void>;
  /** 0: it was already zero, nothing taken. */
  readonly inc_not_zero: Procedure<[Ptr], number>;
  /** 1: this was the last one. */
  readonly dec_and_test: Procedure<[Ptr], number>;
}

/** A count of references to an object that the last put frees. Its first word is the count. */
export interface Refcount extends Algorithm {
  readonly kind: 'refcount';
  readonly procedures: RefcountProcedures;
}

/**
 * The first argument is the domain: the objects that are retired to it, whoever reads them. The
 * first word of an object is the domain's from retire() on, as an rcu_head. A pointer of 0 or below
 * is none: a link may be marked so.
 */
export interface ReclamationProcedures {
  readonly enter: Procedure<[Ptr, Ptr], void>;
  /** Reads a pointer from the word `from` so that what it points to stays; slot 0 or 1. */
  readonly protect: Procedure<[Ptr, Ptr, Ptr, number], Ptr>;
  /** Nothing that protect() answered since enter() is used any more. */
  readonly leave: Procedure<[Ptr, Ptr], void>;
  /** The object is off the list: it is freed when nobody can reach it any more. */
  readonly retire: Procedure<[Ptr, Ptr, Ptr], void>;
  /** Outside enter() and leave(), every now and then: frees of its own what can be freed. */
  readonly quiescent: Procedure<[Ptr, Ptr], void>;
  /** This thread will not call for long, or never: nobody waits for it. */
  readonly offline: Procedure<[Ptr, Ptr], void>;
}

/** Safe reclamation: readers walk a list without its lock, a remover frees what it took off. */
export interface Reclamation extends Algorithm {
  readonly kind: 'reclamation';
  readonly procedures: ReclamationProcedures;
}

export type LockAlgorithm =
  | ExclusiveLock
  | ReadersWriterLock
  | SequenceLock
  | Refcount
  | Reclamation;
