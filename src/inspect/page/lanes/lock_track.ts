/**
 * What happened to one lock as pieces of positions in which nothing changed: who holds it, how many
 * read, how many wait. Holds of an actor before its release, hand-overs, waits are counted.
 */
import { type InspectDocument, LOCK_EVENTS } from '../../document/document.ts';

/** Owner of a piece: nobody. */
export const NOBODY = -1;
/** Owner of a bucket: several, one after another. */
export const SEVERAL = -2;

/** A lock given up by one actor and taken next by one that had waited for it. */
export interface HandOver {
  readonly from: number;
  readonly to: number;
  readonly released: number;
  readonly acquired: number;
}

export interface LockTrack {
  readonly lock: number;
  /** Where each piece begins; it ends where the next does, the last at `end`. Ascending. */
  readonly starts: Int32Array;
  /** Who holds it alone, NOBODY also where it is only read. */
  readonly owner: Int16Array;
  readonly readers: Uint8Array;
  readonly waiters: Uint8Array;
  readonly end: number;
  readonly handOvers: readonly HandOver[];
  readonly taken: number;
  /** Acquisitions that had to wait, and waits that never ended. */
  readonly waited: number;
  readonly refused: number;
}

class LockState {
  readonly starts: number[] = [0];
  readonly owner: number[] = [NOBODY];
  readonly readers: number[] = [0];
  readonly waiters: number[] = [0];
  readonly handOvers: HandOver[] = [];
  taken = 0;
  waited = 0;
  refused = 0;
  #holder = NOBODY;
  readonly #reading = new Map<number, number>();
  readonly #waiting = new Set<number>();
  #released: { readonly actor: number; readonly at: number } | undefined;

  note(at: number, actor: number, event: string, shared: boolean): void {
    if (event === 'wait') this.#waiting.add(actor);
    else if (event === 'acquire') this.#acquire(at, actor, shared);
    else if (event === 'release') this.#release(at, actor, shared);
    else this.refused++;
    if (event === 'wait') this.waited++;
    if (event === 'refused') this.#waiting.delete(actor);
    this.#piece(at);
  }

  #acquire(at: number, actor: number, shared: boolean): void {
    this.taken++;
    const hadWaited = this.#waiting.delete(actor);
    const before = this.#released;
    if (hadWaited && before !== undefined && before.actor !== actor) {
      this.handOvers.push({ from: before.actor, to: actor, released: before.at, acquired: at });
    }
    this.#released = undefined;
    if (shared) this.#reading.set(actor, (this.#reading.get(actor) ?? 0) + 1);
    else this.#holder = actor;
  }

  #release(at: number, actor: number, shared: boolean): void {
    this.#released = { actor, at };
    const count = this.#reading.get(actor) ?? 0;
    if (!shared) this.#holder = NOBODY;
    else if (count > 1) this.#reading.set(actor, count - 1);
    else this.#reading.delete(actor);
  }

  #piece(at: number): void {
    let last = this.starts.length - 1;
    if ((this.starts[last] ?? 0) < at) last = this.starts.push(at) - 1;
    this.owner[last] = this.#holder;
    this.readers[last] = Math.min(255, this.#reading.size);
    this.waiters[last] = Math.min(255, this.#waiting.size);
  }
}

/** Every lock that anybody touched; what was waited for most comes first. */
export function lockTracks(document: InspectDocument): LockTrack[] {
  const states = new Map<number, LockState>();
  const { locks, steps } = document;
  for (let i = 0; i < locks.at.length; i++) {
    const lock = locks.lock[i] ?? 0;
    const state = states.get(lock) ?? new LockState();
    states.set(lock, state);
    const event = LOCK_EVENTS[locks.event[i] ?? 0] ?? 'refused';
    state.note(locks.at[i] ?? 0, locks.actor[i] ?? 0, event, locks.shared[i] === 1);
  }
  const tracks = [...states].map(([lock, s]): LockTrack => {
    const { handOvers, taken, waited, refused } = s;
    const [starts, owner] = [Int32Array.from(s.starts), Int16Array.from(s.owner)];
    const [readers, waiters] = [Uint8Array.from(s.readers), Uint8Array.from(s.waiters)];
    const end = Math.max(steps.count, starts.at(-1) ?? 0);
    return { lock, starts, owner, readers, waiters, end, handOvers, taken, waited, refused };
  });
  return tracks.sort((a, b) => b.waited - a.waited || b.taken - a.taken || a.lock - b.lock);
}

/** A bucket, or a column of pixels, of a lock's lane. */
export interface LockBuckets {
  /** Positions held or read. */
  readonly held: Uint32Array;
  /** Positions at which anybody waited. */
  readonly contended: Uint32Array;
  readonly waiters: Uint8Array;
  readonly readers: Uint8Array;
  /** The only owner, NOBODY, or SEVERAL. */
  readonly owner: Int16Array;
}

export function lockBuckets(length: number): LockBuckets {
  return {
    held: new Uint32Array(length),
    contended: new Uint32Array(length),
    waiters: new Uint8Array(length),
    readers: new Uint8Array(length),
    owner: new Int16Array(length).fill(NOBODY),
  };
}

/** Adds a piece, cut to the bucket, of `length` positions. */
export function addPiece(
  out: LockBuckets,
  bucket: number,
  track: LockTrack,
  piece: number,
  length: number,
): void {
  const owner = track.owner[piece] ?? NOBODY;
  const readers = track.readers[piece] ?? 0;
  const waiters = track.waiters[piece] ?? 0;
  if (owner !== NOBODY || readers > 0) out.held[bucket] = (out.held[bucket] ?? 0) + length;
  if (waiters > 0) out.contended[bucket] = (out.contended[bucket] ?? 0) + length;
  if (waiters > (out.waiters[bucket] ?? 0)) out.waiters[bucket] = waiters;
  if (readers > (out.readers[bucket] ?? 0)) out.readers[bucket] = readers;
  out.owner[bucket] = joinedOwner(out.owner[bucket] ?? NOBODY, owner);
}

/** Adds a bucket of a finer level. */
export function addBucket(out: LockBuckets, bucket: number, from: LockBuckets, i: number): void {
  out.held[bucket] = (out.held[bucket] ?? 0) + (from.held[i] ?? 0);
  out.contended[bucket] = (out.contended[bucket] ?? 0) + (from.contended[i] ?? 0);
  out.waiters[bucket] = Math.max(out.waiters[bucket] ?? 0, from.waiters[i] ?? 0);
  out.readers[bucket] = Math.max(out.readers[bucket] ?? 0, from.readers[i] ?? 0);
  out.owner[bucket] = joinedOwner(out.owner[bucket] ?? NOBODY, from.owner[i] ?? NOBODY);
}

function joinedOwner(a: number, b: number): number {
  if (a === b || b === NOBODY) return a;
  return a === NOBODY ? b : SEVERAL;
}
