/** How long the inspector's lanes take to be worked out, and a column of each to be read. */

import { LaneSet } from '../inspect/page/lanes/lane_set.ts';
import { actorColumns, columnEdges, lockColumns } from '../inspect/page/lanes/levels.ts';
import { median } from './locks/environment.ts';
import { randomDocument } from './long_document.ts';

export interface LaneTimes {
  /** Lanes and their summaries, from a document. */
  readonly buildMs: number;
  /** All columns of a frame, at windows of every size. */
  readonly frameMs: number;
  readonly lanes: number;
}

/** Pixels of a wide window. */
const COLUMNS = 1700;

export function laneTimes(steps: number, rounds: number): LaneTimes {
  const document = randomDocument(11, steps, 8, 6, 6);
  const builds: number[] = [];
  const frames: number[] = [];
  let lanes = 0;
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now();
    const set = new LaneSet(document, String);
    for (const track of set.actors) set.actorLevels(track);
    for (const track of set.locks) set.lockLevels(track);
    builds.push(performance.now() - begin);
    lanes = set.actors.length + set.locks.length;
    for (let width = steps; width > COLUMNS; width /= 2) {
      const from = (steps - width) / 3;
      const edges = columnEdges(from, from + width, COLUMNS);
      const started = performance.now();
      for (const track of set.actors) actorColumns(track, set.actorLevels(track), edges);
      for (const track of set.locks) lockColumns(track, set.lockLevels(track), edges);
      frames.push(performance.now() - started);
    }
  }
  return { buildMs: median(builds), frameMs: Math.max(...frames.slice(-12)), lanes };
}
