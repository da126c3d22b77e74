/** All lanes of a document, their summaries made when they are first drawn. */
import type { InspectDocument } from '../../document/document.ts';
import { type ActorTrack, actorTracks, CLASS_TEXT, CLASSES } from './actor_track.ts';
import { actorLevels, type Histogram, lockLevels, pieceAt } from './levels.ts';
import {
  type HandOver,
  type LockBuckets,
  type LockTrack,
  lockTracks,
  NOBODY,
} from './lock_track.ts';
import type { Window } from './window.ts';

/** A line of the table that says what the lanes show. */
export interface WindowRow {
  readonly from: number;
  readonly to: number;
  readonly lane: string;
  readonly what: string;
}

export class LaneSet {
  readonly document: InspectDocument;
  readonly actors: readonly ActorTrack[];
  readonly locks: readonly LockTrack[];
  readonly #actorLevels = new Map<ActorTrack, readonly Histogram[]>();
  readonly #lockLevels = new Map<LockTrack, readonly LockBuckets[]>();
  readonly #lockName: (lock: number) => string;

  constructor(document: InspectDocument, lockName: (lock: number) => string) {
    this.document = document;
    this.actors = actorTracks(document);
    this.locks = lockTracks(document);
    this.#lockName = lockName;
  }

  get count(): number {
    return this.document.steps.count;
  }

  actorLevels(track: ActorTrack): readonly Histogram[] {
    const levels = this.#actorLevels.get(track) ?? actorLevels(track);
    this.#actorLevels.set(track, levels);
    return levels;
  }

  lockLevels(track: LockTrack): readonly LockBuckets[] {
    const levels = this.#lockLevels.get(track) ?? lockLevels(track);
    this.#lockLevels.set(track, levels);
    return levels;
  }

  actorName(actor: number): string {
    return this.document.actors[actor]?.name ?? `actor ${actor}`;
  }

  lockName(track: LockTrack): string {
    return this.#lockName(track.lock);
  }

  /** `running: R pe#1.state = 3 (eeh_pe.ts:88)` */
  actorAt(actor: number, position: number): string {
    const track = this.actors[actor];
    if (track === undefined) return '';
    const drawn = CLASSES[track.classes[pieceAt(track.starts, position)] ?? 0] ?? 'off';
    const { steps, texts, stacks, sites } = this.document;
    if (steps.actor[position] !== actor) return CLASS_TEXT[drawn];
    const site = sites[stacks[steps.stack[position] ?? 0]?.[0] ?? -1];
    const place = site === undefined ? '' : `  ${site.file.split('/').at(-1)}:${site.line}`;
    return `${CLASS_TEXT[drawn]}: ${texts[steps.text[position] ?? 0] ?? ''}${place}`;
  }

  /** `held by eehd, 2 wait` */
  lockAt(track: LockTrack, position: number): string {
    const piece = pieceAt(track.starts, position);
    const owner = track.owner[piece] ?? NOBODY;
    const readers = track.readers[piece] ?? 0;
    const waiters = track.waiters[piece] ?? 0;
    const held = owner === NOBODY ? '' : `held by ${this.actorName(owner)}`;
    const read = readers === 0 ? '' : `${readers} ${readers === 1 ? 'reader' : 'readers'}`;
    const who = [held, read].filter((text) => text !== '').join(', ') || 'free';
    return waiters === 0 ? who : `${who}, ${waiters} ${waiters === 1 ? 'waits' : 'wait'}`;
  }

  handOversIn(track: LockTrack, { from, to }: Window): HandOver[] {
    return track.handOvers.filter(({ released, acquired }) => acquired >= from && released <= to);
  }

  /** What a window shows, as lines in the order of their beginnings, at most `max`. */
  rowsIn(window: Window, max: number): { readonly rows: WindowRow[]; readonly left: number } {
    const rows: WindowRow[] = [];
    let left = 0;
    const add = (row: WindowRow): void => {
      if (rows.length < max * 4) rows.push(row);
      else left++;
    };
    this.actors.forEach((track, actor) => {
      for (const [piece, from, to] of pieces(track, window)) {
        const drawn = CLASSES[track.classes[piece] ?? 0] ?? 'off';
        if (drawn !== 'off') {
          add({ from, to, lane: this.actorName(actor), what: CLASS_TEXT[drawn] });
        }
      }
    });
    for (const track of this.locks) {
      for (const [, from, to] of pieces(track, window)) {
        const what = this.lockAt(track, from);
        if (what !== 'free') add({ from, to, lane: this.lockName(track), what });
      }
    }
    rows.sort((a, b) => a.from - b.from);
    left += Math.max(0, rows.length - max);
    return { rows: rows.slice(0, max), left };
  }
}

interface Track {
  readonly starts: Int32Array;
  readonly end: number;
}

/** Pieces in a window: which, from where, to where. */
export function* pieces(
  { starts, end }: Track,
  { from, to }: Window,
): Generator<readonly [piece: number, from: number, to: number]> {
  for (let i = Math.max(0, pieceAt(starts, Math.floor(from))); i < starts.length; i++) {
    const begin = starts[i] ?? 0;
    if (begin >= to) return;
    const stop = starts[i + 1] ?? end;
    if (stop > begin) yield [i, begin, stop];
  }
}
