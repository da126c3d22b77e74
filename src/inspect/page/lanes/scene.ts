/** What is drawn, and where its rows lie. */
import type { LaneSet } from './lane_set.ts';
import type { LockTrack } from './lock_track.ts';
import type { Window } from './window.ts';

export const AXIS = 22;
export const ACTOR_ROW = 24;
/** A lock that somebody waited for has its queue drawn below the bar. */
const LOCK_ROW = 34;
const CALM_LOCK_ROW = 22;
export const OVERVIEW = 12;

export interface Scene {
  readonly lanes: LaneSet;
  readonly window: Window;
  readonly width: number;
  /** Locks that have a row, from the first. */
  readonly lockCount: number;
  readonly position: number;
  /** Index of the lock that is pointed at: its hand-overs go from actor to actor. */
  readonly lock: number | undefined;
}

export function heightOf({ lanes, lockCount }: Pick<Scene, 'lanes' | 'lockCount'>): number {
  return lockTop(lanes, lockCount) + OVERVIEW;
}

export function lockHeight(track: LockTrack): number {
  return track.waited > 0 ? LOCK_ROW : CALM_LOCK_ROW;
}

export function actorTop(actor: number): number {
  return AXIS + actor * ACTOR_ROW;
}

export function lockTop(lanes: LaneSet, lock: number): number {
  let top = AXIS + lanes.actors.length * ACTOR_ROW;
  for (const track of lanes.locks.slice(0, lock)) top += lockHeight(track);
  return top;
}

/** Index of the lock whose row a height lies in, undefined: none. */
export function lockRowAt({ lanes, lockCount }: Pick<Scene, 'lanes' | 'lockCount'>, y: number) {
  let bottom = AXIS + lanes.actors.length * ACTOR_ROW;
  if (y < bottom) return;
  for (let lock = 0; lock < lockCount; lock++) {
    const track = lanes.locks[lock];
    bottom += track === undefined ? 0 : lockHeight(track);
    if (y < bottom) return lock;
  }
  return;
}

export function xOf({ window, width }: Pick<Scene, 'window' | 'width'>, position: number): number {
  return ((position - window.from) / (window.to - window.from)) * width;
}
