import { describe, expect, test } from 'vitest';
import { randomDocument } from '../../../src/bench/long_document.ts';
import { ACTIVITIES, LOCK_EVENTS } from '../../../src/inspect/document/document.ts';
import {
  actorTracks,
  CLASS_COUNT,
  CLASSES,
  type LaneClass,
} from '../../../src/inspect/page/lanes/actor_track.ts';
import {
  actorColumns,
  actorLevels,
  BASE_SHIFT,
  bucketRange,
  columnEdges,
  levelFor,
  lockColumns,
  lockLevels,
  pieceAt,
} from '../../../src/inspect/page/lanes/levels.ts';
import { lockTracks, NOBODY, SEVERAL } from '../../../src/inspect/page/lanes/lock_track.ts';

const LONG = randomDocument(7, 40_000, 5, 4, 4);
const SHORT = randomDocument(3, 300, 4, 3, 9);

/** What an actor is at, asked position by position. */
function classesOf(document: typeof LONG, actor: number): LaneClass[] {
  const { steps, activities, actors } = document;
  const drawn: Readonly<Record<string, LaneClass>> = {
    ...{ ready: 'ready', blocked: 'blocked', sleeping: 'sleeping', spinning: 'spinning' },
    ...{ interrupted: 'interrupted', idle: 'off', done: 'off' },
  };
  let at: LaneClass = 'ready';
  let next = 0;
  return steps.actor.map((who, step) => {
    for (; (activities.at[next] ?? Number.POSITIVE_INFINITY) <= step; next++) {
      if (activities.actor[next] !== actor) continue;
      at = drawn[ACTIVITIES[activities.activity[next] ?? 0] ?? 'ready'] ?? 'off';
    }
    if (who !== actor) return at;
    return actors[actor]?.context === 'process' ? 'running' : 'interrupt';
  });
}

/** Who holds a lock, who reads it and who waits for it, asked position by position. */
function lockStates(document: typeof LONG, lock: number) {
  const { locks, steps } = document;
  let owner = NOBODY;
  const readers = new Set<number>();
  const waiters = new Set<number>();
  let next = 0;
  return steps.actor.map((_, step) => {
    for (; (locks.at[next] ?? Number.POSITIVE_INFINITY) <= step; next++) {
      if (locks.lock[next] !== lock) continue;
      const actor = locks.actor[next] ?? 0;
      const event = LOCK_EVENTS[locks.event[next] ?? 0];
      if (event === 'wait') waiters.add(actor);
      else waiters.delete(actor);
      if (locks.shared[next] === 1) {
        if (event === 'acquire') readers.add(actor);
        if (event === 'release') readers.delete(actor);
      } else if (event === 'acquire') owner = actor;
      else if (event === 'release') owner = NOBODY;
    }
    return { owner, readers: readers.size, waiters: waiters.size };
  });
}

describe.each([
  ['short', SHORT],
  ['long', LONG],
] as const)('lanes of a %s run', (_, document) => {
  test('have every actor at every position as it was', () => {
    actorTracks(document).forEach((track, actor) => {
      const expected = classesOf(document, actor);
      const found = expected.map((_, at) => CLASSES[track.classes[pieceAt(track.starts, at)] ?? 0]);
      expect(found).toEqual(expected);
    });
  });

  test('have every lock at every position as it was', () => {
    for (const track of lockTracks(document)) {
      const expected = lockStates(document, track.lock);
      const found = expected.map((_, at) => {
        const piece = pieceAt(track.starts, at);
        const [owner, readers] = [track.owner[piece], track.readers[piece]];
        return { owner, readers, waiters: track.waiters[piece] };
      });
      expect(found).toEqual(expected);
    }
  });

  test('have the same columns from summaries as from every position, at any zoom', () => {
    const { count } = document.steps;
    for (const [from, to, columns] of windows(count)) {
      const edges = columnEdges(from, to, columns);
      actorTracks(document).forEach((track, actor) => {
        const classes = classesOf(document, actor);
        const levels = actorLevels(track);
        const found = actorColumns(track, levels, edges);
        const shift = shiftOf(levels.length, (to - from) / columns);
        for (let column = 0; column < columns; column++) {
          const [first, end] = positionsOf(edges, column, shift, count);
          const counts = new Array<number>(CLASS_COUNT).fill(0);
          for (let at = first; at < end; at++) {
            const i = CLASSES.indexOf(classes[at] ?? 'off');
            counts[i] = (counts[i] ?? 0) + 1;
          }
          const mine = found.slice(column * CLASS_COUNT, (column + 1) * CLASS_COUNT);
          expect([...mine], `${from} ${to} ${column}`).toEqual(counts);
        }
      });
    }
  });

  test('have the same lock columns too', () => {
    const { count } = document.steps;
    for (const [from, to, columns] of windows(count)) {
      const edges = columnEdges(from, to, columns);
      for (const track of lockTracks(document)) {
        const states = lockStates(document, track.lock);
        const levels = lockLevels(track);
        const found = lockColumns(track, levels, edges);
        const shift = shiftOf(levels.length, (to - from) / columns);
        for (let column = 0; column < columns; column++) {
          const [first, end] = positionsOf(edges, column, shift, count);
          const mine = states.slice(first, end);
          const owners = new Set(mine.map(({ owner }) => owner).filter((o) => o !== NOBODY));
          const [only = NOBODY] = owners;
          expect(found.held[column]).toBe(
            mine.filter(({ owner, readers }) => owner !== NOBODY || readers > 0).length,
          );
          expect(found.contended[column]).toBe(mine.filter(({ waiters }) => waiters > 0).length);
          expect(found.waiters[column]).toBe(Math.max(0, ...mine.map((state) => state.waiters)));
          expect(found.readers[column]).toBe(Math.max(0, ...mine.map((state) => state.readers)));
          expect(found.owner[column]).toBe(owners.size > 1 ? SEVERAL : only);
        }
      }
    }
  });
});

/** Whole positions in a column, where columns are drawn from pieces. */
function windows(count: number): (readonly [from: number, to: number, columns: number])[] {
  const third = Math.floor(count / 3);
  return [
    [0, count, count / 100],
    [third, third + 100, 50],
    [count / 2, count, Math.floor(count / 200)],
  ];
}

function shiftOf(levels: number, perColumn: number): number {
  const level = levelFor(levels, perColumn);
  return level < 0 ? 0 : BASE_SHIFT + level;
}

function positionsOf(
  edges: Float64Array,
  column: number,
  shift: number,
  count: number,
): readonly [number, number] {
  const [first, end] = bucketRange(edges, column, shift);
  return [Math.min(count, first << shift), Math.min(count, end << shift)];
}

test('a lane with many pieces has summaries, down to one bucket for everything', () => {
  const [track] = actorTracks(LONG);
  if (track === undefined) throw new Error('no lane');
  const levels = actorLevels(track);
  expect(levels.at(-1)?.length).toBe(CLASS_COUNT);
  const sum = (level: Iterable<number>): number => [...level].reduce((a, b) => a + b, 0);
  expect(levels.map(sum)).toEqual(levels.map(() => LONG.steps.count));
});

test('a hand-over leads from who released to who had waited', () => {
  for (const { handOvers } of lockTracks(LONG)) {
    expect(handOvers.length).toBeGreaterThan(0);
    for (const { from, to, released, acquired } of handOvers) {
      expect(from).not.toBe(to);
      expect(acquired).toBeGreaterThanOrEqual(released);
    }
  }
});

test('of a run of real threads nothing is said of who does not run', () => {
  const document = { ...SHORT, activities: { at: [], actor: [], activity: [] } };
  const seen = new Set(actorTracks(document).flatMap((track) => [...track.classes]));
  expect([...seen].map((i) => CLASSES[i]).toSorted()).toEqual(['interrupt', 'off', 'running']);
});
