import { expect, test } from 'vitest';
import { figuresOf, type SectionTrace } from '../../../src/bench/locks/trace_figures.ts';

/** Sections as thread, wanted, acquired, released; thread i on CPU i mod 2. */
function trace(
  sections: readonly (readonly [number, number, number, number])[],
  more: Partial<SectionTrace> = {},
): SectionTrace {
  return {
    threads: 2,
    count: sections.length,
    times: new Float64Array(sections.flatMap(([, ...times]) => times)),
    owners: new Int32Array(sections.map(([thread]) => thread + 1)),
    cpus: [0, 1, 0, 1],
    shared: false,
    pauseAt: -1,
    ...more,
  };
}

test('waits, holds, bounces and contentions are those of the stamps', () => {
  const figures = figuresOf(
    trace([
      [0, 0, 10, 30],
      // Wanted while it was held: contended, from another CPU.
      [1, 20, 40, 60],
      // Nobody held it: not contended, the same CPU.
      [1, 70, 75, 80],
    ]),
  );
  expect(figures).toMatchObject({
    acquisitions: 3,
    latencyMax: 20,
    contentions: 1,
    bounces: 1,
    contendedBounces: 1,
    waits: { min: 20, max: 20, total: 20 },
    holds: { min: 5, max: 20, total: 45 },
    maxMin: 2,
  });
  expect(figures.jain).toBeCloseTo(9 / 10, 12);
});

test('the lock is idle while it is free and somebody wants it', () => {
  const figures = figuresOf(
    trace([
      [0, 0, 0, 10],
      // Free from 10, wanted since 5, taken at 30: 20 idle.
      [1, 5, 30, 40],
      // Free from 40, wanted from 60: 5 idle.
      [0, 60, 65, 100],
    ]),
  );
  expect(figures.idleMax).toBe(20);
  expect(figures.idleShare).toBeCloseTo(25 / 100, 12);
  expect(figures.handover).toHaveLength(1);
});

test('whoever waited longest counts, not who took it', () => {
  const figures = figuresOf(
    trace([
      [0, 0, 0, 10],
      // Barges in at 30; the other has wanted it since 5.
      [0, 29, 30, 31],
      [1, 5, 40, 41],
    ]),
  );
  expect(figures.idleMax).toBe(20);
});

test('readers together leave nothing idle and hand nothing over', () => {
  const figures = figuresOf(
    trace(
      [
        [0, 0, 0, 50],
        [1, 1, 60, 70],
      ],
      { shared: true },
    ),
  );
  expect(figures.idleShare).toBe(0);
  expect(figures.handover).toEqual([]);
});

test('short-term fairness sees who alternates and who runs on', () => {
  const course = (owner: (i: number) => number) =>
    figuresOf(
      trace(
        Array.from({ length: 512 }, (_, i): [number, number, number, number] => {
          return [owner(i), i * 10, i * 10, i * 10 + 5];
        }),
      ),
    );
  const alternating = course((i) => i % 2);
  expect([alternating.jain, alternating.jainShort]).toEqual([1, 1]);
  const runs = course((i) => Math.floor(i / 256));
  expect([runs.jain, runs.jainShort]).toEqual([1, 0.5]);
});

test('what follows a pause of the holder is recovery, and nothing else', () => {
  // A pace of 10 ns; the holder at place 64 sleeps for 1000; then 16 sections take 100 each.
  const sections: [number, number, number, number][] = [];
  let now = 0;
  for (let i = 0; i < 160; i++) {
    const slow = i > 64 && i <= 80;
    const start = now + (slow ? 95 : 5);
    const end = start + (i === 64 ? 1000 : 5);
    sections.push([i % 2, now, start, end]);
    now = end;
  }
  const paused = trace(sections, { pauseAt: 64 });
  const figures = figuresOf(paused);
  expect(figures.acquisitions).toBe(64);
  expect(figures.holds.max).toBe(5);
  // Sixteen slow ones of 100 ns, less the window that is slow only in its first section.
  expect(figures.recovery).toBeGreaterThan(1300);
  expect(figures.recovery).toBeLessThan(1700);
  expect(figuresOf({ ...paused, pauseAt: -1 }).recovery).toBeUndefined();
});
