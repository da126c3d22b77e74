/**
 * Summaries of lanes for every power of two, so that a million positions are drawn as fast as a
 * thousand: a column of pixels adds up a few buckets, whatever the zoom.
 */
import { type ActorTrack, CLASS_COUNT } from './actor_track.ts';
import {
  addBucket,
  addPiece,
  type LockBuckets,
  type LockTrack,
  lockBuckets,
} from './lock_track.ts';

/** Positions in a bucket of the finest level, as a power of two. */
export const BASE_SHIFT = 3;
/** Lanes with fewer pieces are drawn from the pieces themselves. */
const PIECES_MAX = 2048;

/** A range of positions cut into columns: column i begins at edges[i], ends at edges[i + 1]. */
export type Edges = Float64Array;

export function columnEdges(from: number, to: number, columns: number): Edges {
  const edges = new Float64Array(columns + 1);
  for (let i = 0; i <= columns; i++) edges[i] = from + ((to - from) * i) / columns;
  return edges;
}

/** Index of the last piece that begins at or before a position, -1: none. */
export function pieceAt(starts: Int32Array, position: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= position) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

interface Track {
  readonly starts: Int32Array;
  readonly end: number;
}

/** Each piece with each bucket that it lies in: `add(bucket, piece, positions)`. */
function eachBucket(
  { starts, end }: Track,
  shift: number,
  add: (bucket: number, piece: number, length: number) => void,
): void {
  for (let piece = 0; piece < starts.length; piece++) {
    const to = starts[piece + 1] ?? end;
    for (let at = starts[piece] ?? 0; at < to; ) {
      const bucket = at >> shift;
      const next = Math.min(to, (bucket + 1) << shift);
      add(bucket, piece, next - at);
      at = next;
    }
  }
}

function bucketCount(end: number, shift: number): number {
  return Math.max(1, Math.ceil(end / 2 ** shift));
}

/** Positions by class: CLASS_COUNT numbers a bucket. */
export type Histogram = Uint8Array | Uint16Array | Uint32Array;

function histogram(length: number, shift: number): Histogram {
  if (shift < 8) return new Uint8Array(length);
  return shift < 16 ? new Uint16Array(length) : new Uint32Array(length);
}

/** levels[k] has buckets of 2 ** (BASE_SHIFT + k) positions; none for a lane of few pieces. */
export function actorLevels(track: ActorTrack): Histogram[] {
  if (track.starts.length <= PIECES_MAX) return [];
  const count = bucketCount(track.end, BASE_SHIFT);
  let level = histogram(count * CLASS_COUNT, BASE_SHIFT);
  eachBucket(track, BASE_SHIFT, (bucket, piece, length) => {
    const i = bucket * CLASS_COUNT + (track.classes[piece] ?? 0);
    level[i] = (level[i] ?? 0) + length;
  });
  const levels = [level];
  for (let shift = BASE_SHIFT + 1; level.length > CLASS_COUNT; shift++) {
    const finer = level;
    const buckets = Math.ceil(finer.length / CLASS_COUNT / 2);
    level = histogram(buckets * CLASS_COUNT, shift);
    for (let i = 0; i < finer.length; i++) {
      const bucket = (i / CLASS_COUNT) >> 1;
      const at = bucket * CLASS_COUNT + (i % CLASS_COUNT);
      level[at] = (level[at] ?? 0) + (finer[i] ?? 0);
    }
    levels.push(level);
  }
  return levels;
}

export function lockLevels(track: LockTrack): LockBuckets[] {
  if (track.starts.length <= PIECES_MAX) return [];
  let level = lockBuckets(bucketCount(track.end, BASE_SHIFT));
  eachBucket(track, BASE_SHIFT, (bucket, piece, length) => {
    addPiece(level, bucket, track, piece, length);
  });
  const levels = [level];
  while (level.held.length > 1) {
    const finer = level;
    level = lockBuckets(Math.ceil(finer.held.length / 2));
    for (let i = 0; i < finer.held.length; i++) addBucket(level, i >> 1, finer, i);
    levels.push(level);
  }
  return levels;
}

/** The coarsest level of which a column still has two buckets, -1: draw from the pieces. */
export function levelFor(levels: number, positionsPerColumn: number): number {
  const wanted = Math.floor(Math.log2(positionsPerColumn)) - 1 - BASE_SHIFT;
  return wanted < 0 || levels === 0 ? -1 : Math.min(wanted, levels - 1);
}

/** Buckets of a column: each bucket is in one column only, the one in which it begins. */
export function bucketRange(
  edges: Edges,
  column: number,
  shift: number,
): readonly [number, number] {
  const size = 2 ** shift;
  return [Math.ceil((edges[column] ?? 0) / size), Math.ceil((edges[column + 1] ?? 0) / size)];
}

/** Classes by column: CLASS_COUNT shares a column, in positions. */
export function actorColumns(
  track: ActorTrack,
  levels: readonly Histogram[],
  edges: Edges,
): Float32Array {
  const columns = edges.length - 1;
  const out = new Float32Array(columns * CLASS_COUNT);
  const chosen = levelFor(levels.length, ((edges[columns] ?? 0) - (edges[0] ?? 0)) / columns);
  const level = levels[chosen];
  if (level === undefined) {
    eachColumn(track, edges, (column, piece, length) => {
      const i = column * CLASS_COUNT + (track.classes[piece] ?? 0);
      out[i] = (out[i] ?? 0) + length;
    });
    return out;
  }
  const last = level.length / CLASS_COUNT;
  for (let column = 0; column < columns; column++) {
    const [first, end] = bucketRange(edges, column, BASE_SHIFT + chosen);
    for (let bucket = Math.max(0, first); bucket < Math.min(end, last); bucket++) {
      for (let drawn = 0; drawn < CLASS_COUNT; drawn++) {
        const i = column * CLASS_COUNT + drawn;
        out[i] = (out[i] ?? 0) + (level[bucket * CLASS_COUNT + drawn] ?? 0);
      }
    }
  }
  return out;
}

export function lockColumns(
  track: LockTrack,
  levels: readonly LockBuckets[],
  edges: Edges,
): LockBuckets {
  const columns = edges.length - 1;
  const out = lockBuckets(columns);
  const chosen = levelFor(levels.length, ((edges[columns] ?? 0) - (edges[0] ?? 0)) / columns);
  const level = levels[chosen];
  if (level === undefined) {
    eachColumn(track, edges, (column, piece, length) => {
      addPiece(out, column, track, piece, Math.ceil(length));
    });
    return out;
  }
  for (let column = 0; column < columns; column++) {
    const [first, end] = bucketRange(edges, column, BASE_SHIFT + chosen);
    for (let i = Math.max(0, first); i < Math.min(end, level.held.length); i++) {
      addBucket(out, column, level, i);
    }
  }
  return out;
}

/** Each piece with each column it lies in: `add(column, piece, positions)`. */
function eachColumn(
  { starts, end }: Track,
  edges: Edges,
  add: (column: number, piece: number, length: number) => void,
): void {
  const columns = edges.length - 1;
  const [from, to] = [edges[0] ?? 0, edges[columns] ?? 0];
  const perColumn = (to - from) / columns;
  const first = Math.max(0, pieceAt(starts, Math.floor(from)));
  for (let piece = first; piece < starts.length; piece++) {
    const begin = Math.max(from, starts[piece] ?? 0);
    if (begin >= to) break;
    const stop = Math.min(to, starts[piece + 1] ?? end);
    let column = Math.max(0, Math.min(columns - 1, Math.floor((begin - from) / perColumn)));
    // Rounding may put it one column off.
    if ((edges[column + 1] ?? 0) <= begin) column++;
    for (let at = begin; at < stop && column < columns; column++) {
      const next = Math.min(stop, edges[column + 1] ?? stop);
      if (next > at) add(column, piece, next - at);
      at = Math.max(at, next);
    }
  }
}
