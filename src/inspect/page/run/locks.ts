/** Who held and who waited for which lock when. */
import { type InspectDocument, LOCK_EVENTS } from '../../document/document.ts';

/** `to`: the position at which it ended; count + 1 where it lasts to the end. */
export interface Span {
  readonly lock: number;
  readonly actor: number;
  readonly from: number;
  readonly to: number;
  readonly shared: boolean;
}

export interface LockNow {
  readonly holders: readonly Span[];
  readonly waiters: readonly Span[];
}

export class LockHistory {
  /** Addresses of all locks that were used, in order of their first use. */
  readonly locks: readonly number[];
  readonly #holds = new Map<number, Span[]>();
  readonly #waits = new Map<number, Span[]>();

  constructor({ locks, steps }: InspectDocument) {
    const seen = new Set<number>();
    const open = new Map<string, Omit<Span, 'to'>>();
    const close = (kind: Map<number, Span[]>, key: string, to: number): void => {
      const span = open.get(key);
      open.delete(key);
      if (span === undefined) return;
      const known = kind.get(span.lock);
      if (known === undefined) kind.set(span.lock, [{ ...span, to }]);
      else known.push({ ...span, to });
    };
    locks.at.forEach((at, i) => {
      const lock = locks.lock[i] ?? 0;
      const actor = locks.actor[i] ?? 0;
      const shared = locks.shared[i] === 1;
      const [hold, wait] = [`hold ${lock} ${actor}`, `wait ${lock} ${actor}`];
      seen.add(lock);
      switch (LOCK_EVENTS[locks.event[i] ?? 0]) {
        case 'wait':
          open.set(wait, { lock, actor, from: at, shared });
          break;
        case 'acquire':
          close(this.#waits, wait, at);
          open.set(hold, { lock, actor, from: at, shared });
          break;
        case 'release':
          close(this.#holds, hold, at);
          break;
        default:
      }
    });
    for (const key of [...open.keys()]) {
      close(key.startsWith('hold') ? this.#holds : this.#waits, key, steps.count + 1);
    }
    this.locks = [...seen];
  }

  /** All holds of a lock; they may overlap where readers share it. */
  holds(lock: number): readonly Span[] {
    return this.#holds.get(lock) ?? [];
  }

  waits(lock: number): readonly Span[] {
    return this.#waits.get(lock) ?? [];
  }

  at(lock: number, position: number): LockNow {
    const now = ({ from, to }: Span): boolean => from <= position && position < to;
    return { holders: this.holds(lock).filter(now), waiters: this.waits(lock).filter(now) };
  }

  /** What an actor holds at a position, oldest first. */
  heldBy(actor: number, position: number): readonly Span[] {
    const held = this.locks.flatMap((lock) => this.at(lock, position).holders);
    return held.filter((span) => span.actor === actor).toSorted((a, b) => a.from - b.from);
  }

  /** What an actor waits for at a position. */
  waitOf(actor: number, position: number): Span | undefined {
    const waits = this.locks.flatMap((lock) => this.at(lock, position).waiters);
    return waits.find((span) => span.actor === actor);
  }
}
