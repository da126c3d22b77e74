/**
 * The lock algorithms by name. A new one is registered here, which also puts it into the
 * conformance suite; it only uses the words of its struct in memory/kernel_structs.ts.
 */
import type { Procedure, Ptr } from '#ops';
import { futex_mutex_lock, futex_mutex_trylock, futex_mutex_unlock } from './futex_mutex.ts';
import { futex_down_read, futex_down_write, futex_up_read, futex_up_write } from './futex_rwsem.ts';
import { ticket_lock, ticket_trylock, ticket_unlock } from './ticket.ts';
import { ttas_lock, ttas_trylock, ttas_unlock } from './ttas.ts';

export interface ExclusiveLock {
  /** Taken and released by one actor; waits while another holds it. */
  readonly lock: Procedure<[Ptr], void>;
  readonly unlock: Procedure<[Ptr], void>;
  /** 1 if taken, 0 if not; never waits. */
  readonly trylock: Procedure<[Ptr], number>;
}

export interface ReadersWriterLock {
  readonly down_read: Procedure<[Ptr], void>;
  readonly up_read: Procedure<[Ptr], void>;
  readonly down_write: Procedure<[Ptr], void>;
  readonly up_write: Procedure<[Ptr], void>;
}

/** What may stand behind spin_lock: waits by spinning. */
export const spinlocks = Object.freeze({
  ttas: Object.freeze({ lock: ttas_lock, unlock: ttas_unlock, trylock: ttas_trylock }),
  ticket: Object.freeze({ lock: ticket_lock, unlock: ticket_unlock, trylock: ticket_trylock }),
}) satisfies Readonly<Record<string, ExclusiveLock>>;

/** What may stand behind mutex_lock: waits by sleeping. */
export const mutexes = Object.freeze({
  futex: Object.freeze({
    lock: futex_mutex_lock,
    unlock: futex_mutex_unlock,
    trylock: futex_mutex_trylock,
  }),
}) satisfies Readonly<Record<string, ExclusiveLock>>;

/** What may stand behind down_read and down_write. */
export const rwsems = Object.freeze({
  futex: Object.freeze({
    down_read: futex_down_read,
    up_read: futex_up_read,
    down_write: futex_down_write,
    up_write: futex_up_write,
  }),
}) satisfies Readonly<Record<string, ReadersWriterLock>>;
