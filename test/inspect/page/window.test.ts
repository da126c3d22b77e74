import { describe, expect, test } from 'vitest';
import { numbers, randomDocument } from '../../../src/bench/long_document.ts';
import { LaneSet } from '../../../src/inspect/page/lanes/lane_set.ts';
import {
  moved,
  showing,
  ticks,
  type Window,
  whole,
  zoomed,
} from '../../../src/inspect/page/lanes/window.ts';

const COUNT = 1000;

describe('a window of the lanes', () => {
  test('never leaves the run, whatever is done to it', () => {
    const next = numbers(4);
    let window: Window = whole(COUNT);
    for (let i = 0; i < 2000; i++) {
      const anchor = window.from + next(100) / 100;
      if (next(2) === 0) window = zoomed(window, 0.5 + next(100) / 60, anchor, COUNT);
      else window = moved(window, next(800) - 400, COUNT);
      expect(window.from).toBeGreaterThanOrEqual(0);
      expect(window.to).toBeLessThanOrEqual(whole(COUNT).to + 1e-6);
      expect(window.to - window.from).toBeGreaterThan(3.9);
    }
  });

  test('keeps what is pointed at where it is when it is zoomed', () => {
    const window = { from: 100, to: 500 };
    const closer = zoomed(window, 0.5, 200, COUNT);
    expect(closer).toEqual({ from: 150, to: 350 });
    expect(zoomed(closer, 2, 200, COUNT)).toEqual(window);
  });

  test('follows a position that leaves it, and only then', () => {
    const window = { from: 100, to: 200 };
    expect(showing(window, 150, COUNT)).toBe(window);
    const { from, to } = showing(window, 700, COUNT);
    expect([to - from, (from + to) / 2]).toEqual([100, 700]);
    const all = whole(COUNT);
    expect(showing(all, 0, COUNT)).toBe(all);
    expect(showing(all, COUNT, COUNT)).toBe(all);
  });

  test('has marks a round number apart', () => {
    expect(ticks({ from: 3, to: 48 }, 10)).toEqual([5, 10, 15, 20, 25, 30, 35, 40, 45]);
    expect(ticks({ from: 0, to: 4 }, 40)).toEqual([0, 1, 2, 3, 4]);
    for (const wanted of [1, 3, 12]) {
      expect(ticks({ from: 0, to: 1_000_000 }, wanted).length).toBeLessThanOrEqual(wanted + 1);
    }
  });
});

describe('the table of a window', () => {
  const lanes = new LaneSet(randomDocument(3, 300, 4, 3, 9), (lock) => `lock ${lock}`);

  test('has a row for what each actor and each lock was at, in order', () => {
    const { rows, left } = lanes.rowsIn({ from: 50, to: 120 }, 500);
    expect(left).toBe(0);
    const begins = rows.map(({ from }) => from);
    expect(begins).toEqual(begins.toSorted((a, b) => a - b));
    for (const { from, to } of rows) {
      expect(from).toBeLessThan(120);
      expect(to).toBeGreaterThan(50);
    }
    const running = rows.filter(({ what }) => what.startsWith('running'));
    const covered = new Set(
      running.flatMap(({ from, to }) => {
        return Array.from({ length: to - from }, (_, i) => from + i);
      }),
    );
    for (let at = 50; at < 120; at++) expect(covered.has(at)).toBe(true);
    expect(rows.some(({ what }) => /^held by a\d/.test(what))).toBe(true);
  });

  test('says how much it leaves out', () => {
    const { rows, left } = lanes.rowsIn({ from: 0, to: 300 }, 10);
    expect(rows).toHaveLength(10);
    expect(left).toBeGreaterThan(0);
  });
});
