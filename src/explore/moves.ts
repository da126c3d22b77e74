/** Counts the moves of all machines during a search: which event met which state, how often. */
import type { World } from './world.ts';

/** An event that came to a state, accepted or not. */
export interface Move {
  /** Actor index of the program. */
  readonly actor: number;
  readonly state: string;
  readonly event: string;
  readonly count: number;
}

/** Event codes are int32 words; states are at most 4096 (actor/table.ts): a key is exact. */
const CODES = 2 ** 32;

export class MoveCounter {
  /** By actor: state * CODES + event code. */
  readonly #counts: Map<number, number>[] = [];

  count(actor: number, state: number, event: number): void {
    let mine = this.#counts[actor];
    if (mine === undefined) {
      mine = new Map();
      this.#counts[actor] = mine;
    }
    const key = state * CODES + (event >>> 0);
    mine.set(key, (mine.get(key) ?? 0) + 1);
  }

  /** Everything counted, by names. */
  moves(world: Pick<World, 'tables'>): Move[] {
    const found: Move[] = [];
    this.#counts.forEach((mine, actor) => {
      const table = world.tables[actor];
      if (table === undefined) return;
      for (const [key, count] of mine) {
        const state = table.states[Math.floor(key / CODES)]?.name ?? '';
        found.push({ actor, state, event: table.eventName((key % CODES) | 0), count });
      }
    });
    return found;
  }
}
